/**
 * What the official forms ask beyond who somebody is (TK1-TS, D03-TS, D05-TS of
 * Decision 490/QĐ-BHXH of 2023), as the form holds it and as an entry does.
 */
import { bare, phoneOf } from "$shared/typed";
import type { Key } from "../words";
import type { Faults } from "./person";

export interface Declared {
  phone: string; // as typed, as are the numbers; see declaredOf
  ethnic: string;
  nationality: string;
  address: string;
  head: string;
  relation: string;
  hospital: string;
  si: string;
  card: string;
}

export const relations = [
  "self",
  "spouse",
  "child",
  "parent",
  "sibling",
  "grandchild",
  "grandparent",
  "other",
] as const;

/** The countries that one meets; ISO 3166. */
export const countries = ["VN", "CN", "LA", "KH", "TH", "MM", "KR", "JP", "TW", "PH", "US", "FR"];

/** The 54 ethnic groups as papers write them (Decision 121-TCTK/PPCĐ of 1979). */
export const ethnics =
  "Kinh, Mông, Dao, Tày, Thái, Giáy, Nùng, Ba Na, Bố Y, Brâu, Bru - Vân Kiều, Chăm, Chơ Ro, Chu Ru, Chứt, Co, Cơ Ho, Cơ Lao, Cơ Tu, Cống, Ê Đê, Gia Rai, Gié - Triêng, Hà Nhì, Hoa, Hrê, Kháng, Khmer, Khơ Mú, La Chí, La Ha, La Hủ, Lào, Lô Lô, Lự, M'Nông, Mạ, Mảng, Mường, Ngái, Ơ Đu, Pà Thẻn, Phù Lá, Pu Péo, Ra Glai, Rơ Măm, Sán Chay, Sán Dìu, Si La, Tà Ôi, Thổ, Xinh Mun, Xơ Đăng, Xtiêng".split(
    ", ",
  );

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
  const wrong = (name: keyof Declared, form: RegExp, key: Key, value = bare(declared[name])) =>
    value !== "" && !form.test(value) && { [name]: key };
  return {
    ...wrong("phone", /^0(\d{9}|2\d{9})$/, "fault.phone", phoneOf(declared.phone)),
    ...wrong("si", /^(\d{10}|\d{12})$/, "fault.si"),
    ...wrong("card", /^([A-Z]{2}\d{13}|\d{10}|\d{12})$/, "fault.card", cardOf(declared.card)),
  };
}

const cardOf = (typed: string) => bare(typed).toUpperCase();

/** As an entry holds it: no member for what was not told; undefined where nothing was. */
export function declaredOf(declared: Declared): Partial<Declared> | undefined {
  const told = Object.entries({
    ...declared,
    phone: phoneOf(declared.phone),
    si: bare(declared.si),
    card: cardOf(declared.card),
    nationality: declared.nationality === "VN" ? "" : declared.nationality,
    head: declared.relation === "self" ? "" : declared.head,
  })
    .map(([name, value]) => [name, value.trim()] as const)
    .filter(([, value]) => value !== "");
  return told.length ? Object.fromEntries(told) : undefined;
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
