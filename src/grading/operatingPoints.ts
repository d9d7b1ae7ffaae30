import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checkedJson, finiteNumber, numberBetween, recordOf, versionIs, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { gradeFrom } from "./decide.js";
import { featureOf } from "./features.js";
import type { FeatureGrade, GradeReport } from "./report.js";
import { weightHashes } from "./weightHashes.js";

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

const ESTIMATE: Schema<Estimate | null> = v.nullable(
  v.object({ value: finiteNumber(), low: finiteNumber(), high: finiteNumber() }),
);

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
      sensitivity: ESTIMATE,
      precision: ESTIMATE,
      kappa: ESTIMATE,
    }),
  ),
});

/** A reading whose findings are called from their operating points on. */
export function atOperatingPoints(report: GradeReport, points: OperatingPoints["features"]): GradeReport {
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

async function readPoints(models: string): Promise<OperatingPoints["features"]> {
  const text = await readFile(join(models, OPERATING_POINTS_FILE), "utf8").catch(() => undefined);
  if (text === undefined) return {};
  const { value } = checkedJson(text, POINTS);
  const hashes = await weightHashes(models);
  return value === undefined || value.weights !== hashes[OPERATING_WEIGHTS] ? {} : value.features;
}

const loaded = new Map<string, Promise<OperatingPoints["features"]>>();

/**
 * Operating points of a models folder by feature, read once a process. None for weights that they were not fitted for: findings are then
 * called from one half on, and the series is flagged as uncalibrated.
 */
export function loadOperatingPoints(models: string): Promise<OperatingPoints["features"]> {
  const known = loaded.get(models) ?? readPoints(models);
  loaded.set(models, known);
  return known;
}
