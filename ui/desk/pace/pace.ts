/** The geometry of the pace chart: participants so far, day by day, against the target. */
import { daysBetween, type Day } from "$shared/i18n/dates";

export type PacePoint = { day: Day; index: number; total: number; added: number };

export type PaceData = {
  start: Day;
  end: Day;
  today: Day;
  /** Within these days something is awaited. */
  busy: { from: Day; to: Day };
  target: number;
  low: number | null;
  high: number | null;
  days: readonly { day: Day; n: number }[];
};

export type Box = {
  width: number;
  height: number;
  left: number;
  right: number;
  top: number;
  bottom: number;
};

/** The running totals up to today; days still to come are left out. */
export function runningTotals(data: PaceData): PacePoint[] {
  let total = 0;
  return data.days
    .filter(({ day }) => day <= data.today)
    .map(({ day, n }, index) => {
      total += n;
      return { day, index, total, added: n };
    });
}

/** Round steps from zero that reach over the highest value, four or five of them. */
export function ticks(highest: number): number[] {
  if (highest <= 0) return [0, 1];
  const rough = highest / 4;
  const unit = 10 ** Math.floor(Math.log10(rough));
  const factor = [1, 2, 2.5, 5, 10].find((f) => f * unit >= rough) ?? 10;
  const size = Math.max(1, factor * unit);
  const out: number[] = [];
  for (let n = 0; n < highest + size; n += size) out.push(Math.round(n));
  return out;
}

/** The days to write under the chart: the first, the last, and whole weeks between. */
export function dayTicks(lastIndex: number, room: number): number[] {
  if (lastIndex <= 0) return [0];
  const step = [1, 2, 3, 5, 7, 14, 28, 56, 91, 182].find((s) => lastIndex / s <= room) ?? 365;
  const out: number[] = [];
  for (let i = 0; i < lastIndex; i += step) out.push(i);
  // The last day is always named; one that would touch it gives way.
  if (out.length > 1 && lastIndex - (out.at(-1) ?? 0) < step * 0.75) out.pop();
  return [...out, lastIndex];
}

export type Paths = {
  points: (PacePoint & { x: number; y: number })[];
  line: string;
  under: string;
  target: string;
  targetEnd: { x: number; y: number };
  /** How steep the target line ends: down for each step to the left. */
  slope: number;
  band: string;
  middle: string;
  bandEnd: { x: number; low: number; high: number } | null;
  yTicks: { y: number; value: number }[];
  xTicks: { x: number; index: number }[];
  lastIndex: number;
};

const round = (n: number) => Math.round(n * 10) / 10;

export function pacePaths(data: PaceData, box: Box): Paths {
  const lastIndex = Math.max(1, daysBetween(data.start, data.end));
  const totals = runningTotals(data);
  const highest = Math.max(1, data.target, data.high ?? 0, totals.at(-1)?.total ?? 0);
  const marks = ticks(highest);
  const ceiling = marks.at(-1) ?? highest;
  const x = (i: number) => round(box.left + (i / lastIndex) * (box.width - box.left - box.right));
  const y = (n: number) =>
    round(box.height - box.bottom - (n / ceiling) * (box.height - box.top - box.bottom));
  const points = totals.map((p) => ({ ...p, x: x(p.index), y: y(p.total) }));
  const line = points.map((p, i) => `${i ? "L" : "M"}${p.x},${p.y}`).join("");
  const last = points.at(-1);
  const end = x(lastIndex);
  const rises = x(daysBetween(data.start, data.busy.from));
  const full = x(daysBetween(data.start, data.busy.to));
  const forecast =
    last && data.low !== null && data.high !== null && last.index < lastIndex
      ? { from: last, low: y(data.low), high: y(data.high) }
      : null;
  const first = points[0];
  return {
    points,
    line,
    under: first && last ? `${line}L${last.x},${y(0)}L${first.x},${y(0)}Z` : "",
    target: `M${x(0)},${y(0)}L${rises},${y(0)}L${full},${y(data.target)}L${end},${y(data.target)}`,
    targetEnd: { x: end, y: y(data.target) },
    slope: full === end && rises < full ? (y(0) - y(data.target)) / (full - rises) : 0,
    band: forecast
      ? `M${forecast.from.x},${forecast.from.y}L${end},${forecast.high}L${end},${forecast.low}Z`
      : "",
    middle: forecast
      ? `M${forecast.from.x},${forecast.from.y}L${end},${round((forecast.low + forecast.high) / 2)}`
      : "",
    bandEnd: forecast ? { x: end, low: forecast.low, high: forecast.high } : null,
    yTicks: marks.map((value) => ({ value, y: y(value) })),
    xTicks: dayTicks(lastIndex, Math.max(2, Math.floor((box.width - box.left) / 78))).map(
      (index) => ({
        index,
        x: x(index),
      }),
    ),
    lastIndex,
  };
}

/** The points of a small line without axes. */
export function sparkline(values: readonly number[], width: number, height: number): string {
  if (values.length < 2) return "";
  const highest = Math.max(1, ...values);
  return values
    .map((v, i) => {
      const x = round((i / (values.length - 1)) * (width - 4) + 2);
      const y = round(height - 2 - (v / highest) * (height - 4));
      return `${i ? "L" : "M"}${x},${y}`;
    })
    .join("");
}
