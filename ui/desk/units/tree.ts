import { addDays, daysBetween, type Day } from "$shared/i18n/dates";
import { folded } from "$shared/i18n/folded";
import type { Commune, Market, Office } from "$shared/units";

/** An office as it stands in the tree, with the communes that are shown of it. */
export type Node = { office: Office; depth: number; communes: Commune[] };

/**
 * The offices, each below what it belongs to. Of what is searched for, the
 * offices above are shown, too; what lies under an office of others is at the top.
 */
export function treeOf(offices: Office[], communes: Commune[], typed: string): Node[] {
  const wanted = folded(typed);
  const ids = new Set(offices.map((o) => o.id));
  const nodes: Node[] = [];
  const seen = new Set<string>();
  const visit = (office: Office, depth: number): Node[] => {
    if (seen.has(office.id)) return [];
    seen.add(office.id);
    const itself = !wanted || folded(`${office.name} ${office.id}`).includes(wanted);
    const shown = communes.filter(
      (c) =>
        c.office === office.id &&
        (itself || folded(`${c.type} ${c.name} ${c.code}`).includes(wanted)),
    );
    const below = offices.filter((o) => o.parent === office.id).flatMap((o) => visit(o, depth + 1));
    if (!itself && shown.length === 0 && below.length === 0) return [];
    return [{ office, depth, communes: shown }, ...below];
  };
  for (const o of offices) if (!ids.has(o.parent)) nodes.push(...visit(o, 0));
  for (const o of offices) if (!seen.has(o.id)) nodes.push(...visit(o, 0)); // in a circle
  return nodes;
}

/** The first so many days with a market from a day on, within a year. */
export function marketDays(market: Market, from: Day, n: number): Day[] {
  const days: Day[] = [];
  for (let i = 0; i < 366 && days.length < n; i++) {
    const day = addDays(from, i);
    const on = market.every
      ? market.from && daysBetween(market.from, day) % market.every === 0
      : (market.weekdays ?? []).includes(new Date(`${day}T12:00:00Z`).getUTCDay());
    if (on) days.push(day);
  }
  return days;
}
