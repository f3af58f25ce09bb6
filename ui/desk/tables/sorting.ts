/** Sorting the rows of a table by a column. */
export type SortValue = string | number | null;
export type Order = { column: string; down: boolean };

/** Rows in order; what has no value stands last in either direction. */
export function sorted<Row>(
  rows: readonly Row[],
  value: (row: Row) => SortValue,
  down: boolean,
): Row[] {
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    const order =
      typeof x === "number" && typeof y === "number"
        ? x - y
        : String(x).localeCompare(String(y), "vi");
    return down ? -order : order;
  });
}

/** Pressing a heading: numbers come highest first, names from A; again turns it round. */
export function press(now: Order, column: string, numeric: boolean): Order {
  if (now.column === column) return { column, down: !now.down };
  return { column, down: numeric };
}
