/** The rows of the board's tables, from the server's figures. */
import type { Board, Counts, Figures } from "$shared/api";
import type { words as Words } from "../words";
import type { Line } from "./SortTable.svelte";

type Speaker = typeof Words;

function plain(figures: Figures): Counts {
  return Object.fromEntries(Object.entries(figures).map(([k, f]) => [k, f.value]));
}

function goal(words: Speaker, target: number | null, percent: number | null): Line["extra"] {
  return {
    target: { text: target === null ? "–" : words.number(target), value: target },
    percent: { text: percent === null ? "–" : words.percent(percent), value: percent },
  };
}

export function officeLines(board: Board, words: Speaker): Line[] {
  return board.offices.map((o) => ({
    key: o.id,
    name: o.name,
    figures: o.figures,
    extra: goal(words, o.target, o.percent),
    drill: { office: o.id },
  }));
}

export function communeLines(board: Board, words: Speaker): Line[] {
  const offices = new Map(board.offices.map((o) => [o.id, o.name]));
  return board.communes.map((c) => ({
    key: c.code,
    name: c.name,
    figures: c.figures,
    extra: {
      ...goal(words, c.targets.enrolments ?? null, c.percents.enrolments ?? null),
      office: { text: offices.get(c.office) ?? "", value: offices.get(c.office) ?? null },
      last: {
        text: c.last_session ? words.shortDay(c.last_session) : "–",
        value: c.last_session,
      },
    },
    drill: { commune: c.code },
  }));
}

/** The days that have begun, the latest first. */
export function dayLines(board: Board, words: Speaker): Line[] {
  return board.days
    .filter((d) => d.day <= board.today)
    .map((d) => ({
      key: d.day,
      name: words.weekday(d.day),
      sortName: d.day,
      figures: d.figures,
      extra: {},
      drill: { day: d.day },
    }));
}

/**
 * Who is credited to no commune of the province, and the whole. In a table by
 * office the former are within the rows already.
 */
export function footLines(board: Board, words: Speaker, within = false): Line[] {
  const elsewhere = Object.values(board.elsewhere).some((n) => n !== 0);
  const none = { target: { text: "", value: null }, percent: { text: "", value: null } };
  return [
    ...(elsewhere
      ? [
          {
            key: "elsewhere",
            name: words.t(within ? "table.elsewhere.within" : "table.elsewhere"),
            figures: board.elsewhere,
            extra: none,
            drill: { elsewhere: "yes" },
          },
        ]
      : []),
    {
      key: "whole",
      name: words.t("table.whole"),
      figures: plain(board.figures),
      extra: none,
      drill: {},
    },
  ];
}
