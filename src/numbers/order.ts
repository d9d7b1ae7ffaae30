/** Order statistics; none changes the list that it is given. */

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

/** The middle value, of an even count the mean of both; NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values);
  const half = Math.floor(sorted.length / 2);
  if (sorted.length % 2 === 1) return sorted[half]!;
  return sorted.length === 0 ? NaN : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** The middle one of the values, of an even count the upper; undefined for none. */
export function middleValue(values: readonly number[]): number | undefined {
  return ascending(values)[Math.floor(values.length / 2)];
}

/** The one of the values below which the share `q` of the others lies, the lower where two are equally near; undefined for none. */
export function lowerQuantile(values: readonly number[], q: number): number | undefined {
  return ascending(values)[Math.floor((values.length - 1) * q)];
}

/**
 * The value whose rank is nearest to the share `q`; undefined for none.
 * @param sorted in ascending order
 */
export function quantileOfSorted(sorted: ArrayLike<number>, q: number): number | undefined {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(q * (sorted.length - 1))))];
}
