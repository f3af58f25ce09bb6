/**
 * What the official forms ask beyond who somebody is (TK1-TS, D03-TS, D05-TS of
 * Decision 490/QĐ-BHXH of 2023), as it is typed and as an entry holds it.
 */
import { bare, isPhone, phoneOf } from "./typed";

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

/** Whether a number is one; empty is none, which is fine. */
export const numbers = {
  phone: (typed: string) => !bare(typed) || isPhone(phoneOf(typed)),
  si: (typed: string) => !bare(typed) || /^(\d{10}|\d{12})$/.test(bare(typed)),
  card: (typed: string) => !bare(typed) || /^([A-Z]{2}\d{13}|\d{10}|\d{12})$/.test(cardOf(typed)),
};

const cardOf = (typed: string) => bare(typed).toUpperCase();

/** As an entry holds it: no member for what was not told; undefined where nothing was. */
export function declaredOf(declared: Declared): Partial<Declared> | undefined {
  const { ethnic, address, hospital, relation } = declared;
  const told = Object.entries({
    ethnic,
    address,
    relation,
    hospital,
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
