/** The one-time link by which a worker takes a phone, as the office lead's QR code holds it. */
const form = /^#enrol=(.+)$/;

/** The link of an address's last part; empty where it is none. */
export const linkIn = (hash: string): string => form.exec(hash)?.[1] ?? "";

/** The link of a code that was scanned, and the server to which it leads; null where it is none. */
export function linkOf(text: string): { link: string; origin: string } | null {
  if (!URL.canParse(text)) return null;
  const { origin, hash } = new URL(text);
  const link = linkIn(hash);
  return link ? { link, origin } : null;
}
