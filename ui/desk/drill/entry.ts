/** Reading a raw entry, whose body differs from kind to kind. */
type Raw = Readonly<Record<string, unknown>>;

/** A field of the entry as text, or nothing. */
export function text(entry: unknown, field: string): string {
  if (typeof entry !== "object" || entry === null) return "";
  const value = (entry as Raw)[field];
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

/** Every leaf of the entry with the path to it, in the order in which it was recorded. */
export function facts(entry: Raw): [path: string, value: string][] {
  const out: [string, string][] = [];
  const visit = (value: unknown, path: string) => {
    if (value === null || value === undefined || value === "") return;
    if (Array.isArray(value)) {
      value.forEach((v, i) => visit(v, `${path}[${i}]`));
    } else if (typeof value === "object") {
      for (const [name, v] of Object.entries(value)) visit(v, path ? `${path}.${name}` : name);
    } else {
      out.push([path, String(value)]);
    }
  };
  visit(entry, "");
  return out;
}
