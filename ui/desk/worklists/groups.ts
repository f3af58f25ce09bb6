/** A worklist in the order in which somebody walks: village by village, house by house. */
import type { PersonRow } from "$shared/people";

export type House<T> = { household: string; rows: T[] };
export type Hamlet<T> = {
  key: string;
  commune: string;
  village: string;
  people: number;
  houses: House<T>[];
};

export function hamlets<T extends PersonRow>(rows: readonly T[]): Hamlet<T>[] {
  const found = new Map<string, Hamlet<T>>();
  for (const row of rows) {
    const key = `${row.commune.code}/${row.village}`;
    let hamlet = found.get(key);
    if (!hamlet) {
      hamlet = { key, commune: row.commune.name, village: row.village, people: 0, houses: [] };
      found.set(key, hamlet);
    }
    hamlet.people++;
    // Those without a household live nobody knows where: each is a house alone.
    const house = row.household
      ? hamlet.houses.find((h) => h.household === row.household)
      : undefined;
    if (house) house.rows.push(row);
    else hamlet.houses.push({ household: row.household, rows: [row] });
  }
  return [...found.values()].sort(
    (a, b) => a.commune.localeCompare(b.commune, "vi") || a.village.localeCompare(b.village, "vi"),
  );
}
