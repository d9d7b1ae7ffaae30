import { appearanceDistance, canalContrast } from "../grading/index.js";
import type { Appearance, AppearanceModel } from "../grading/index.js";
import { Random } from "../numbers/index.js";
import { conformalQuantile } from "./calibration.js";

/** Principal axes that are kept: with more, T1 pictures are told from T2 hardly better, and the file grows. */
const AXES = 8;
/** Rounds of subspace iteration: the leading axes have long settled by then. */
const ROUNDS = 100;
/** Share of clinical discs that may lie beyond each of the limits: on distance, and on the canal's signal. */
const BEYOND = 0.02;

/** Keeps the file small: four significant digits. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

function unit(vector: Float64Array): Float64Array {
  const length = Math.hypot(...vector);
  return vector.map((value) => value / Math.max(length, 1e-300));
}

/** Takes from a vector what lies along the others. */
function orthogonal(vector: Float64Array, others: readonly Float64Array[]): Float64Array {
  const left = vector.slice();
  for (const other of others) {
    const along = other.reduce((sum, value, c) => sum + value * left[c]!, 0);
    other.forEach((value, c) => (left[c]! -= along * value));
  }
  return left;
}

/** Leading principal axes of rows of zero mean, and the variance along each, by subspace iteration. */
export function principalAxes(
  rows: readonly (readonly number[])[],
  count: number,
): { axes: Float64Array[]; variances: number[] } {
  const channels = rows[0]!.length;
  const random = new Random(1);
  let axes: Float64Array[] = [];
  const orthonormal = (vectors: readonly Float64Array[]): Float64Array[] =>
    vectors.reduce<Float64Array[]>((done, vector) => [...done, unit(orthogonal(vector, done))], []);
  axes = orthonormal(
    Array.from({ length: Math.min(count, channels, rows.length - 1) }, () =>
      Float64Array.from({ length: channels }, () => random.normal()),
    ),
  );
  let variances: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const products = axes.map((axis) => {
      const product = new Float64Array(channels);
      for (const row of rows) {
        let along = 0;
        for (let c = 0; c < channels; c++) along += row[c]! * axis[c]!;
        for (let c = 0; c < channels; c++) product[c]! += (along * row[c]!) / (rows.length - 1);
      }
      return product;
    });
    variances = products.map((product, i) =>
      axes[i]!.reduce((sum, value, c) => sum + value * product[c]!, 0),
    );
    if (round < ROUNDS - 1) axes = orthonormal(products);
  }
  return { axes, variances };
}

/** The Gaussian of clinical training discs; its limits are open until {@link withLimits} sets them. */
export function fitAppearance(features: readonly (readonly number[])[]): AppearanceModel {
  const channels = features[0]!.length;
  const mean = Array.from({ length: channels }, (_, c) =>
    rounded(features.reduce((sum, row) => sum + row[c]!, 0) / features.length),
  );
  const deviation = mean.map((m, c) =>
    rounded(
      Math.max(1e-3, Math.sqrt(features.reduce((sum, row) => sum + (row[c]! - m) ** 2, 0) / features.length)),
    ),
  );
  const standard = features.map((row) => row.map((value, c) => (value - mean[c]!) / deviation[c]!));
  const { axes, variances } = principalAxes(standard, AXES);
  const total = standard.reduce((sum, row) => sum + row.reduce((s, z) => s + z * z, 0), 0) / features.length;
  const left = total - variances.reduce((sum, variance) => sum + variance, 0);
  return {
    mean,
    deviation,
    axes: axes.map((axis) => Array.from(axis, rounded)),
    variances: variances.map(rounded),
    residual: rounded(Math.max(1e-3, left / Math.max(1, channels - axes.length))),
    farthest: Number.MAX_VALUE,
    darkestCanal: 0,
  };
}

/**
 * Limits that clinical discs rarely pass: conformal quantiles of their measures.
 * @param unseen discs of patients whom neither the graders nor the model have seen: distances of others may be too small
 * @param seen discs of training patients; the canal's signal is measured, not learned, so that theirs count as well
 */
export function withLimits(
  model: AppearanceModel,
  unseen: readonly Appearance[],
  seen: readonly Appearance[],
): AppearanceModel {
  const distances = unseen.map(({ features }) => appearanceDistance(features, model));
  const contrasts = [...unseen, ...seen].map(canalContrast).filter((contrast) => !Number.isNaN(contrast));
  const darkest = conformalQuantile(
    contrasts.map((contrast) => -contrast),
    1 - BEYOND,
  );
  return {
    ...model,
    farthest: conformalQuantile(distances, 1 - BEYOND) ?? Number.MAX_VALUE,
    darkestCanal: darkest === null ? 0 : -darkest,
  };
}
