/** How a phone stands, in words: on the phone that tells it, and on the desk. */
import bn from "$messages/bn/help.json";
import en from "$messages/en/help.json";
import vi from "$messages/vi/help.json";
import { dayOf } from "./i18n/dates";
import { Speaker } from "./i18n/language.svelte";
import { ownNames } from "./i18n/message";
import type { PhoneState } from "./office";

export const words = new Speaker<keyof typeof vi>({ vi, en, bn });

const megabytes = (bytes: number) => words.number(Math.round(bytes / 1e6));

/** Seconds by which a clock may differ: the server tells its own to a second. */
const enough = 5;

function clock(offset: number | undefined): string {
  if (offset === undefined) return words.t("unknown");
  const n = Math.round(Math.abs(offset) / 1000);
  if (n <= enough) return words.t("clock.right");
  return words.t(offset > 0 ? "clock.behind" : "clock.ahead", { n });
}

const yes = (it: boolean) => words.t(it ? "yes" : "no");

/** All that a state holds, each with its name. */
export function linesOf(state: PhoneState): [name: string, value: string][] {
  const { refused } = state;
  return [
    [words.t("line.records"), words.t("records", { held: 0, aside: 0, ...state.records })],
    [
      words.t("line.refused"),
      refused.map(({ code, n }) => `${code} × ${words.number(n)}`).join(", ") || words.t("none"),
    ],
    [
      words.t("line.reached"),
      state.reached
        ? `${words.shortDay(dayOf(state.reached))} ${words.clock(state.reached)}`
        : words.t("never"),
    ],
    [words.t("line.signal"), words.t(`signal.${state.signal}`)],
    [words.t("line.clock"), clock(state.offset_ms)],
    [
      words.t("line.storage"),
      words.t("storage", { used: megabytes(state.used), room: megabytes(state.room) }),
    ],
    [
      words.t("line.lists"),
      state.lists
        ? words.t("lists", {
            n: state.lists.length,
            people: words.number(state.lists.reduce((sum, l) => sum + l.people, 0)),
          })
        : words.t("unknown"),
    ],
    [
      words.t("line.rehearsed"),
      state.rehearsed
        ? words.t(state.rehearsed.ok ? "rehearsed.ok" : "rehearsed.bad", {
            at: words.clockOn(state.rehearsed.at, ""),
          })
        : words.t("never"),
    ],
    [words.t("line.lasting"), yes(state.lasting)],
    [words.t("line.installed"), yes(state.installed)],
    [words.t("line.offline"), yes(state.offline)],
    [words.t("line.browser"), state.browser || words.t("unknown")],
    [words.t("line.language"), ownNames[state.language]],
    [words.t("line.app"), state.app || words.t("unknown")],
    [words.t("line.epoch"), state.epoch || words.t("unknown")],
  ];
}
