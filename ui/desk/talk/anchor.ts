/** What a thread is about, in words. */
import { isIndicator } from "$shared/api";
import { dayOf } from "$shared/i18n/dates";
import type { Anchor, Thread } from "$shared/talk";
import { words } from "../words";
import { say } from "./words";

/** The figure, the day or the activity. */
export function titleOf(a: Anchor): string {
  if (a.kind === "figure") return isIndicator(a.figure) ? words.t(`figure.${a.figure}`) : a.figure;
  if (a.kind === "day") return say.t("talk.of_day", { day: words.shortDay(a.day) });
  const kind = words.maybe(`activity.${a.activity_kind}`);
  return kind ? [kind, a.place].filter(Boolean).join(", ") : say.t("talk.of_activity");
}

/** Whose it is, and of which day. */
export function whereOf(a: Anchor): string {
  const days = a.kind === "activity" ? a.start && dayOf(a.start) : a.kind === "figure" && a.day;
  return [
    a.commune.name,
    a.office.name || say.t("talk.all_offices"),
    a.elsewhere && words.t("table.elsewhere"),
    days && words.shortDay(days),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** For whom it waits. */
export function stateOf(t: Thread): string {
  return say.t(t.settled ? "talk.settled" : t.waits ? "talk.waits" : "talk.waits.other");
}
