import { expectedGrade } from "./calibration.js";
import type { Feature } from "./features.js";
import type { FeatureGrade } from "./report.js";

/**
 * Class that probabilities stand for: the median of an ordinal feature, which errs by one grade rather than two; else the most
 * probable one.
 */
export function decideClass(
  { isOrdered }: Pick<Feature, "isOrdered">,
  probabilities: readonly number[],
): number {
  if (isOrdered !== true) return probabilities.indexOf(Math.max(...probabilities));
  let sum = 0;
  const median = probabilities.findIndex((p) => (sum += p) >= 0.5);
  // Rounding may leave a sum just below one half.
  return median < 0 ? probabilities.length - 1 : median;
}

/** The grade that probabilities stand for. */
export function gradeFrom(feature: Feature, probabilities: readonly number[]): FeatureGrade {
  const grade = feature.classes[decideClass(feature, probabilities)]!;
  return {
    grade,
    ...(feature.isOrdered === true ? { fractional: expectedGrade(probabilities, feature.classes) } : {}),
    probabilities,
    calibrated: false,
    trainedOn: feature.trainedOn,
  };
}
