/** Where a commune's boundary, hamlets and households come to lie on the phone's screen. */
import { fit, flat, pathOf, type Point } from "$shared/map/flat";
import type { Ground } from "./ground";

export interface Drawing {
  readonly height: number;
  /** The boundary; empty where none was imported. */
  readonly path: string;
  /** The place on the screen of a longitude and latitude. */
  readonly put: (at: Point) => Point;
}

/** How much ground is shown around a point, in degrees: about half a kilometre. */
const around = 0.005;

/** Fits the ground into a width, and a height of at most so much; null where nothing of it has a place. */
export function draw(ground: Ground, width: number, most: number): Drawing | null {
  const places = [...ground.villages.values(), ...ground.houses.values()];
  const all: Point[] = [
    ...ground.rings.flat(),
    ...places.flatMap(([lon, lat]): Point[] => [
      [lon - around, lat - around],
      [lon + around, lat + around],
    ]),
  ];
  if (!all.length) return null;
  const project = flat(all);
  const points = all.map(([lon, lat]) => project(lon, lat));
  // Without a boundary hamlets lie at the very edge, and so would their names.
  const margin = ground.rings.length ? 8 : 40;
  let box = fit(points, width, margin);
  let left = 0;
  if (box.height > most) {
    const narrow = (width * most) / box.height;
    box = fit(points, narrow, margin);
    left = (width - narrow) / 2;
  }
  const put = ([lon, lat]: Point): Point => {
    const [x, y] = box.place(project(lon, lat));
    return [x + left, y];
  };
  return { height: box.height, path: pathOf(ground.rings.map((ring) => ring.map(put))), put };
}
