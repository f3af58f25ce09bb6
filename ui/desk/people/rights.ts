import type { PeopleScreen } from "../route";
import { session } from "../signin/session.svelte";

/**
 * The screens whose routes the server has. The menu leads to no other; a test
 * holds this to the server's own description.
 */
export const served: readonly PeopleScreen[] = [
  "people",
  "worklists",
  "imports",
  "duplicates",
  "requests",
];

export type Right =
  | "view_people"
  | "reveal"
  | "edit_people"
  | "import_people"
  | "join_persons"
  | "assign"
  | "privacy"
  | "manage_users";

const needed: Record<PeopleScreen, Right> = {
  people: "view_people",
  worklists: "view_people",
  imports: "import_people",
  duplicates: "join_persons",
  requests: "privacy",
};

/** Whether the menu leads there. */
export function offered(screen: PeopleScreen): boolean {
  return served.includes(screen) && may(needed[screen]);
}

/** What the reader may do, as the server told at sign-in. It decides again at every request. */
export function may(right: Right): boolean {
  return session.user?.rights.includes(right) ?? false;
}
