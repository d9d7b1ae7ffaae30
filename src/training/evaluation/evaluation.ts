import { LUMBAR_DISCS, detectSpine } from "../../detection/index.js";
import { gradeSpine, gradeUncalibrated, ReaderError } from "../../grading/index.js";
import type { Reader } from "../../grading/index.js";
import type { Volume } from "../../imaging/index.js";
import { agreementTable, confusionMatrix, offByMoreThan } from "../../statistics/index.js";
import type { AgreementTable } from "../../statistics/index.js";
import {
  DataError,
  findingsOfBoxes,
  gradedSeries,
  openDatasets,
  patientsOf,
  seriesOfKind,
} from "../datasets/index.js";
import type { DatasetPatient, DataSource, DiscGrading } from "../datasets/index.js";
import { BINARY, evaluateFinding, findingCases } from "./findings.js";
import type { FeatureEvaluation, ReadDisc } from "./findings.js";

/** What the models reach on the patients that were kept out of all training. */
export interface Evaluation {
  readonly patients: readonly string[];
  readonly detection: {
    /** Graded discs T12-L1 to L5-S1. */
    readonly graded: number;
    /** Of those, found under their level's name, in spines whose count of discs agrees with the data set's. */
    readonly named: number;
    readonly countEqual: number;
    readonly countWithinOne: number;
  };
  /** Absent where nobody gave a Pfirrmann grade. */
  readonly pfirrmann?: AgreementTable & {
    readonly offByMoreThanOne: number;
    readonly confusion: readonly (readonly number[])[];
    readonly discs: number;
  };
  /** Features that were graded as present or absent, or can be compared so. */
  readonly features: Readonly<Record<string, FeatureEvaluation>>;
  readonly failures: readonly { readonly patient: string; readonly message: string }[];
}

/** A disc as it was read, with its published grading. */
interface Pair extends ReadDisc {
  readonly volume: Volume;
}

/** What was read of some patients. */
export interface PatientReadings {
  readonly patients: readonly string[];
  readonly pairs: readonly Pair[];
  readonly detection: Evaluation["detection"];
  /** Graded discs T12-L1 to L5-S1 by reader. */
  readonly gradedBy: ReadonlyMap<string, number>;
  readonly failures: Evaluation["failures"];
}

/** How patients are read. */
export interface ReadingOptions {
  /** Share of Niemeyer's network in the Pfirrmann grade, without calibration; as shipped unless given. */
  readonly ownShare?: number | undefined;
  /** Whether the T1 series is read beside the T2 one, where there is one. */
  readonly withT1?: boolean | undefined;
  /** Whose Pfirrmann grades are given, as `gradeSpine` takes it. */
  readonly reader?: string | Reader | undefined;
}

/** A line is written for so many patients. */
const PROGRESS = 25;

/** Grades the T2 slice or stack of each patient; a patient without one, or without grades, is passed over. */
export async function readPatients(
  models: string,
  patients: readonly DatasetPatient[],
  log: (line: string) => void,
  { ownShare, withT1 = false, reader }: ReadingOptions = {},
): Promise<PatientReadings> {
  const pairs: Pair[] = [];
  const read: string[] = [];
  const failures: { patient: string; message: string }[] = [];
  const gradedBy = new Map<string, number>();
  const counts = { graded: 0, named: 0, countEqual: 0, countWithinOne: 0 };
  for (const [i, one] of patients.entries()) {
    if (i % PROGRESS === PROGRESS - 1) log(`reading patient ${i + 1} of ${patients.length}`);
    const { patient } = one;
    const series = gradedSeries(one);
    if (series === undefined) continue;
    read.push(patient);
    const own = one.gradings.filter(({ level }) => LUMBAR_DISCS.includes(level));
    counts.graded += own.length;
    for (const { rater } of own) gradedBy.set(rater, (gradedBy.get(rater) ?? 0) + 1);
    try {
      // The data set tells that it is T2; a picture that looks otherwise is graded as it is filed.
      const spine = await detectSpine(await series.load(), models, { contrast: "T2" });
      const t1 = withT1 ? await seriesOfKind(one, "T1")?.load() : undefined;
      const report =
        ownShare === undefined
          ? await gradeSpine(spine, models, { t1, reader })
          : await gradeUncalibrated(spine, models, { t1, ownShare });
      const marked = series.boxes && findingsOfBoxes(series.boxes, spine);
      const pairOf = (grading: DiscGrading): Pair[] => {
        const disc = report.discs.find(({ level }) => level === grading.level);
        const grades = { ...marked?.get(grading.level), ...grading.grades };
        return disc === undefined
          ? []
          : [{ grading: { ...grading, grades }, disc, volume: spine.stack.volume }];
      };
      const found = own.flatMap(pairOf);
      const difference = Math.abs(report.discs.length - (series.discs ?? report.discs.length));
      if (difference === 0 && series.discs !== undefined) counts.countEqual++;
      if (difference <= 1) {
        if (series.discs !== undefined) counts.countWithinOne++;
        counts.named += found.length;
      }
      // Findings that are marked by place are known of discs that nobody graded, too.
      const others = LUMBAR_DISCS.filter(
        (level) => marked?.has(level) && !own.some((one) => one.level === level),
      );
      const { rater } = one.gradings[0]!;
      pairs.push(...found, ...others.flatMap((level) => pairOf({ patient, level, rater, grades: {} })));
    } catch (error) {
      // Without the reader no patient can be read.
      if (error instanceof ReaderError) throw error;
      failures.push({ patient, message: error instanceof Error ? error.message : String(error) });
      log(`${patient}: ${failures.at(-1)!.message}`);
    }
  }
  return { patients: read, pairs, detection: counts, gradedBy, failures };
}

