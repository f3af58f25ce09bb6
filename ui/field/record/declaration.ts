/** What the official forms ask beyond who somebody is, as a form of the phone holds it. */
import { numbers, type Declared } from "$shared/declared";
import type { Key } from "../words";
import type { Faults } from "./person";

export function declaredBy(had: unknown): Declared {
  const of = (typeof had === "object" && had !== null ? had : {}) as Record<string, unknown>;
  const text = (name: keyof Declared) => (typeof of[name] === "string" ? of[name] : "");
  return {
    phone: text("phone"),
    ethnic: text("ethnic"),
    nationality: text("nationality") || "VN",
    address: text("address"),
    head: text("head"),
    relation: text("relation"),
    hospital: text("hospital"),
    si: text("si"),
    card: text("card"),
  };
}

export function faultsOfDeclared(declared: Declared): Faults {
  const wrong = (name: keyof typeof numbers, key: Key) =>
    !numbers[name](declared[name]) && { [name]: key };
  return {
    ...wrong("phone", "fault.phone"),
    ...wrong("si", "fault.si"),
    ...wrong("card", "fault.card"),
  };
}

/** What a form cannot do without and is not known yet; the keys of its words. */
export function lacksOf(declared: Declared, scheme: string): Key[] {
  const needed: [unknown, Key][] = [
    [declared.ethnic, "declared.ethnic"],
    [declared.phone, "declared.phone"],
    [declared.address, "declared.address"],
    [scheme === "voluntary_si" || declared.hospital, "declared.hospital"],
    [
      scheme !== "household_hi" || declared.relation === "self" || declared.head.trim(),
      "declared.head",
    ],
  ];
  return needed.filter(([known]) => !known).map(([, key]) => key);
}
