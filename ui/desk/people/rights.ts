/** What the reader may do, as the server told at sign-in. It decides again at every request. */
import { session } from "../signin/session.svelte";

export type Right =
  | "view_people"
  | "reveal"
  | "edit_people"
  | "import_people"
  | "merge_people"
  | "assign"
  | "privacy"
  | "export_people"
  | "manage_users";

export function may(right: Right): boolean {
  const user = session.user as { rights?: readonly string[] | null } | null;
  return user?.rights?.includes(right) ?? false;
}
