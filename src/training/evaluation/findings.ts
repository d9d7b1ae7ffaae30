/** Findings that are there or not: how the models' calls compare with readers', and from which probability on to call them. */
import { featureOf } from "../../grading/index.js";
import type { Estimate, GradeReport, OperatingPoint } from "../../grading/index.js";
import { bayesianBootstrap, classAverageAccuracy, cohenKappa, rocAuc } from "../../statistics/index.js";
import { patientParts } from "../calibration.js";
import type { DiscGrading } from "../datasets/index.js";

/** Features with clinical labels that are compared as present or absent. */
export const BINARY = [
  "narrowing",
  "spondylolisthesis",
  "centralCanalStenosis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
  "upperMarrowChange",
  "lowerMarrowChange",
  "herniation",
  "bulging",
  "modic",
] as const;

export type Finding = (typeof BINARY)[number];

/** A disc as it was read, with its published grading. */
export interface ReadDisc {
  readonly grading: DiscGrading;
  readonly disc: GradeReport["discs"][number];
}

/** Whether a reader saw a finding; undefined where the disc was not graded for it. */
function isPresent(key: Finding, { grades }: DiscGrading): boolean | undefined {
  const { narrowing, narrowingPresent, centralCanalStenosis, canalStenosisSeverity } = grades;
  const given =
    key === "narrowing"
      ? (narrowingPresent ?? (narrowing === undefined ? undefined : narrowing - 1))
      : key === "centralCanalStenosis"
        ? (centralCanalStenosis ?? canalStenosisSeverity)
        : grades[key];
  return given === undefined ? undefined : given > 0;
}

/** A disc with what a reader and the models say of one finding. */
export interface FindingCase {
  readonly patient: string;
  readonly isPresent: boolean;
  /** Of its being present. */
  readonly probability: number;
  readonly isCalled: boolean;
}

/** Discs that readers graded for a finding. */
export function findingCases(key: Finding, pairs: readonly ReadDisc[]): FindingCase[] {
  const [normal] = featureOf(key).classes;
  return pairs.flatMap(({ grading, disc }): FindingCase[] => {
    const present = isPresent(key, grading);
    if (present === undefined) return [];
    const { probabilities, grade } = disc.grades[key]!;
    return [
      {
        patient: grading.patient,
        isPresent: present,
        probability: 1 - probabilities[0]!,
        isCalled: grade !== normal,
      },
    ];
  });
}

/** How calls compare with a reader's; intervals hold 95 % of a Bayesian bootstrap over patients. */
export interface FeatureEvaluation {
  readonly auc: number;
  readonly classAverage: number;
  readonly positives: number;
  readonly cases: number;
  readonly called: number;
  /** Share of what readers call present that is called, and of what is called that readers call present. */
  readonly sensitivity: Estimate;
  readonly precision: Estimate;
  readonly kappa: Estimate;
}

const BOOTSTRAP = { draws: 1000, mass: 0.95 } as const;

function estimate(patients: readonly string[], of: (weights: ArrayLike<number>) => number): Estimate {
  const value = of(new Float64Array(patients.length).fill(1));
  const { low, high } = bayesianBootstrap(patients, of, BOOTSTRAP);
  return { value, low, high };
}

/** Sensitivity, precision and kappa of calls; 0 where nothing is called. */
function agreementOf(
  cases: readonly FindingCase[],
): Pick<FeatureEvaluation, "sensitivity" | "precision" | "kappa"> {
  const patients = cases.map(({ patient }) => patient);
  const sum = (weights: ArrayLike<number>, holds: (one: FindingCase) => boolean): number =>
    cases.reduce((total, one, i) => total + (holds(one) ? weights[i]! : 0), 0);
  const share =
    (of: (one: FindingCase) => boolean) =>
    (weights: ArrayLike<number>): number =>
      sum(weights, (one) => one.isPresent && one.isCalled) / Math.max(Number.MIN_VALUE, sum(weights, of));
  const truth = cases.map((one) => Number(one.isPresent));
  const calls = cases.map((one) => Number(one.isCalled));
  return {
    sensitivity: estimate(
      patients,
      share((one) => one.isPresent),
    ),
    precision: estimate(
      patients,
      share((one) => one.isCalled),
    ),
    kappa: estimate(patients, (weights) =>
      cohenKappa(truth, calls, [0, 1], "linear", Float64Array.from(weights)),
    ),
  };
}

/** Compares calls with readers'. @param cases at least one */
export function evaluateFinding(cases: readonly FindingCase[]): FeatureEvaluation {
  const truth = cases.map((one) => Number(one.isPresent));
  const calls = cases.map((one) => Number(one.isCalled));
  return {
    auc: rocAuc(
      truth,
      cases.map(({ probability }) => probability),
    ),
    classAverage: classAverageAccuracy(truth, calls, [0, 1]),
    positives: truth.filter((one) => one === 1).length,
    cases: cases.length,
    called: calls.filter((one) => one === 1).length / cases.length,
    ...agreementOf(cases),
  };
}

/** The probability from which on as large a share of cases is called as the finding is taken to be in: halfway between two cases. */
export function thresholdFor(probabilities: readonly number[], share: number): number {
  const sorted = [...probabilities].sort((a, b) => b - a);
  const called = Math.round(share * sorted.length);
  if (called === 0) return (1 + (sorted[0] ?? 1)) / 2;
  return ((sorted[called - 1] ?? 0) + (sorted[called] ?? 0)) / 2;
}

/** Parts of the cross-fitting. */
const PARTS = 10;

/**
 * An operating point by which as many discs are called as readers call, measured on patients whom its threshold was not fitted on.
 * @param cases with at least one that is present
 */
export function fitOperatingPoint(cases: readonly FindingCase[], prevalenceFrom: string): OperatingPoint {
  const fit = (some: readonly FindingCase[]): { prevalence: number; threshold: number } => {
    const prevalence = some.filter((one) => one.isPresent).length / some.length;
    return {
      prevalence,
      threshold: thresholdFor(
        some.map(({ probability }) => probability),
        prevalence,
      ),
    };
  };
  const parts = patientParts(
    cases.map(({ patient }) => patient),
    PARTS,
  );
  const crossed = parts.flatMap((part) => {
    const { threshold } = fit(cases.filter(({ patient }) => !part.includes(patient)));
    return cases
      .filter(({ patient }) => part.includes(patient))
      .map((one) => ({ ...one, isCalled: one.probability >= threshold }));
  });
  return {
    ...fit(cases),
    prevalenceFrom,
    discs: cases.length,
    patients: new Set(cases.map(({ patient }) => patient)).size,
    positives: cases.filter((one) => one.isPresent).length,
    called: crossed.filter(({ isCalled }) => isCalled).length / cases.length,
    ...agreementOf(crossed),
  };
}

/** An operating point by which a share of discs is called that is known from elsewhere. */
export function operatingPointAt(
  cases: readonly Pick<FindingCase, "patient" | "probability">[],
  prevalence: number,
  prevalenceFrom: string,
): OperatingPoint {
  const probabilities = cases.map(({ probability }) => probability);
  const threshold = thresholdFor(probabilities, prevalence);
  return {
    threshold,
    prevalence,
    prevalenceFrom,
    discs: cases.length,
    patients: new Set(cases.map(({ patient }) => patient)).size,
    positives: null,
    called: probabilities.filter((p) => p >= threshold).length / cases.length,
    sensitivity: null,
    precision: null,
    kappa: null,
  };
}
