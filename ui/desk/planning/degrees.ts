/** Coordinates as people write and copy them. */

/** Degrees with a decimal point or comma; null where it is none. */
function one(text: string): number | null {
  const plain = text.trim().replace(",", ".");
  return /^-?\d{1,3}(\.\d+)?$/.test(plain) ? Number(plain) : null;
}

/** Latitude and longitude in one text, "22.34, 103.84" or "22,34; 103,84". */
function pair(text: string): [number, number] | null {
  const parts = /[;\s]/.test(text.trim()) ? text.trim().split(/[;\s]+/) : text.trim().split(",");
  const [lat, lon] = parts.map((p) => one(p.replace(/,$/, "")));
  return parts.length === 2 && lat != null && lon != null ? [lat, lon] : null;
}

export const degrees = { one, pair };
