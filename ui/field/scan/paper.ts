/**
 * What the QR code of an ID card or a health-insurance card says of its holder:
 * the reading of people/identity/qr.go, to whose cases the test holds it.
 */
import { isDay } from "$shared/i18n/dates";
import { folded } from "$shared/i18n/folded";

/** What a card does not say, or what cannot be read of it, is empty. */
export interface Paper {
  readonly citizen: string;
  readonly old: string; // the number of 9 digits from before
  readonly card: string; // of a health-insurance card
  readonly name: string;
  readonly birth: string; // YYYY-MM-DD or YYYY
  readonly sex: "f" | "m" | "";
  readonly address: string;
}

/** Null where the text is no such code. */
export function readPaper(text: string): Paper | null {
  const fields = text.split("|").map((field) => field.trim());
  if (fields.length < 5 || text.length > 4096) return null;
  const [first = "", second = "", third = "", fourth = "", fifth = "", ...rest] = fields;
  // The old number's field is empty or a number; a name stands there on a
  // health-insurance card of 12 digits.
  if (rest.length && /^\d{12}$/.test(first) && /^(\d{9})?$/.test(second)) {
    return {
      citizen: first,
      old: second,
      card: "",
      name: named(third),
      birth: birthOf(fourth),
      sex: sexOf(fifth),
      address: named(rest[0] ?? ""),
    };
  }
  const card = first.replace(/[ .-]/g, "").toUpperCase();
  if (!/^(\d{10}|\d{12}|[A-Z]{2}\d{13})$/.test(card)) return null;
  return {
    citizen: card.length === 12 ? card : "",
    old: "",
    card,
    name: named(unhex(second)),
    birth: birthOf(third),
    sex: sexOf(fourth),
    address: named(unhex(fifth)),
  };
}

const named = (text: string) => text.normalize("NFC").split(/\s+/).filter(Boolean).join(" ");

const forms = [
  /^(?<d>\d\d?)[/. -](?<m>\d\d?)[/. -](?<y>\d{4})$/,
  /^(?<d>\d\d)(?<m>\d\d)(?<y>\d{4})$/,
  /^(?<y>\d{4})[/. -](?<m>\d\d?)[/. -](?<d>\d\d?)$/,
  /^(?:(?:0?[1-9]|1[0-2])[/. -])?(?<y>\d{4})$/, // the month, too, or the year alone
];

function birthOf(text: string): string {
  for (const form of forms) {
    const { y, m, d } = form.exec(text)?.groups ?? {};
    if (!y) continue;
    if (Number(y) < 1880 || Number(y) > 2200) return "";
    if (!m || !d) return y;
    const day = `${y}-${m.padStart(2, "0")}-${d.padStart(2, "0")}`;
    return isDay(day) ? day : "";
  }
  return "";
}

function sexOf(text: string): "f" | "m" | "" {
  const word = folded(text);
  if (["nu", "f", "female", "gai", "0", "2"].includes(word)) return "f"; // 2 on the HI card
  return ["nam", "m", "male", "trai", "1"].includes(word) ? "m" : "";
}

/** Decodes UTF-8 in hexadecimal; what is not that stays. */
function unhex(text: string): string {
  if (!/^([0-9a-f]{2})+$/i.test(text)) return text;
  const bytes = Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return text;
  }
}
