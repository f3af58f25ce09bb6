/** The banks of the country by their numbers at NAPAS, from the library that writes VietQR. */
export interface Bank {
  readonly bin: string;
  readonly short: string;
  readonly name: string;
}

/** Loaded when one is to be chosen; the names are the banks' own. */
export async function banks(): Promise<readonly Bank[]> {
  const { BanksObject } = await import("vietnam-qr-pay");
  const all = new Map<string, Bank>();
  for (const { bin, shortName, name, deprecated } of Object.values(BanksObject)) {
    if (!deprecated && !all.has(bin)) all.set(bin, { bin, short: shortName, name });
  }
  return [...all.values()].sort((a, b) => a.short.localeCompare(b.short, "vi"));
}
