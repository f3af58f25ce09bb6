/** Files of lists that come page by page: all that fits, not only what is loaded. */
import { Refusal } from "$shared/refusal";
import { say } from "./words";

/** How many rows a file takes, as the server says. */
const most = 100_000;
const page = 1000;

/** Refuses more rows than a file takes. */
export function fitting(n: number): void {
  if (n > most) throw new Refusal(422, "list.many", { most });
}

/**
 * Fetches pages one after the other and tells how far that is. More than a file
 * takes is refused rather than cut: half of a list looks like the whole.
 */
export async function allOf<T>(
  ask: (cursor: string, limit: number) => Promise<{ rows: T[]; next: string }>,
  tell: (text: string) => void,
): Promise<T[]> {
  const all: T[] = [];
  let cursor = "";
  do {
    const got = await patiently(() => ask(cursor, page));
    all.push(...got.rows);
    cursor = got.next;
    fitting(all.length);
    if (cursor) tell(say.t("list.fetching", { n: all.length }));
  } while (cursor);
  return all;
}

/** Whoever reads about people too fast is told to wait a little; a file waits. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let waits = 0; ; waits++) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof Refusal) || error.code !== "request.pace" || waits === 10) throw error;
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}
