/**
 * The outlines of communes on the screen: from boundaries where the agency
 * imported them, else cells around the centre points (each place belongs to
 * the nearest centre), cut off at a hull a little wider than the points.
 */
import { Delaunay } from "d3-delaunay";
import type { Boundaries } from "$shared/api";
import { fit, flat, pathOf, type Point } from "$shared/map/flat";

export type Place = { code: string; lat: number; lon: number };
export type Shape = { code: string; path: string; centre: Point; box: Box };
/** Left, top, right and bottom. */
export type Box = [number, number, number, number];
export type Drawing = {
  width: number;
  height: number;
  shapes: Shape[];
  /** Where a place on the ground lies in the picture. */
  put: (lon: number, lat: number) => Point;
};

/** Draws boundaries. Communes without one are left out. */
export function fromBoundaries(
  boundaries: Boundaries,
  places: readonly Place[],
  width: number,
): Drawing {
  const wanted = new Map(places.map((p) => [p.code, p]));
  const features = boundaries.features.filter((f) => wanted.has(f.properties.code));
  const ringsOf = (f: (typeof features)[number]): Point[][] =>
    f.geometry.type === "Polygon" ? f.geometry.coordinates : f.geometry.coordinates.flat();
  const all = features.flatMap((f) => ringsOf(f).flat());
  const project = flat(all);
  const box = fit(
    all.map(([lon, lat]) => project(lon, lat)),
    width,
    4,
  );
  const put = (lon: number, lat: number) => box.place(project(lon, lat));
  return {
    width,
    height: box.height,
    put,
    shapes: features.map((f) => {
      const place = wanted.get(f.properties.code) as Place;
      const rings = ringsOf(f).map((ring) => ring.map(([lon, lat]) => put(lon, lat)));
      return {
        code: place.code,
        path: pathOf(rings),
        centre: put(place.lon, place.lat),
        box: boxOf(rings.flat()),
      };
    }),
  };
}

/** The box around points, of which there is at least one. */
export function boxOf(points: readonly Point[]): Box {
  const box: Box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of points) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

/** A box with room around it, as wide for its height as the whole picture. */
export function within(box: Box, { width, height }: { width: number; height: number }) {
  const [left, top, right, bottom] = box;
  const wide = Math.max((right - left) * 1.2, ((bottom - top) * 1.2 * width) / height, width / 40);
  const high = (wide * height) / width;
  return { x: (left + right - wide) / 2, y: (top + bottom - high) / 2, width: wide, height: high };
}

function circle([x, y]: Point, radius: number): Point[] {
  return Array.from({ length: 24 }, (_, i): Point => {
    const angle = (i * Math.PI) / 12;
    return [x + radius * Math.cos(angle), y + radius * Math.sin(angle)];
  });
}

/** The convex hull of points around each of which lies a circle: a rounded, wider hull. */
export function paddedHull(points: readonly Point[], pad: number): Point[] {
  const around = points.flatMap((point) => circle(point, pad));
  const { hull } = Delaunay.from(around);
  return [...hull].map((i) => around[i] as Point);
}

/** The part of a convex polygon that lies inside another (Sutherland and Hodgman). */
export function clip(polygon: readonly Point[], within: readonly Point[]): Point[] {
  const turn = Math.sign(area(within));
  let rest: Point[] = [...polygon];
  within.forEach((a, i) => {
    const b = within[(i + 1) % within.length] as Point;
    const side = (p: Point) =>
      turn * ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]));
    const kept: Point[] = [];
    rest.forEach((p, k) => {
      const q = rest[(k + 1) % rest.length] as Point;
      const [sp, sq] = [side(p), side(q)];
      if (sp >= 0) kept.push(p);
      if (sp >= 0 !== sq >= 0) {
        const t = sp / (sp - sq);
        kept.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
      }
    });
    rest = kept;
  });
  return rest;
}

export function area(polygon: readonly Point[]): number {
  return (
    polygon.reduce((sum, [x, y], i) => {
      const [u, v] = polygon[(i + 1) % polygon.length] as Point;
      return sum + x * v - u * y;
    }, 0) / 2
  );
}

/** Draws a cell around each centre. */
export function fromCentres(places: readonly Place[], width: number): Drawing {
  if (places.length === 0) return { width, height: width, shapes: [], put: () => [0, 0] };
  const project = flat(places.map((p) => [p.lon, p.lat]));
  const points = places.map((p) => project(p.lon, p.lat));
  const pad = spacing(points) * 0.8;
  const hull = paddedHull(points, pad);
  const box = fit(hull, width, 4);
  const centres = points.map(box.place);
  const edge = hull.map(box.place);
  // No cell reaches far from its centre, so that the edge of the whole is round.
  const reach = spacing(centres) * 1.35;
  const bounds: [number, number, number, number] = [0, 0, width, box.height];
  const cells = Delaunay.from(centres).voronoi(bounds);
  return {
    width,
    height: box.height,
    put: (lon, lat) => box.place(project(lon, lat)),
    shapes: places.map((place, i) => {
      const cell = (cells.cellPolygon(i) ?? []).slice(0, -1) as Point[];
      const centre = centres[i] as Point;
      const ring = clip(clip(cell, edge), circle(centre, reach));
      return { code: place.code, path: pathOf([ring]), centre, box: boxOf([...ring, centre]) };
    }),
  };
}

/** About how far neighbours are apart. */
function spacing(points: readonly Point[]): number {
  const xs = points.map((p) => p[0]);
  const ys = points.map((p) => p[1]);
  const size = (Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys));
  return Math.sqrt(Math.max(size, 1e-4) / points.length);
}

export type Direction = "left" | "right" | "up" | "down";

/** The nearest one that lies in a direction, for moving over the map by arrow keys. */
export function neighbour<T extends { centre: Point }>(
  shapes: readonly T[],
  from: T,
  direction: Direction,
): T {
  const horizontal = direction === "left" || direction === "right";
  const sign = direction === "right" || direction === "down" ? 1 : -1;
  let best = from;
  let least = Infinity;
  for (const shape of shapes) {
    const dx = shape.centre[0] - from.centre[0];
    const dy = shape.centre[1] - from.centre[1];
    const along = sign * (horizontal ? dx : dy);
    const across = Math.abs(horizontal ? dy : dx);
    if (along <= 0.5 || across > 2 * along) continue;
    const cost = along + 2 * across;
    if (cost < least) [best, least] = [shape, cost];
  }
  return best;
}

/** The keys that move over a map. */
export const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};
