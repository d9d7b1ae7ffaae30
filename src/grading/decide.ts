import { expectedGrade } from "./calibration.js";
import type { Feature } from "./features.js";
import type { FeatureGrade } from "./report.js";

/**
 * Class that probabilities stand for: the median of an ordinal feature, which errs by one grade rather than two; else the most
 * probable one, a finding from its threshold on.
 * @param threshold of a finding that is present or not, see {@link import("./operatingPoints.js").OperatingPoint}
 */
export function decideClass(
  { isOrdered }: Pick<Feature, "isOrdered">,
  probabilities: readonly number[],
  threshold?: number,
): number {
  if (threshold !== undefined && probabilities.length === 2) return probabilities[1]! >= threshold ? 1 : 0;
  if (isOrdered !== true) return probabilities.indexOf(Math.max(...probabilities));
  let sum = 0;
  const median = probabilities.findIndex((p) => (sum += p) >= 0.5);
  // Rounding may leave a sum just below one half.
  return median < 0 ? probabilities.length - 1 : median;
}

/** The grade that probabilities stand for. @param threshold as {@link decideClass} takes it */
export function gradeFrom(
  feature: Feature,
  probabilities: readonly number[],
  threshold?: number,
): FeatureGrade {
  const grade = feature.classes[decideClass(feature, probabilities, threshold)]!;
  return {
    grade,
    ...(threshold === undefined ? {} : { threshold }),
    ...(feature.isOrdered === true ? { fractional: expectedGrade(probabilities, feature.classes) } : {}),
    probabilities,
    calibrated: false,
    trainedOn: feature.trainedOn,
  };
}
