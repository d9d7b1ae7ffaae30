import type { FeatureKey } from "./features.js";
import type { Disc, Flag, Spine } from "../detection/index.js";
import { discJson, spineJson } from "../detection/index.js";
import type { Tensor } from "../engine/index.js";
import type { CropFrame } from "./discCrop.js";
import type { TrainedOn } from "./features.js";
import type { DiscMeasures } from "./measures.js";

/** The grade of one feature of one disc. */
export interface FeatureGrade {
  /**
   * In the papers' own numbers: the median of the probabilities for ordered grades, else the most probable one. NaN (null in JSON) where it
   * is withheld.
   */
  readonly grade: number;
  /** Expected grade, for ordinal features (Pfirrmann 1.0 to 5.0, narrowing 1.0 to 4.0). */
  readonly fractional?: number;
  /** Probability of each class, in the order of the feature's classes; they sum to 1. None where the grade is withheld. */
  readonly probabilities: readonly number[];
  /** Of a finding: the probability from which on it is called present, where that is not one half. */
  readonly threshold?: number;
  /** Grades that cannot be excluded at the calibration's level (90 %), in order; absent where nothing was fitted. */
  readonly set?: readonly number[];
  /** Of the Pfirrmann grade: how degenerated the disc is on one scale without borders, see `severityOf`. */
  readonly severity?: number;
  /** Of the Pfirrmann grade: the reader whose convention it follows, where one was named. */
  readonly reader?: string;
  /** Whether the probabilities were shown to agree with clinical readings, as far as chance lets one tell. */
  readonly calibrated: boolean;
  readonly trainedOn: TrainedOn;
  /** Where the grade is not given as it is, what the weighting of the series allows; see `standingOf`, the one rule of it. */
  readonly standing?: "marked" | "withheld";
  /** Why it is marked or withheld, as a clause. */
  readonly because?: string;
}

/** Grades by the key of their feature, which editors complete. */
export type GradesByFeature = Readonly<Record<string, FeatureGrade>> & {
  readonly [K in FeatureKey]?: FeatureGrade;
};

export interface GradedDisc extends Disc {
  /** By feature key. */
  readonly grades: GradesByFeature;
  /** What was measured: a second opinion beside the grades. */
  readonly measures: DiscMeasures;
  /** What makes this disc's grades doubtful: cut off, another contrast, unlike the discs the graders were measured on. */
  readonly flags: readonly Flag[];
}

/** What one network saw of one disc, from which hotspots are made. */
export interface NetworkEvidence {
  /** What it was fed, one sample a slice: `input` [slice][channel][row][column] and any extra inputs. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** The maps before global average pooling. */
  /** [slice][channel][row][column] */
  readonly maps: Tensor;
}

/** What is kept of a disc's reading so that its hotspots need no second pass. */
export interface DiscEvidence {
  readonly level: string;
  /** Slices of the stack that were read. */
  readonly slices: readonly number[];
  readonly frame: CropFrame;
  readonly pfirrmann: NetworkEvidence;
  readonly multitask: NetworkEvidence;
}

/** The reading of one volume. */
export interface GradeReport {
  readonly spine: Spine;
  readonly discs: readonly GradedDisc[];
  readonly evidence: readonly DiscEvidence[];
  readonly flags: readonly Flag[];
  /** Whether a T1 series of the same place was read, too. */
  readonly withT1: boolean;
  /** Seconds for detection and grading together. */
  readonly seconds: number;
}

/** The `grade --json` form. */
export function reportJson(report: GradeReport): object {
  return {
    ...spineJson(report.spine),
    discs: report.discs.map((disc) => ({
      ...discJson(report.spine, disc),
      grades: disc.grades,
      measures: disc.measures,
      flags: disc.flags,
    })),
    flags: report.flags,
    withT1: report.withT1,
    seconds: report.seconds,
  };
}
