import type { Tensor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";

/** Distance between the slices of a disc that are read, in mm (thick slices are read one by one). */
const SLICE_STEP_MM = 4;
/** Weight of a slice in the grade by its steps from the disc's middle slice. */
const SLICE_WEIGHTS = [2, 1, 0.5] as const;

/**
 * Slices of a disc to read, with their weights: its middle slice and up to two on either side.
 * @param reach steps to either side; slices beyond the second have no weight: their evidence can be shown, their grade does
 *   not count
 */
export function slicesOfDisc(
  volume: Volume,
  middle: number,
  reach = SLICE_WEIGHTS.length - 1,
): { slice: number; weight: number }[] {
  const step = Math.max(1, Math.round(SLICE_STEP_MM / volume.spacing[2]));
  return Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)
    .map((offset) => ({ slice: middle + offset * step, weight: SLICE_WEIGHTS[Math.abs(offset)] ?? 0 }))
    .filter(({ slice }) => slice >= 0 && slice < volume.slices);
}

/** Features with a place of their own, which only some of a disc's slices may show. */
export const LOCAL_FINDINGS: ReadonlySet<string> = new Set<string>([
  "centralCanalStenosis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "upperMarrowChange",
  "lowerMarrowChange",
  "herniation",
  "bulging",
  "modic",
]);
/**
 * How much more a slice counts that shows a local finding for sure: a factor of exp(this). Settled on phantoms of the family
 * "standard" that no training has seen, where it raised the class average of the Modic type from 71 to 79 % and of upper endplate
 * defects from 71 to 73 %, and left the others as they were within 1 %.
 */
const ATTENTION = 3;

/**
 * Probabilities of a disc from those of its slices: the mean, each slice with its weight and, for findings that have a
 * place of their own, with attention to the slices that show them.
 * @param probabilities [slice][class]
 */
export function poolSlices(key: string, probabilities: Tensor, weights: readonly number[]): number[] {
  const classes = probabilities.shape[1]!;
  const of = (s: number, k: number): number => probabilities.values[s * classes + k]!;
  const attention = weights.map((weight, s) =>
    LOCAL_FINDINGS.has(key) ? weight * Math.exp(ATTENTION * (1 - of(s, 0))) : weight,
  );
  const total = attention.reduce((sum, weight) => sum + weight, 0);
  return Array.from(
    { length: classes },
    (_, k) => attention.reduce((sum, weight, s) => sum + weight * of(s, k), 0) / total,
  );
}
