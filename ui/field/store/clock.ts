/**
 * What the phone knows of the right time. Its own clock may be set, by hand or by
 * the network, and `performance.now()` stops in sleep; so a record carries what
 * the server last told, from which the server sees whether the clock was set
 * between recording and sending; see journal.Clock.
 */
import { newId, type Entry } from "./entry";

/** The server's clock as the phone last heard it. */
export interface Heard {
  readonly server: Date;
  /** The phone's at that moment. */
  readonly phone: Date;
}

/** The fact by which it is kept. */
export const heardFact = "heard";

/** A page counts `performance.now()` for itself. */
const page = newId();

/** As it is kept: the server's time, the offset, and when in the life of which page. */
export const keptHeard = ({ server, phone }: Heard): string =>
  [server.toISOString(), server.getTime() - phone.getTime(), page, performance.now()].join(" ");

/** What a record says of it; nothing on a phone that never reached the server. */
export function clockOf(kept: string | number | undefined): Entry["clock"] {
  const [heard, offset, by, at] = typeof kept === "string" ? kept.split(" ") : [];
  if (!heard) return undefined;
  const since = by === page ? Math.floor(performance.now() - Number(at)) : 0;
  return { heard, offset_ms: Number(offset), ...(since > 0 && { since_ms: since }) };
}
