/** The middle one of numbers in their order, the upper of two; undefined where there are none. */
export function middleValue(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
}
