import * as v from "valibot";
import type { Flag } from "../detection/index.js";
import { oncePerFolder, readFitted } from "../engine/index.js";
import { finiteNumber, numberBetween, recordOf, versionIs, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { gradeFrom } from "./decide.js";
import { featureOf } from "./features.js";
import type { FeatureGrade, GradeReport } from "./report.js";
import { loadWeightHashes } from "./weightHashes.js";

/** A measure with its 95 % interval over patients. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** From which probability on a finding is called present, and what that is worth on real scans. */
export interface OperatingPoint {
  /** Chosen so that as large a share of discs is called as `prevalence` says. */
  readonly threshold: number;
  /** Share of discs in which the finding is taken to be, and where that is from. */
  readonly prevalence: number;
  readonly prevalenceFrom: string;
  readonly discs: number;
  readonly patients: number;
  /** Discs that readers call present; null where nobody read them by the convention that the models follow. */
  readonly positives: number | null;
  /** Share of discs that are called. */
  readonly called: number;
  /** On patients whom the threshold was not fitted on; null where nobody read the discs. */
  readonly sensitivity: Estimate | null;
  readonly precision: Estimate | null;
  readonly kappa: Estimate | null;
}

/** `operating-points.json`: fitted for the weights beside it. */
export interface OperatingPoints {
  readonly version: 1;
  /** SHA-256 of the weights that it was fitted for. */
  readonly weights: string;
  readonly features: Readonly<Record<string, OperatingPoint>>;
}

/** The form of an estimate in files. */
export const ESTIMATE: Schema<Estimate> = v.object({
  value: finiteNumber(),
  low: finiteNumber(),
  high: finiteNumber(),
});

const POINTS: Schema<OperatingPoints> = v.object({
  version: versionIs(1),
  weights: v.string(),
  features: recordOf(
    v.object({
      threshold: numberBetween(0, 1),
      prevalence: numberBetween(0, 1),
      prevalenceFrom: v.string(),
      discs: wholeNumber(0),
      patients: wholeNumber(0),
      positives: v.nullable(wholeNumber(0)),
      called: numberBetween(0, 1),
      sensitivity: v.nullable(ESTIMATE),
      precision: v.nullable(ESTIMATE),
      kappa: v.nullable(ESTIMATE),
    }),
  ),
});

/** Says that findings are called from one half on, as nothing was fitted for the weights. */
const NO_POINTS: Flag = {
  code: "no-operating-points",
  message:
    "Findings are called from a probability of one half on, which is far more often than readers call rare ones: the models folder has no operating points of these weights (operating-points.json).",
};

/** A reading whose findings are called from their operating points on; a flag of the series says so where there are none. */
export function atOperatingPoints(report: GradeReport, points: OperatingPoints["features"]): GradeReport {
  if (Object.keys(points).length === 0) return { ...report, flags: [...report.flags, NO_POINTS] };
  const gradeAt = (key: string, grade: FeatureGrade): FeatureGrade => {
    const point = points[key];
    if (point === undefined) return grade;
    return { ...grade, ...gradeFrom(featureOf(key), grade.probabilities, point.threshold) };
  };
  const discs = report.discs.map((disc) => {
    const grades = Object.entries(disc.grades).map(([key, grade]) => [key, gradeAt(key, grade)] as const);
    return { ...disc, grades: Object.fromEntries(grades) };
  });
  return { ...report, discs };
}

/** File beside the weights. */
export const OPERATING_POINTS_FILE = "operating-points.json";
/** The weights whose probabilities the thresholds are on. */
export const OPERATING_WEIGHTS = "multitask.safetensors";

/**
 * Operating points of a models folder by feature, read once a process. None for weights that they were not fitted for: findings are then
 * called from one half on, and the series is flagged for it.
 * @throws WeightsError where the file is damaged
 */
export const loadOperatingPoints = oncePerFolder(async (models): Promise<OperatingPoints["features"]> => {
  const points = await readFitted(models, OPERATING_POINTS_FILE, POINTS);
  if (points === undefined) return {};
  const hashes = await loadWeightHashes(models);
  return points.weights === hashes[OPERATING_WEIGHTS] ? points.features : {};
});
