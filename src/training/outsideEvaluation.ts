import { detectSpine } from "../detection/index.js";
import { gradeSpine, ReaderError } from "../grading/index.js";
import type { GradedDisc, Reader } from "../grading/index.js";
import {
  agreementIntervals,
  agreementTable,
  bayesianBootstrap,
  cohenKappa,
  confusionMatrix,
  offByMoreThan,
} from "../statistics/index.js";
import type { AgreementTable, Interval } from "../statistics/index.js";
import { lsmaValidationPatients, readLsmaGradings, readLsmaSlice } from "./lsma.js";
import type { LsmaGrading } from "./lsma.js";
import { DataError } from "./publishedTable.js";

const CLASSES = [1, 2, 3, 4, 5];
/** Draws of the bootstrap over patients, and the mass of its intervals. */
const BOOTSTRAP = { draws: 2000, mass: 0.95 } as const;

/** A line is written for so many patients. */
const PROGRESS = 25;

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
  readonly patients: number;
  readonly graded: number;
  readonly readings: readonly OutsideReading[];
  readonly failures: OutsideEvaluation["failures"];
}

/**
 * Grades the mid-sagittal slices of these graded patients of the LSMA-PQR data.
 * @throws DataError where not one graded disc was found
 */
export async function readOutside(
  models: string,
  folder: string,
  gradings: readonly LsmaGrading[],
  log: (line: string) => void,
  reader?: string | Reader,
): Promise<OutsideReadings> {
  const byPatient = new Map<string, LsmaGrading[]>();
  for (const grading of gradings)
    byPatient.set(grading.patient, [...(byPatient.get(grading.patient) ?? []), grading]);
  const readings: OutsideReading[] = [];
  const failures: { patient: string; message: string }[] = [];
  let begun = 0;
  for (const [patient, own] of byPatient) {
    if (begun++ % PROGRESS === 0) log(`reading patient ${begun} of ${byPatient.size}`);
    try {
      const spine = await detectSpine(await readLsmaSlice(folder, patient), models, { contrast: "T2" });
      const { discs } = await gradeSpine(spine, models, { reader });
      for (const { level, pfirrmann } of own) {
        const disc = discs.find((one) => one.level === level);
        if (disc !== undefined) readings.push({ patient, grade: pfirrmann, disc });
      }
    } catch (error) {
      // Without the reader no patient can be read.
      if (error instanceof ReaderError) throw error;
      failures.push({ patient, message: error instanceof Error ? error.message : String(error) });
      log(`${patient}: ${failures.at(-1)!.message}`);
    }
  }
  if (readings.length === 0)
    throw new DataError(
      `Of ${byPatient.size} patients no graded disc was found${failures.length > 0 ? ` (the first: ${failures[0]!.message})` : ""}; is this the folder of the data set?`,
    );
  return { patients: byPatient.size, graded: gradings.length, readings, failures };
}

/**
 * Grades the mid-sagittal slices of the LSMA-PQR data and compares with their reader. No weights are trained on them, so that all patients
 * are read; with a reader's borders, which may have been fitted on the others, only the 60 that are kept out. A disc that is not found
 * counts against `named`, and has no part in the agreement.
 * @param models folder with the weights
 * @param folder the data set's, see {@link import("./lsma.js").isLsma}
 * @param reader as `gradeSpine` takes it
 */
export async function evaluateOutside(
  models: string,
  folder: string,
  log: (line: string) => void,
  reader?: string | Reader,
): Promise<OutsideEvaluation> {
  const gradings = await readLsmaGradings(folder);
  const kept = new Set(lsmaValidationPatients(gradings));
  const chosen = reader === undefined ? gradings : gradings.filter(({ patient }) => kept.has(patient));
  const { patients, graded, readings, failures } = await readOutside(models, folder, chosen, log, reader);
  const pairs = readings.map(({ patient, grade, disc }) => ({
    patient,
    truth: grade,
    predicted: disc.grades.pfirrmann!.grade,
  }));
  return { patients, graded, named: pairs.length, pfirrmann: pfirrmannAgreement(pairs), failures };
}
