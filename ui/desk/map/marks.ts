/** Places within communes, told apart by their form as well as by their colour. */
import type { Point } from "$shared/map/flat";

export const markKinds = ["none", "ahead", "done"] as const;
/** Nobody goes; somebody will; somebody was there. */
export type MarkKind = (typeof markKinds)[number];

export type Mark = {
  key: string;
  commune: string;
  lat: number;
  lon: number;
  kind: MarkKind;
  label: string;
};

/** A triangle, a square or a circle of about the same area around a place. */
export function markPath(kind: MarkKind, [x, y]: Point, size: number): string {
  const n = (v: number) => Math.round(v * 100) / 100;
  if (kind === "none") {
    const [half, up, down] = [n(size * 1.15), n(size * 1.25), n(size * 0.75)];
    return `M${n(x)},${n(y - up)}L${n(x + half)},${n(y + down)}H${n(x - half)}Z`;
  }
  if (kind === "ahead") {
    const half = n(size * 0.88);
    return `M${n(x - half)},${n(y - half)}h${2 * half}v${2 * half}h${-2 * half}Z`;
  }
  const r = n(size);
  return `M${n(x - r)},${n(y)}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0Z`;
}
