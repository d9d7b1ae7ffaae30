import type { GradedDisc, Reader } from "../../grading/index.js";
import {
  agreementIntervals,
  agreementTable,
  bayesianBootstrap,
  cohenKappa,
  confusionMatrix,
  offByMoreThan,
} from "../../statistics/index.js";
import type { AgreementTable, Interval } from "../../statistics/index.js";
import { DataError, openDatasets } from "../datasets/index.js";
import type { DatasetPatient, DataSource } from "../datasets/index.js";
import { compareReadings, pfirrmannPairs, readPatients } from "./evaluation.js";
import type { Evaluation, PatientReadings } from "./evaluation.js";

const CLASSES = [1, 2, 3, 4, 5];
/** Draws of the bootstrap over patients, and the mass of its intervals. */
const BOOTSTRAP = { draws: 2000, mass: 0.95 } as const;

/** A published grade and the one that was read, of one disc. */
export interface GradePair {
  readonly patient: string;
  readonly truth: number;
  readonly predicted: number;
}

/** Agreement in the Pfirrmann grade, with intervals that treat a patient's discs as belonging together. */
export interface PfirrmannAgreement extends AgreementTable {
  readonly discs: number;
  readonly quadraticKappa: number;
  readonly offByMoreThanOne: number;
  /** Mean of read minus published grade. */
  readonly bias: number;
  /** One row a published grade, one column a read one. */
  readonly confusion: readonly (readonly number[])[];
  /** 95 % highest-density intervals of a Bayesian bootstrap over patients. */
  readonly intervals: Readonly<
    Record<"accuracy" | "sensitivity" | "kappa" | "quadraticKappa" | "linCcc" | "offByMoreThanOne", Interval>
  >;
}

/** What the models reach in another hospital, beside another reader. */
export interface OutsideEvaluation {
  readonly patients: number;
  /** Published grades, and how many of their discs were found under the level's name. */
  readonly graded: number;
  readonly named: number;
  readonly pfirrmann: PfirrmannAgreement;
  /** Findings that the data set marks by place. */
  readonly features: Evaluation["features"];
  readonly failures: readonly { readonly patient: string; readonly message: string }[];
}

/**
 * Pfirrmann grades beside those of a reader.
 * @throws RangeError for no pairs, or a grade that is none of 1 to 5
 */
export function pfirrmannAgreement(pairs: readonly GradePair[]): PfirrmannAgreement {
  const truth = pairs.map((pair) => pair.truth);
  const predicted = pairs.map((pair) => pair.predicted);
  const patients = pairs.map(({ patient }) => patient);
  const interval = (statistic: (weights: Float64Array) => number): Interval =>
    bayesianBootstrap(patients, statistic, BOOTSTRAP);
  const columns = agreementIntervals(truth, predicted, CLASSES, patients, BOOTSTRAP);
  const isFar = (i: number): boolean => Math.abs(truth[i]! - predicted[i]!) > 1;
  return {
    ...agreementTable(truth, predicted, CLASSES),
    discs: pairs.length,
    quadraticKappa: cohenKappa(truth, predicted, CLASSES, "quadratic"),
    offByMoreThanOne: offByMoreThan(truth, predicted, 1),
    bias: pairs.reduce((sum, pair) => sum + pair.predicted - pair.truth, 0) / pairs.length,
    confusion: confusionMatrix(truth, predicted, CLASSES),
    intervals: {
      accuracy: columns.accuracy,
      sensitivity: columns.sensitivity,
      kappa: columns.kappa,
      linCcc: columns.linCcc,
      quadraticKappa: interval((weights) => cohenKappa(truth, predicted, CLASSES, "quadratic", weights)),
      offByMoreThanOne: interval((weights) => {
        const total = weights.reduce((sum, weight) => sum + weight, 0);
        return weights.reduce((sum, weight, i) => sum + (isFar(i) ? weight : 0), 0) / total;
      }),
    },
  };
}

/** A disc as it was read, with its published grade. */
export interface OutsideReading {
  readonly patient: string;
  readonly grade: number;
  readonly disc: GradedDisc;
}

interface OutsideReadings {
  readonly all: PatientReadings;
  readonly graded: number;
  readonly readings: readonly OutsideReading[];
}

/** How another hospital's patients are read. */
export interface OutsideOptions {
  /** As `gradeSpine` takes it. */
  readonly reader?: string | Reader | undefined;
  /** Whether only those are read who are kept out of training and of the fitting of readers' borders; all unless given. */
  readonly heldOnly?: boolean | undefined;
}

/**
 * Grades the T2 series of these patients.
 * @throws DataError where not one graded disc was found
 */
export async function readOutside(
  models: string,
  patients: readonly DatasetPatient[],
  log: (line: string) => void,
  reader?: string | Reader,
): Promise<OutsideReadings> {
  const chosen = patients.filter(({ gradings }) => gradings.some(({ grades }) => "pfirrmann" in grades));
  const all = await readPatients(models, chosen, log, { reader });
  const readings = pfirrmannPairs(all.pairs).map(({ grading, published, disc }) => ({
    patient: grading.patient,
    grade: published,
    disc,
  }));
  const [failure] = all.failures;
  if (readings.length === 0)
    throw new DataError(
      `Of ${chosen.length} patients no graded disc was found${failure === undefined ? "" : ` (the first: ${failure.message})`}; is this the folder of the data set?`,
    );
  return { all, graded: all.detection.graded, readings };
}

/**
 * Grades the T2 series of another hospital's patients (LSMA-PQR) and compares with their reader. No shipped weights are trained on them, so
 * that all patients are read; with a reader's borders, which may have been fitted on the others, only those kept out. A disc that is not
 * found counts against `named`, and has no part in the agreement.
 * @param models folder with the weights
 */
export async function evaluateOutside(
  models: string,
  data: DataSource,
  log: (line: string) => void,
  { reader, heldOnly = reader !== undefined }: OutsideOptions = {},
): Promise<OutsideEvaluation> {
  const patients = (await openDatasets(data, log)).flatMap((dataset) => dataset.patients);
  const chosen = heldOnly ? patients.filter(({ isHeld }) => isHeld) : patients;
  const { all, graded, readings } = await readOutside(models, chosen, log, reader);
  const pairs = readings.map(({ patient, grade, disc }) => ({
    patient,
    truth: grade,
    predicted: disc.grades.pfirrmann!.grade,
  }));
  return {
    patients: all.patients.length,
    graded,
    named: pairs.length,
    pfirrmann: pfirrmannAgreement(pairs),
    features: compareReadings([all]).features,
    failures: all.failures,
  };
}
