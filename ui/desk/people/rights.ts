import type { OfficeScreen } from "../route";
import { session } from "../signin/session.svelte";

/**
 * The screens whose routes the server has. The menu leads to no other; a test
 * holds this to the server's own description.
 */
export const served: readonly OfficeScreen[] = [
  "people",
  "worklists",
  "imports",
  "duplicates",
  "requests",
  "users",
  "phones",
  "readiness",
  "approvals",
  "audit",
  "units",
  "indicators",
];

export type Right =
  | "view_board"
  | "view_people"
  | "reveal"
  | "edit_people"
  | "import_people"
  | "join_persons"
  | "assign"
  | "privacy"
  | "manage_users"
  | "manage_units"
  | "approve"
  | "set_policy"
  | "view_audit"
  | "plan_activities"
  | "read_talk"
  | "ask_back"
  | "bring";

const needed: Record<OfficeScreen, Right> = {
  people: "view_people",
  worklists: "view_people",
  imports: "import_people",
  duplicates: "join_persons",
  requests: "privacy",
  users: "manage_users",
  phones: "manage_users",
  readiness: "manage_users",
  approvals: "approve",
  audit: "view_audit",
  units: "manage_units",
  indicators: "view_board",
};

/** Whether the menu leads there. */
export function offered(screen: OfficeScreen): boolean {
  return served.includes(screen) && (may(needed[screen]) || also(screen));
}

/** Who sets what waits for a second person, and who asked, sees what waits. */
function also(screen: OfficeScreen): boolean {
  return screen === "approvals" && (may("set_policy") || may("edit_people"));
}

/** What the reader may do, as the server told at sign-in. It decides again at every request. */
export function may(right: Right): boolean {
  return session.user?.rights.includes(right) ?? false;
}
