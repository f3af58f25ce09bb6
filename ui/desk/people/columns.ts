/** What files say of people: no more than lists show, names and numbers masked. */
import type { PersonRow } from "$shared/people";
import type { Column } from "../tables/listing.svelte";
import { say } from "../tables/words";
import { words } from "../words";
import { describeCover, schemeName, visited } from "./say";

export function whoColumns<Row>(of: (row: Row) => PersonRow | null): Column<Row>[] {
  const cell = (f: (p: PersonRow) => string | number | null) => (row: Row) => {
    const person = of(row);
    return person && f(person);
  };
  return [
    { id: "name", label: words.t("field.name"), cell: cell((p) => p.name) },
    {
      id: "sex",
      label: words.t("field.sex"),
      cell: cell((p) => (p.sex ? words.t(`people.sex.${p.sex}`) : "")),
    },
    { id: "birth_year", label: say.t("list.birth_year"), cell: cell((p) => p.birth_year || null) },
    { id: "commune", label: words.t("people.commune"), cell: cell((p) => p.commune.name) },
    { id: "village", label: words.t("people.village"), cell: cell((p) => p.village) },
    { id: "household", label: words.t("field.household"), cell: cell((p) => p.household) },
    { id: "citizen", label: words.t("field.citizen"), cell: cell((p) => p.citizen) },
    { id: "phone", label: words.t("field.phone"), cell: cell((p) => p.phone) },
  ];
}

export function stateColumns<Row extends PersonRow>(): Column<Row>[] {
  return [
    {
      id: "coverage",
      label: words.t("people.coverage"),
      cell: (p) => p.coverage.map((c) => `${schemeName(c.scheme)}: ${describeCover(c)}`).join("; "),
    },
    { id: "assigned", label: words.t("work.assigned"), cell: (p) => p.assigned_to?.name ?? "" },
    {
      id: "visited",
      label: say.t("list.last_visit"),
      cell: (p) => (p.last_visit ? visited(p.last_visit) : ""),
    },
    { id: "promised", label: say.t("list.follow_up"), cell: (p) => p.follow_up },
  ];
}

/** The orders in which the server lists people. */
export const orderColumns = <Row>(): Column<Row>[] => [
  { id: "place", label: say.t("list.place"), sort: () => 0, cell: null, oneWay: true },
  { id: "card", label: words.t("field.hi_end"), sort: () => 0, cell: null },
  { id: "visit", label: say.t("list.last_visit"), sort: () => 0, cell: null, high: true },
  { id: "follow_up", label: say.t("list.follow_up"), sort: () => 0, cell: null },
  { id: "birth_year", label: say.t("list.birth_year"), sort: () => 0, cell: null },
];
