/** Bytes in the letters that a QR code packs best (RFC 9285). */
const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

export function toBase45(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 2) {
    const pair = i + 1 < bytes.length;
    let value = pair ? (bytes[i] ?? 0) * 256 + (bytes[i + 1] ?? 0) : (bytes[i] ?? 0);
    for (let digits = pair ? 3 : 2; digits > 0; digits--) {
      text += letters[value % 45];
      value = Math.floor(value / 45);
    }
  }
  return text;
}

/** Null where it is none. */
export function fromBase45(text: string): Uint8Array<ArrayBuffer> | null {
  if (text.length % 3 === 1) return null;
  const bytes = new Uint8Array(Math.floor((text.length * 2) / 3));
  for (let i = 0, at = 0; i < text.length; i += 3) {
    const part = [...text.slice(i, i + 3)].map((letter) => letters.indexOf(letter));
    if (part.includes(-1)) return null;
    const value = part.reduceRight((sum, digit) => sum * 45 + digit, 0);
    if (value >= (part.length === 3 ? 65536 : 256)) return null;
    if (part.length === 3) bytes[at++] = value >> 8;
    bytes[at++] = value & 255;
  }
  return bytes;
}
