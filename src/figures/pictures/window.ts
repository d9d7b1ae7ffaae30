/**
 * The window between the 1st and the 99th percentile, so that a few very bright pixels do not darken the picture.
 * A constant picture gets a width of 1.
 *
 * @param values 16-bit intensities, at least one
 */
export function autoWindow(values: Int16Array): { readonly centre: number; readonly width: number } {
  const counts = new Uint32Array(65536);
  for (const value of values) counts[value + 32768]!++;
  const low = percentile(counts, values.length * 0.01);
  const high = percentile(counts, values.length * 0.99);
  return { centre: (low + high) / 2, width: Math.max(1, high - low) };
}

/** The lowest value with at least `rank` values at or below it. */
function percentile(counts: Uint32Array, rank: number): number {
  let seen = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    seen += counts[bin]!;
    if (seen >= rank && seen > 0) return bin - 32768;
  }
  return 32767;
}
