/** The ground of a commune, as the first line of its snapshot tells it; see fieldsync.ground. */
import type { Point } from "$shared/map/flat";

/** Longitude and latitude, in degrees. */
export interface Ground {
  readonly rings: readonly (readonly Point[])[];
  readonly villages: ReadonlyMap<string, Point>;
  /** By {@link houseKey}: codes may begin anew in each village. */
  readonly houses: ReadonlyMap<string, Point>;
}

export const houseKey = (village: string, code: string): string => `${village}\n${code}`;

type Placed = readonly [string, number, number];

export interface TravelledGround {
  readonly rings?: readonly (readonly number[])[];
  readonly villages?: readonly Placed[];
  readonly houses?: readonly (readonly [string, readonly Placed[]])[];
}

const degree = 100_000;

export function readGround(told: TravelledGround): Ground {
  const point = (lon: number, lat: number): Point => [lon / degree, lat / degree];
  return {
    rings: (told.rings ?? []).map((steps) => {
      let [lon, lat] = [0, 0];
      const ring: Point[] = [];
      for (let i = 0; i + 1 < steps.length; i += 2) {
        lon += steps[i] ?? 0;
        lat += steps[i + 1] ?? 0;
        ring.push(point(lon, lat));
      }
      return ring;
    }),
    villages: new Map((told.villages ?? []).map(([name, lon, lat]) => [name, point(lon, lat)])),
    houses: new Map(
      (told.houses ?? []).flatMap(([village, houses]) =>
        houses.map(([code, lon, lat]): [string, Point] => [
          houseKey(village, code),
          point(lon, lat),
        ]),
      ),
    ),
  };
}
