/**
 * How this phone stands, for who helps with it: counts, codes and instants, and
 * nothing of anybody whom a record is about.
 */
import type { Language } from "$shared/i18n/message";
import type { PhoneState } from "$shared/office";
import type { Phone } from "../phone.svelte";

/** What the browser says of itself and of what it keeps. */
export interface Place {
  readonly app: string;
  readonly used: number;
  readonly room: number;
  readonly installed: boolean;
  readonly offline: boolean;
  readonly agent: string;
  readonly language: Language;
}

/** Codes of refusals that are told at most. */
const most = 50;

export function stateOf(
  phone: Pick<
    Phone,
    | "author"
    | "outbox"
    | "reached"
    | "signal"
    | "plan"
    | "offset"
    | "fragile"
    | "lists"
    | "rehearsed"
  >,
  place: Place,
): PhoneState {
  const mine = phone.outbox.all.filter((r) => r.worker === phone.author?.id);
  const records = {
    waiting: 0,
    sent: 0,
    held: 0,
    apart: 0,
    refused: 0,
    conflict: 0,
    mended: 0,
    aside: 0,
  };
  const codes = new Map<string, number>();
  for (const { standing, code } of mine) {
    records[standing]++;
    if (code && /^[a-z_.]{1,60}$/.test(code)) codes.set(code, (codes.get(code) ?? 0) + 1);
  }
  return {
    app: place.app,
    ...(phone.reached && { reached: phone.reached.toISOString() }),
    signal: phone.signal,
    epoch: phone.plan?.epoch ?? "",
    records,
    refused: [...codes].slice(0, most).map(([code, n]) => ({ code, n })),
    used: Math.round(place.used),
    room: Math.round(place.room),
    lasting: !phone.fragile,
    ...(phone.offset !== null && { offset_ms: Math.round(phone.offset) }),
    browser: browserOf(place.agent),
    language: place.language,
    installed: place.installed,
    offline: place.offline,
    lists: [...phone.lists],
    ...(phone.rehearsed && { rehearsed: phone.rehearsed }),
  };
}

/** The name and version of the browser and of its system; not the model of the phone. */
export function browserOf(agent: string): string {
  const [, name, version] =
    /(SamsungBrowser|Edg|OPR|Firefox)\/(\d+)/.exec(agent) ??
    /(Chrome|Version)\/(\d+)/.exec(agent) ??
    [];
  const [system] =
    /Android \d+|iPhone OS \d+|Windows NT \d+|Mac OS X \d+/.exec(agent) ??
    /Linux/.exec(agent) ??
    [];
  return [name && `${name === "Version" ? "Safari" : name} ${version}`, system]
    .filter(Boolean)
    .join(", ");
}

/** What this page finds of its browser. */
export async function placeHere(offline: boolean, language: Language): Promise<Place> {
  const estimate = await navigator.storage?.estimate?.().catch(() => null);
  const script = document.querySelector<HTMLScriptElement>("script[type=module][src]")?.src ?? "";
  return {
    // Its name holds a hash of all that is in it.
    app: /([A-Za-z0-9_.-]{1,37})\.js$/.exec(script)?.[1] ?? "",
    used: estimate?.usage ?? 0,
    room: estimate?.quota ?? 0,
    installed: matchMedia("(display-mode: standalone)").matches,
    offline,
    agent: navigator.userAgent,
    language,
  };
}
