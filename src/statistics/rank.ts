import { pearson } from "./agreement.js";
import { requireFinite, requirePaired } from "./input.js";
import type { Numbers } from "./input.js";

/** Ranks from 1; equal values share the mean of their ranks. */
function ranks(values: Numbers): Float64Array {
  const order = Array.from(values, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const result = new Float64Array(values.length);
  for (let start = 0; start < order.length;) {
    let end = start + 1;
    while (end < order.length && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) result[order[i]!] = (start + 1 + end) / 2;
    start = end;
  }
  return result;
}

/**
 * Spearman's rank correlation: Pearson's correlation of the ranks, where equal values share the mean of their ranks
 * (as scipy's `spearmanr`).
 *
 * Degenerate case: NaN when all values of a list are equal.
 *
 * @returns −1 (opposite order) … 1 (same order), or NaN
 * @throws RangeError for empty or unequal input, or a value that is not finite
 */
export function spearman(a: Numbers, b: Numbers): number {
  requirePaired(a, b, "a", "b");
  requireFinite(a, "a");
  requireFinite(b, "b");
  return pearson(ranks(a), ranks(b));
}
