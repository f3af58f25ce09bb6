import type { PeopleScreen } from "../route";
import { session } from "../signin/session.svelte";

/**
 * The screens whose routes the server has. The menu leads to no other; a test
 * holds this to the server's own description.
 */
export const served: readonly PeopleScreen[] = [];

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

const needed: Record<PeopleScreen, Right> = {
  people: "view_people",
  worklists: "view_people",
  imports: "import_people",
  duplicates: "merge_people",
  requests: "privacy",
};

/** Whether the menu leads there. */
export function offered(screen: PeopleScreen): boolean {
  return served.includes(screen) && may(needed[screen]);
}

/** What the reader may do, as the server told at sign-in. It decides again at every request. */
export function may(right: Right): boolean {
  const user = session.user as { rights?: readonly string[] | null } | null;
  return user?.rights?.includes(right) ?? false;
}
