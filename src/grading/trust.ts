import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import type { Flag } from "../detection/index.js";
import { oncePerFolder } from "../engine/index.js";
import { applyTemperature, conformalSet } from "./calibration.js";
import type { FeatureCalibration } from "./calibration.js";
import { contradictionFlags } from "./contradictions.js";
import { gradeFrom } from "./decide.js";
import { featureOf } from "./features.js";
import { appearanceOf, discFlags, seriesFlags } from "./outOfDistribution.js";
import type { AppearanceModel } from "./outOfDistribution.js";
import type { FeatureGrade, GradedDisc, GradeReport } from "./report.js";
import { checkedJson, finiteNumber, numberBetween, recordOf, versionIs, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { loadWeightHashes, t2Weights } from "./weightHashes.js";

/** Bars of a reliability diagram: probabilities in (low, high], how often the finding was there. */
export interface ReliabilityBar {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean probability. */
  readonly confidence: number;
  /** Share of cases in which it was so. */
  readonly frequency: number;
}

/** How far the probabilities and sets of one feature can be trusted, before or after calibration. */
export interface TrustMeasures {
  /** Negative log-likelihood in nats. */
  readonly nll: number;
  /** Expected calibration error, what a perfect model would get with as few cases, and its 95th percentile. */
  readonly ece: number;
  readonly eceOfChance: number;
  readonly eceOfChance95: number;
  /** Share of cases of each group whose set holds the true group; null without cases. */
  readonly coverage: readonly (number | null)[];
  /** Mean number of groups in the sets of the cases of each group. */
  readonly setSize: readonly (number | null)[];
  /** Reliability diagram: of "present" for two groups, of the most probable group otherwise. */
  readonly bins: readonly ReliabilityBar[];
}

/** A feature's trust, measured on patients that its fit has not seen. */
export interface FeatureTrust {
  /** As the networks say: temperature 1, sets of the most probable groups up to the level. */
  readonly before: TrustMeasures;
  /** Cross-fitted: each patient's cases with the calibration fitted on other patients. */
  readonly after: TrustMeasures;
}

/** One feature in `calibration.json`. */
export interface FittedFeature extends FeatureCalibration {
  /** Whether the cross-fitted calibration error is one that chance explains (not above its 95th percentile). */
  readonly calibrated: boolean;
  readonly trust: FeatureTrust;
}

/** Out-of-distribution check, measured: shares of series (or images) and of their discs that were flagged. */
export interface DetectionShare {
  readonly what: string;
  readonly images: number;
  /** Images in which no spine was found, so that nothing was graded. */
  readonly refused: number;
  /** Images flagged as a whole: by this check, or by detection (orientation, numbering ...). */
  readonly flaggedByCheck: number;
  readonly flaggedByDetection: number;
  /** Images that were refused or flagged by either. */
  readonly caught: number;
  readonly discs: number;
  readonly discsFlagged: number;
}

/** `calibration.json`: what was fitted for the weights beside it, and how well it does. */
export interface CalibrationFile {
  readonly version: 1;
  readonly level: number;
  /** SHA-256 of each weight file that it was fitted for. */
  readonly weights: Readonly<Record<string, string>>;
  readonly patients: number;
  readonly discs: number;
  readonly features: Readonly<Record<string, FittedFeature>>;
  /** Why the other features have none. */
  readonly uncalibrated: Readonly<Record<string, string>>;
  readonly appearance: AppearanceModel;
  readonly detection: readonly DetectionShare[];
}

const NUMBERS = v.array(finiteNumber());
const MEASURED = v.array(v.nullable(finiteNumber()));

const TRUST_MEASURES: Schema<TrustMeasures> = v.object({
  nll: finiteNumber(),
  ece: finiteNumber(),
  eceOfChance: finiteNumber(),
  eceOfChance95: finiteNumber(),
  coverage: MEASURED,
  setSize: MEASURED,
  bins: v.array(
    v.object({
      low: finiteNumber(),
      high: finiteNumber(),
      count: wholeNumber(0),
      confidence: finiteNumber(),
      frequency: finiteNumber(),
    }),
  ),
});

const CALIBRATION: Schema<CalibrationFile> = v.object({
  version: versionIs(1),
  level: numberBetween(0, 1),
  weights: recordOf(v.string()),
  patients: wholeNumber(0),
  discs: wholeNumber(0),
  features: recordOf(
    v.object({
      temperature: finiteNumber(),
      groups: v.array(v.array(wholeNumber(0))),
      thresholds: MEASURED,
      cases: v.array(wholeNumber(0)),
      calibrated: v.boolean(),
      trust: v.object({ before: TRUST_MEASURES, after: TRUST_MEASURES }),
    }),
  ),
  uncalibrated: recordOf(v.string()),
  appearance: v.object({
    mean: NUMBERS,
    deviation: NUMBERS,
    axes: v.array(NUMBERS),
    variances: NUMBERS,
    residual: finiteNumber(),
    farthest: finiteNumber(),
    darkestCanal: finiteNumber(),
  }),
  detection: v.array(
    v.object({
      what: v.string(),
      images: wholeNumber(0),
      refused: wholeNumber(0),
      flaggedByCheck: wholeNumber(0),
      flaggedByDetection: wholeNumber(0),
      caught: wholeNumber(0),
      discs: wholeNumber(0),
      discsFlagged: wholeNumber(0),
    }),
  ),
});

/** The calibration of a models folder, or why there is none. */
export type Trust =
  | { readonly calibration: CalibrationFile; readonly problem?: undefined }
  | { readonly calibration?: undefined; readonly problem: Flag };

/** File beside the weights. */
export const CALIBRATION_FILE = "calibration.json";

function uncalibrated(reason: string): Trust {
  return {
    problem: {
      code: "uncalibrated",
      message: `Probabilities are not calibrated and no grades are excluded: ${reason}`,
    },
  };
}

async function readTrust(models: string): Promise<Trust> {
  let text: string;
  try {
    text = await readFile(join(models, CALIBRATION_FILE), "utf8");
  } catch {
    return uncalibrated(`the models folder has no ${CALIBRATION_FILE}.`);
  }
  const { value: file, problem } = checkedJson(text, CALIBRATION);
  if (problem !== undefined)
    return uncalibrated(
      `${CALIBRATION_FILE} is not as it should be (${problem}); take weights and Spinebook of one release.`,
    );
  const hashes = t2Weights(await loadWeightHashes(models));
  const other = [...new Set([...Object.keys(hashes), ...Object.keys(file.weights)])].filter(
    (name) => hashes[name] !== file.weights[name],
  );
  if (other.length > 0)
    return uncalibrated(`${CALIBRATION_FILE} was fitted for other weights (${other.join(", ")}).`);
  return { calibration: file };
}

/** The calibration of a models folder, read once a process; with a sentence where it is absent or of other weights. */
export const loadTrust = oncePerFolder(readTrust);

function calibrated(key: string, grade: FeatureGrade, file: CalibrationFile): FeatureGrade {
  const fitted = file.features[key];
  if (fitted === undefined) return { ...grade, calibrated: false };
  const feature = featureOf(key);
  const { classes, isOrdered } = feature;
  const probabilities = applyTemperature(grade.probabilities, fitted.temperature);
  // The grade is that of the probabilities which are shown: a temperature may move the median of ordered ones.
  const threshold =
    grade.threshold && applyTemperature([1 - grade.threshold, grade.threshold], fitted.temperature)[1];
  const shown = gradeFrom(feature, probabilities, threshold);
  const rule = { given: classes.indexOf(shown.grade), isOrdered };
  return {
    ...grade,
    ...shown,
    set: conformalSet(probabilities, classes, fitted, rule),
    calibrated: fitted.calibrated,
  };
}

/** A disc with calibrated grades, and flags where it is unlike those that the graders were measured on. */
function trustedDisc(report: GradeReport, i: number, calibration: CalibrationFile): GradedDisc {
  const disc = report.discs[i]!;
  const { pfirrmann, slices } = report.evidence[i]!;
  const appearance = appearanceOf(
    report.spine.stack.volume,
    disc,
    pfirrmann.maps,
    slices.indexOf(disc.slice),
  );
  const grades = Object.entries(disc.grades).map(
    ([key, grade]) => [key, calibrated(key, grade, calibration)] as const,
  );
  return {
    ...disc,
    grades: Object.fromEntries(grades),
    flags: discFlags(disc.level, appearance, calibration.appearance),
  };
}

/**
 * A reading with calibrated probabilities, sets, and flags of discs that are unlike those the graders were measured on, or whose grades
 * contradict each other.
 */
export function withTrust(report: GradeReport, { calibration, problem }: Trust): GradeReport {
  const discs = report.discs.map((disc, i): GradedDisc => {
    const trusted = calibration === undefined ? disc : trustedDisc(report, i, calibration);
    return { ...trusted, flags: [...trusted.flags, ...contradictionFlags(disc.level, trusted.grades)] };
  });
  const flags = [...report.flags, ...(problem === undefined ? [] : [problem]), ...seriesFlags(discs)];
  return { ...report, discs, flags };
}
