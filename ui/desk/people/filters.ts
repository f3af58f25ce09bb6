/**
 * What a list about people is narrowed by. It stands in the address, so that a
 * list can be sent on and comes back with "back"; what somebody typed in search
 * of a person does not, since names and numbers never stand in an address.
 */
export const filterNames = [
  "commune",
  "village",
  "household",
  "coverage",
  "assigned",
  "list",
] as const;
export type Filters = Record<(typeof filterNames)[number], string>;

export function filtersOf(url: URL): Filters {
  return Object.fromEntries(
    filterNames.map((name) => [name, url.searchParams.get(name) ?? ""]),
  ) as Filters;
}

/** The same address with other filters. A village is one of its commune, and a household of its village. */
export function withFilters(url: URL, change: Partial<Filters>): string {
  const next = { ...filtersOf(url), ...change };
  if (change.commune !== undefined && change.village === undefined) next.village = "";
  if (
    (change.commune !== undefined || change.village !== undefined) &&
    change.household === undefined
  ) {
    next.household = "";
  }
  const query = new URLSearchParams(url.search);
  for (const name of filterNames) {
    if (next[name]) query.set(name, next[name]);
    else query.delete(name);
  }
  const text = query.toString();
  return text ? `${url.pathname}?${text}` : url.pathname;
}

/** The part of the path behind the screen's name: the person's id, the import's id. */
export function behind(url: URL): string {
  return decodeURIComponent(url.pathname.split("/").filter(Boolean)[1] ?? "");
}
