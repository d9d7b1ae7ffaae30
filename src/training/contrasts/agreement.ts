import { DetectionError, detectSpine, LUMBAR_DISCS, readAnchor } from "../../detection/index.js";
import { graderHashes, gradeUncalibrated } from "../../grading/index.js";
import type { ContrastAgreement, ContrastFigure, ContrastFigures, GradedDisc } from "../../grading/index.js";
import type { Contrast, Volume } from "../../imaging/index.js";
import { cohenKappa, rocAuc } from "../../statistics/index.js";
import type { Dataset, DiscGrading } from "../datasets/index.js";
import { findingCases } from "../evaluation/findings.js";
import type { FindingCase } from "../evaluation/findings.js";
import { contrastPatients, isAsFiled } from "./pictures.js";
import type { ContrastPatient } from "./pictures.js";
import { suppressedSlice, SUPPRESSIONS } from "./suppressed.js";
import type { Suppression } from "./suppressed.js";

/** One disc in another weighting and in T2, beside what its reader said. */
interface ContrastPair {
  /** LSMA's reader gave Pfirrmann grades alone. */
  readonly reading: DiscGrading;
  readonly seen: GradedDisc;
  readonly inT2: GradedDisc;
}

const STRENGTHS = SUPPRESSIONS.filter(({ uneven }) => uneven === 0);
/** Strengths that a patient's slice is suppressed at, in turn: two of SPIDER's, of whom there are fewer, one of LSMA's. */
function strengthsOf({ set }: ContrastPatient, turn: number): Suppression[] {
  const turns = set === "SPIDER" ? [turn, turn + 2] : [turn];
  return turns.map((one) => STRENGTHS[one % STRENGTHS.length]!);
}

const PFIRRMANN = [1, 2, 3, 4, 5];
/** Features that readers gave as present or absent. */
const PRESENT = [
  "narrowing",
  "spondylolisthesis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "herniation",
  "bulging",
  "modic",
] as const;

/** Discs of a slice by level, graded as one of this weighting; none where no spine is found. */
async function discsOf(models: string, volume: Volume, contrast: Contrast): Promise<Map<string, GradedDisc>> {
  try {
    const spine = await detectSpine(volume, models, { contrast });
    const { discs } = await gradeUncalibrated(spine, models);
    return new Map(discs.map((disc) => [disc.level, disc]));
  } catch (error) {
    if (error instanceof DetectionError) return new Map();
    throw error;
  }
}

function pairsOf(
  readings: readonly DiscGrading[],
  seen: ReadonlyMap<string, GradedDisc>,
  inT2: ReadonlyMap<string, GradedDisc>,
): ContrastPair[] {
  return readings.flatMap((reading) => {
    const [a, b] = [seen.get(reading.level), inT2.get(reading.level)];
    return a === undefined || b === undefined ? [] : [{ reading, seen: a, inT2: b }];
  });
}

const rounded = (value: number): number => Number(value.toFixed(3));

/** Agreement of the Pfirrmann grade, of discs that were graded by a reader. */
export function pfirrmannFigure(pairs: readonly ContrastPair[]): ContrastFigure {
  const truth = pairs.map(({ reading }) => reading.grades.pfirrmann!);
  const kappa = (of: (pair: ContrastPair) => GradedDisc): number =>
    rounded(
      cohenKappa(
        truth,
        pairs.map((pair) => of(pair).grades.pfirrmann!.grade),
        PFIRRMANN,
        "linear",
      ),
    );
  return {
    measure: "linear kappa",
    reached: kappa(({ seen }) => seen),
    reference: kappa(({ inT2 }) => inT2),
    discs: pairs.length,
    fewer: pairs.length,
  };
}

function presenceFigure(key: (typeof PRESENT)[number], pairs: readonly ContrastPair[]): ContrastFigure {
  const casesOf = (of: (pair: ContrastPair) => GradedDisc): FindingCase[] =>
    findingCases(
      key,
      pairs.map((pair) => ({ grading: pair.reading, disc: of(pair) })),
    );
  const auc = (of: (pair: ContrastPair) => GradedDisc): number => {
    const cases = casesOf(of);
    const truth = cases.map(({ isPresent }) => Number(isPresent));
    return rounded(
      rocAuc(
        truth,
        cases.map(({ probability }) => probability),
      ),
    );
  };
  const present = casesOf(({ seen }) => seen).filter(({ isPresent }) => isPresent).length;
  return {
    measure: "ROC AUC",
    reached: auc(({ seen }) => seen),
    reference: auc(({ inT2 }) => inT2),
    discs: pairs.length,
    fewer: Math.min(present, pairs.length - present),
  };
}

