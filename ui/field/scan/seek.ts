/** Finds whose card it is among the people of the worker's communes. */
import { folded } from "$shared/i18n/folded";
import type { Told } from "../record/person";
import type { Commune } from "../sync/pull";
import type { Neighbour } from "../visit/neighbour";
import type { Paper } from "./paper";

/**
 * What a number is known by in the list of a commune, whose salt is base64; see
 * fieldsync/snapshot.go.
 */
export async function hashOf(salt: string, number: string): Promise<string> {
  const bytes = Uint8Array.from(atob(salt) + number, (c) => c.charCodeAt(0));
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return btoa(String.fromCharCode(...sum.subarray(0, 9)))
    .replaceAll("+", "-")
    .replaceAll("/", "_");
}

export interface Found {
  /** Who has a number of the card. */
  readonly holder: Neighbour | null;
  /** Who has its name, and no other birth and no other number, as far as is known. */
  readonly alike: readonly Neighbour[];
}

export async function seek(
  people: readonly Neighbour[],
  salts: ReadonlyMap<string, string>,
  paper: Paper,
): Promise<Found> {
  const numbers = [
    { of: "citizen", number: paper.citizen },
    // The SI number; of 15 characters it is the last ten.
    { of: "insured", number: /^(?:\w{5})?(\d{10})$/.exec(paper.card)?.[1] ?? "" },
  ] as const;
  for (const { of, number } of numbers) {
    if (!number) continue;
    const hashes = new Map<string, string>(); // by commune
    for (const [commune, salt] of salts) hashes.set(commune, await hashOf(salt, number));
    const holder = people.find((p) => p[of] && p[of] === hashes.get(p.commune));
    if (holder) return { holder, alike: [] };
  }
  const name = folded(paper.name);
  const alike = people.filter(
    (p) =>
      name &&
      folded(p.name) === name &&
      sameBirth(p.birth, paper.birth) &&
      !(paper.citizen && p.citizen),
  );
  return { holder: null, alike };
}

/** Of one of whom the year alone is known, the year decides. */
function sameBirth(a: string, b: string): boolean {
  const n = Math.min(a.length, b.length);
  return a.slice(0, n) === b.slice(0, n);
}

/** Whether a card is not that of somebody of the list. */
export const another = (told: Told, paper: Paper): boolean =>
  paper.name !== "" && folded(paper.name) !== folded(told.name);

/** What a form knows with what a card says; of somebody of the list it adds the number alone. */
export function filled(
  told: Told,
  paper: Paper,
  communes: readonly Pick<Commune, "code" | "name">[],
): Told {
  const citizen = paper.citizen || told.citizen;
  if (told.registry) return { ...told, citizen };
  const { commune, village } = placeOn(paper.address, communes);
  return {
    ...told,
    name: paper.name || told.name,
    sex: paper.sex || told.sex,
    birth: paper.birth || told.birth,
    citizen,
    commune: commune || told.commune,
    village: village || told.village,
  };
}

const bare = (name: string) => folded(name).replace(/^(xa|phuong|thi tran|x\.|p\.|tt\.)\s*/, "");

/** The commune of the worker's that an address names, and what stands before it. */
function placeOn(address: string, communes: readonly Pick<Commune, "code" | "name">[]) {
  const parts = address.split(",").map((part) => part.trim());
  for (const [i, part] of parts.entries()) {
    const commune = communes.find((c) => bare(c.name) === bare(part));
    if (commune) return { commune: commune.code, village: parts[i - 1] ?? "" };
  }
  return { commune: "", village: "" };
}
