import { LUMBAR_DISCS, detectSpine } from "../detection/index.js";
import { FEATURES, gradeSpine, gradeUncalibrated } from "../grading/index.js";
import type { GradeReport } from "../grading/index.js";
import type { Volume } from "../imaging/index.js";
import {
  agreementTable,
  classAverageAccuracy,
  confusionMatrix,
  offByMoreThan,
  rocAuc,
} from "../statistics/index.js";
import type { AgreementTable } from "../statistics/index.js";
import { gradingsOf } from "./discSamples.js";
import {
  listGradedPatients,
  readGradings,
  readMidSlice,
  readT1MidSlice,
  readOverview,
  validationPatients,
} from "./spider.js";
import type { DiscGrading } from "./spider.js";

export interface FeatureEvaluation {
  readonly auc: number;
  readonly classAverage: number;
  readonly positives: number;
  readonly cases: number;
}

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
  readonly pfirrmann: AgreementTable & {
    readonly offByMoreThanOne: number;
    readonly confusion: readonly (readonly number[])[];
    readonly discs: number;
  };
  readonly features: Readonly<Record<string, FeatureEvaluation>>;
  readonly failures: readonly { readonly patient: string; readonly message: string }[];
}

/** Features with clinical labels that are compared as present or absent. */
const BINARY: readonly (keyof DiscGrading)[] = [
  "narrowing",
  "spondylolisthesis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "herniation",
  "bulging",
  "modic",
];

/** A disc as it was read, with its published grading. */
interface Pair {
  readonly grading: DiscGrading;
  readonly disc: GradeReport["discs"][number];
  readonly volume: Volume;
}

/** What was read of some patients. */
export interface PatientReadings {
  readonly patients: readonly string[];
  readonly pairs: readonly Pair[];
  readonly detection: Evaluation["detection"];
  readonly failures: Evaluation["failures"];
}

/** How patients are read. */
export interface ReadingOptions {
  /** Share of Niemeyer's network in the Pfirrmann grade, without calibration; as shipped unless given. */
  readonly ownShare?: number | undefined;
  /** Whether the T1 middle slice is read beside the T2 one, where there is one. */
  readonly withT1?: boolean | undefined;
}

/** Grades the T2 middle slice of each patient. */
export async function readPatients(
  models: string,
  folder: string,
  patients: readonly string[],
  log: (line: string) => void,
  { ownShare, withT1 = false }: ReadingOptions = {},
): Promise<PatientReadings> {
  const [gradings, overview] = await Promise.all([readGradings(folder), readOverview(folder)]);
  const pairs: Pair[] = [];
  const failures: { patient: string; message: string }[] = [];
  const counts = { graded: 0, named: 0, countEqual: 0, countWithinOne: 0 };
  for (const patient of patients) {
    const { spacing, discs } = overview.get(`${patient}_t2`)!;
    const own = [...gradingsOf(gradings, patient).values()].filter(({ level }) =>
      LUMBAR_DISCS.includes(level),
    );
    counts.graded += own.length;
    try {
      const spine = await detectSpine(await readMidSlice(folder, patient, spacing), models, {
        contrast: "T2",
      });
      const t1 = withT1
        ? await readT1MidSlice(folder, patient, overview.get(`${patient}_t1`)?.spacing)
        : undefined;
      const report =
        ownShare === undefined
          ? await gradeSpine(spine, models, { t1 })
          : await gradeUncalibrated(spine, models, { t1, ownShare });
      const found = own.flatMap((grading) => {
        const disc = report.discs.find(({ level }) => level === grading.level);
        return disc === undefined ? [] : [{ grading, disc, volume: spine.stack.volume }];
      });
      const difference = Math.abs(report.discs.length - discs);
      if (difference === 0) counts.countEqual++;
      if (difference <= 1) {
        counts.countWithinOne++;
        counts.named += found.length;
      }
      pairs.push(...found);
    } catch (error) {
      failures.push({ patient, message: error instanceof Error ? error.message : String(error) });
      log(`${patient}: ${failures.at(-1)!.message}`);
    }
  }
  return { patients, pairs, detection: counts, failures };
}

/** Compares readings with the published gradings; readings of several parts (folds) are pooled. */
export function compareReadings(parts: readonly PatientReadings[]): Evaluation {
  const pairs = parts.flatMap((part) => part.pairs);
  const sum = (key: keyof Evaluation["detection"]): number =>
    parts.reduce((total, { detection }) => total + detection[key], 0);
  const classes = [1, 2, 3, 4, 5];
  const truth = pairs.map(({ grading }) => grading.pfirrmann);
  const predicted = pairs.map(({ disc }) => disc.grades.pfirrmann!.grade);
  return {
    patients: parts.flatMap(({ patients }) => patients),
    detection: {
      graded: sum("graded"),
      named: sum("named"),
      countEqual: sum("countEqual"),
      countWithinOne: sum("countWithinOne"),
    },
    pfirrmann: {
      ...agreementTable(truth, predicted, classes),
      offByMoreThanOne: offByMoreThan(truth, predicted, 1),
      confusion: confusionMatrix(truth, predicted, classes),
      discs: pairs.length,
    },
    features: Object.fromEntries(BINARY.map((key) => [key, evaluateBinary(key, pairs)])),
    failures: parts.flatMap(({ failures }) => failures),
  };
}

/** Grades each validation patient's T2 middle slice. */
export async function readValidationPatients(
  models: string,
  folder: string,
  log: (line: string) => void,
  options: ReadingOptions = {},
): Promise<PatientReadings> {
  const patients = validationPatients(await listGradedPatients(folder));
  return readPatients(models, folder, patients, log, options);
}

/** Grades each validation patient's T2 middle slice and compares with SPIDER's gradings. */
export async function evaluateModels(
  models: string,
  folder: string,
  log: (line: string) => void,
  options: ReadingOptions = {},
): Promise<Evaluation> {
  return compareReadings([await readValidationPatients(models, folder, log, options)]);
}

function evaluateBinary(key: keyof DiscGrading, pairs: readonly Pair[]): FeatureEvaluation {
  const normal = FEATURES.find((feature) => feature.key === key)!.classes[0];
  const outcomes = pairs.map(({ grading }) => (Number(grading[key]) > 0 ? 1 : 0));
  const scores = pairs.map(({ disc }) => 1 - disc.grades[key]!.probabilities[0]!);
  const decisions = pairs.map(({ disc }) => (disc.grades[key]!.grade === normal ? 0 : 1));
  return {
    auc: rocAuc(outcomes, scores),
    classAverage: classAverageAccuracy(outcomes, decisions, [0, 1]),
    positives: outcomes.filter((outcome) => outcome === 1).length,
    cases: outcomes.length,
  };
}