/** A weighting's discs: of SPIDER's patients, and of LSMA's. */
interface Measured {
  readonly spider: ContrastPair[];
  readonly lsma: ContrastPair[];
}

/** The worse of the two hospitals stands for the Pfirrmann grade: a grade that holds in one of them only does not hold. */
function figuresOf(pictures: string, { spider, lsma }: Measured): ContrastFigures {
  const gap = ({ reached, reference }: ContrastFigure): number => reached - reference;
  const [own, other] = [pfirrmannFigure(spider), pfirrmannFigure(lsma)];
  const features = PRESENT.map((key) => [key, presenceFigure(key, spider)] as const);
  return {
    pictures,
    features: Object.fromEntries([
      ["pfirrmann", gap(own) <= gap(other) ? own : other],
      // Without any disc of a kind there is no figure.
      ...features.filter(([, { fewer }]) => fewer > 0),
    ]),
  };
}

/** Agreement in one kind of picture, for people who want more than the rule needs. */
export interface KindAgreement {
  readonly what: string;
  readonly figure: ContrastFigure;
}

/** What was measured: the file that the rule reads, and the Pfirrmann grade in each kind of picture. */
export interface MeasuredAgreement {
  readonly agreement: ContrastAgreement;
  readonly kinds: readonly KindAgreement[];
}

/**
 * Grades slices of T1, and T2 slices with fat suppressed at one or two of four strengths, of SPIDER's validation patients and LSMA's 60, and compares with
 * readers beside the same discs in T2.
 */
export async function measureAgreement(
  models: string,
  data: readonly Dataset[],
  log: (line: string) => void,
): Promise<MeasuredAgreement> {
  const patients = contrastPatients(data).filter(
    (one) => one.isHeld && isAsFiled(one, "T1") && isAsFiled(one, "T2"),
  );
  const byKind = new Map<string, ContrastPair[]>();
  const add = (what: string, pairs: readonly ContrastPair[]): void => {
    byKind.set(what, [...(byKind.get(what) ?? []), ...pairs]);
  };
  for (const [i, patient] of patients.entries()) {
    if (i % 10 === 0) log(`grading patient ${i + 1} of ${patients.length}`);
    const [t2, t1] = [await patient.t2(), await patient.t1()];
    if (t1 === undefined) continue;
    const { set } = patient;
    const readings = patient.gradings.filter(({ level }) => LUMBAR_DISCS.includes(level));
    const inT2 = await discsOf(models, t2, "T2");
    add(`${set} T1`, pairsOf(readings, await discsOf(models, t1, "T1"), inT2));
    const { volume, tissue } = await readAnchor(t2, models);
    for (const suppression of strengthsOf(patient, i)) {
      const made = suppressedSlice(volume, t1, tissue, suppression);
      if (made === undefined) continue;
      const what = `${set} T2, ${Math.round(100 * suppression.share)} % of fat suppressed`;
      add(what, pairsOf(readings, await discsOf(models, made, "T2FS"), inT2));
    }
  }
  const all = (set: string, isMeant: (what: string) => boolean): ContrastPair[] =>
    [...byKind].flatMap(([what, pairs]) => (what.startsWith(set) && isMeant(what) ? pairs : []));
  const measured = (isMeant: (what: string) => boolean): Measured => ({
    spider: all("SPIDER", isMeant),
    lsma: all("LSMA", isMeant),
  });
  return {
    agreement: {
      version: 1,
      weights: await graderHashes(models, true),
      contrasts: {
        T1: figuresOf(
          "slices of two hospitals",
          measured((what) => what.endsWith("T1")),
        ),
        T2FS: figuresOf(
          "suppressed slices made from T1 and T2 of two hospitals",
          measured((what) => what.includes("suppressed")),
        ),
      },
    },
    kinds: [...byKind].map(([what, pairs]) => ({ what, figure: pfirrmannFigure(pairs) })),
  };
}
