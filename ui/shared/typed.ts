/** What people write of somebody, as entries hold it. */

const dated = [/^(\d\d?)[/. -](\d\d?)[/. -](\d{4})$/, /^(\d\d)(\d\d)(\d{4})$/];

/** A birth as people write it (3/2/1982, 03021982, 1982) as entries hold it; else the text itself. */
export function birthOf(typed: string): string {
  const text = typed.trim();
  const [, day = "", month = "", year = ""] =
    dated.map((form) => form.exec(text)).find((found) => found) ?? [];
  return year ? `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : text;
}

/** A number without what one writes between its digits. */
export const bare = (typed: string): string => typed.replace(/[\s.-]/g, "");

/** A telephone number as it is dialled in the country; see identity.Phone on the server. */
export const phoneOf = (typed: string): string =>
  bare(typed).replace(/^(\+84|0084|84(?=\d{9}))/, "0");

export const isPhone = (number: string): boolean => /^0(\d{9}|2\d{9})$/.test(number);

/** The number of a bank account. */
export const accountNumberOf = (typed: string): string => bare(typed).toUpperCase();

export const isAccountNumber = (number: string): boolean => /^[0-9A-Z]{6,19}$/.test(number);
