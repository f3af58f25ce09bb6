/**
 * A signature as strokes: a path of SVG of lines alone, in whole numbers, small
 * enough to lie in the entry itself.
 */
export const field = { width: 600, height: 240 };

/** As long as the server takes it, in characters. */
const most = 8000;

/** How far the next point lies from the last, at least. */
const step = 3;

const within = (n: number, end: number) => Math.round(Math.min(Math.max(n, 0), end));
const point = (x: number, y: number) => `${within(x, field.width)} ${within(y, field.height)}`;

function added(path: string, more: string): string {
  return path.length + more.length > most ? path : path + more;
}

/** A stroke begins; a tap alone is a dot. */
export const begun = (path: string, x: number, y: number): string =>
  added(path, `M${point(x, y)}L${point(x, y)}`);

/** The stroke goes on, where the finger moved at all. */
export function drawn(path: string, x: number, y: number): string {
  const last = /(\d+) (\d+)$/.exec(path);
  if (last && Math.hypot(Number(last[1]) - x, Number(last[2]) - y) < step) return path;
  return added(path, `L${point(x, y)}`);
}

/** Without its last stroke. */
export const shortened = (path: string): string =>
  path.slice(0, Math.max(0, path.lastIndexOf("M")));