/** Readings whose disc has a published Pfirrmann grade, with that grade. */
export function pfirrmannPairs(pairs: readonly Pair[]): (Pair & { readonly published: number })[] {
  return pairs.flatMap((pair) => {
    const published = pair.grading.grades.pfirrmann;
    return published === undefined ? [] : [{ ...pair, published }];
  });
}

/** Published and predicted Pfirrmann grade of each disc that has one, with its patient: what agreement is measured on. */
export function pfirrmannCases(
  pairs: readonly Pair[],
): { readonly patient: string; readonly truth: number; readonly predicted: number }[] {
  return pfirrmannPairs(pairs).map(({ grading, disc, published }) => ({
    patient: grading.patient,
    truth: published,
    predicted: disc.grades.pfirrmann!.grade,
  }));
}

/** Compares readings with the published gradings; readings of several parts (folds) are pooled. */
export function compareReadings(parts: readonly PatientReadings[]): Evaluation {
  const pairs = parts.flatMap((part) => part.pairs);
  const sum = (key: keyof Evaluation["detection"]): number =>
    parts.reduce((total, { detection }) => total + detection[key], 0);
  const classes = [1, 2, 3, 4, 5];
  const graded = pfirrmannPairs(pairs);
  const truth = graded.map(({ published }) => published);
  const predicted = graded.map(({ disc }) => disc.grades.pfirrmann!.grade);
  return {
    patients: parts.flatMap(({ patients }) => patients),
    detection: {
      graded: sum("graded"),
      named: sum("named"),
      countEqual: sum("countEqual"),
      countWithinOne: sum("countWithinOne"),
    },
    ...(graded.length === 0
      ? {}
      : {
          pfirrmann: {
            ...agreementTable(truth, predicted, classes),
            offByMoreThanOne: offByMoreThan(truth, predicted, 1),
            confusion: confusionMatrix(truth, predicted, classes),
            discs: graded.length,
          },
        }),
    features: Object.fromEntries(
      BINARY.flatMap((key) => {
        const own = findingCases(key, pairs);
        return own.length === 0 ? [] : [[key, evaluateFinding(own)]];
      }),
    ),
    failures: parts.flatMap(({ failures }) => failures),
  };
}

/** The agreement in Pfirrmann grades. @throws DataError where no disc that was found has one */
export function requirePfirrmann({ pfirrmann }: Evaluation): NonNullable<Evaluation["pfirrmann"]> {
  if (pfirrmann === undefined)
    throw new DataError("No disc that was found has a Pfirrmann grade in these data sets.");
  return pfirrmann;
}

/** Grades the T2 series of each patient who is kept out of training. @throws DataError where there is none */
export async function readValidationPatients(
  models: string,
  data: DataSource,
  log: (line: string) => void,
  options: ReadingOptions = {},
): Promise<PatientReadings> {
  const held = patientsOf(await openDatasets(data, log), "validation");
  const readings = await readPatients(models, held, log, options);
  if (readings.patients.length === 0)
    throw new DataError("No patient with grades is kept out of training: there is nobody to measure on.");
  return readings;
}

/**
 * Grades the T2 series of each patient who is kept out of training and compares with the published gradings.
 * @throws DataError where nobody is kept out, or no disc has a Pfirrmann grade
 */
export async function evaluateModels(
  models: string,
  data: DataSource,
  log: (line: string) => void,
  options: ReadingOptions = {},
): Promise<Evaluation & Required<Pick<Evaluation, "pfirrmann">>> {
  const evaluation = compareReadings([await readValidationPatients(models, data, log, options)]);
  return { ...evaluation, pfirrmann: requirePfirrmann(evaluation) };
}
