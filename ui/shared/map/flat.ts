/** How places on the ground become places on a screen; of a province or less, where the ground is flat. */
export type Point = [number, number];
export type Projection = (lon: number, lat: number) => Point;

/** A flat map: degrees of longitude shrink with the cosine of the latitude. */
export function flat(points: readonly Point[]): Projection {
  const mean = points.reduce((sum, [, lat]) => sum + lat, 0) / Math.max(1, points.length);
  const narrow = Math.cos((mean * Math.PI) / 180);
  return (lon, lat) => [lon * narrow, -lat];
}

/** Fits the points into a box of the given width, whatever height that takes. */
export function fit(points: readonly Point[], width: number, margin: number) {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const [left, right] = [Math.min(...xs), Math.max(...xs)];
  const [top, bottom] = [Math.min(...ys), Math.max(...ys)];
  const scale = (width - 2 * margin) / Math.max(right - left, 1e-9);
  return {
    place: ([x, y]: Point): Point => [margin + (x - left) * scale, margin + (y - top) * scale],
    height: 2 * margin + (bottom - top) * scale,
  };
}

const write = (n: number) => Math.round(n * 10) / 10;

export function pathOf(rings: readonly (readonly Point[])[]): string {
  return rings
    .filter((ring) => ring.length > 2)
    .map((ring) => `M${ring.map(([x, y]) => `${write(x)},${write(y)}`).join("L")}Z`)
    .join("");
}
