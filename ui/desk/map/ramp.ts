/** The six steps of the map's colour scale. */

/** The lowest value of each step. */
export type Breaks = readonly number[];

/** A share of the target: the last step is the target met. */
export const percentBreaks: Breaks = [0, 20, 40, 60, 80, 100];

/**
 * Steps for a count or a rate: the first is none at all, the others, from the
 * least of all, hold about equally many of the communes that have some. Fewer
 * steps when the values are few.
 */
export function countBreaks(values: readonly number[], least = 1): Breaks {
  const some = values.filter((v) => v > 0).sort((a, b) => a - b);
  const lowest = [0, least];
  for (const share of [0.2, 0.4, 0.6, 0.8]) {
    const value = round(some[Math.floor(share * some.length)] ?? 0);
    if (value > (lowest.at(-1) ?? 0)) lowest.push(value);
  }
  return lowest;
}

/** Two leading digits are enough for a legend. */
function round(n: number): number {
  if (n < 20) return n;
  const unit = 10 ** (Math.floor(Math.log10(n)) - 1);
  return Math.round(n / unit) * unit;
}

/** The step of a value, 0 to 5. Where there are fewer than six steps they spread over the scale. */
export function stepOf(value: number, breaks: Breaks): number {
  let step = 0;
  breaks.forEach((lowest, i) => {
    if (value >= lowest) step = i;
  });
  return colourOf(step, breaks);
}

/** The colour, 0 to 5, of the step with this place in the scale. */
export function colourOf(step: number, breaks: Breaks): number {
  if (breaks.length <= 1) return 0;
  return Math.round((step * 5) / (breaks.length - 1));
}
