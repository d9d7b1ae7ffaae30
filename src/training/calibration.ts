import { Random } from "../numbers/index.js";
import {
  applyTemperature,
  conformalGroups,
  decideClass,
  FEATURES,
  groupProbabilities,
  SMALLEST,
} from "../grading/index.js";
import type { Feature, FeatureCalibration, FeatureTrust, TrustMeasures } from "../grading/index.js";
import { expectedCalibrationError, topClassConfidence } from "../statistics/index.js";

/** One disc with a clinical label of one feature. */
export interface CalibrationCase {
  readonly patient: string;
  /** Probabilities of the feature's classes as the networks gave them. */
  readonly probabilities: readonly number[];
  /** Index of the group of classes that the label says (see {@link FeatureCalibration.groups}). */
  readonly group: number;
}

/** Share of true grades that the sets are to hold, in each group by itself. */
export const LEVEL = 0.9;
/** Patients are split into so many parts for cross-fitting. */
const PARTS = 5;
const SEED = 20;
/** Bins of reliability diagrams: 15 would leave about ten discs each. */
const BINS = 10;
/** Temperatures that are looked through: beyond them probabilities are all equal, or all 0 and 1. */
const RANGE = [0.2, 10] as const;

/**
 * Groups of classes that SPIDER's labels tell apart. Its narrowing is binary; of the Modic types the validation patients
 * show hardly any but type 2, so that types are pooled as "some marrow change".
 */
export function labelGroups({ key, classes }: Feature): number[][] {
  if (key !== "narrowing" && key !== "modic") return classes.map((_, k) => [k]);
  return [[0], classes.slice(1).map((_, k) => k + 1)];
}

/** Mean of −log of the probability of the labelled group: the negative log-likelihood, in nats. */
export function negativeLogLikelihood(
  cases: readonly CalibrationCase[],
  groups: FeatureCalibration["groups"],
  temperature: number,
): number {
  const losses = cases.map(({ probabilities, group }) => {
    const grouped = groupProbabilities(applyTemperature(probabilities, temperature), groups);
    return -Math.log(Math.max(SMALLEST, grouped[group]!));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

/**
 * Temperature with the least negative log-likelihood (Guo et al. 2017): a grid over the logarithm of {@link RANGE}, then
 * golden-section search about its best point. The grid is for groups of several classes, whose likelihood may have more
 * than one minimum.
 */
export function fitTemperature(
  cases: readonly CalibrationCase[],
  groups: FeatureCalibration["groups"],
): number {
  const loss = (log: number): number => negativeLogLikelihood(cases, groups, Math.exp(log));
  const [low, high] = [Math.log(RANGE[0]), Math.log(RANGE[1])];
  const points = 41;
  const step = (high - low) / (points - 1);
  const grid = Array.from({ length: points }, (_, i) => low + i * step);
  const losses = grid.map(loss);
  const best = grid[losses.indexOf(Math.min(...losses))]!;
  let [left, right] = [Math.max(low, best - step), Math.min(high, best + step)];
  const golden = (Math.sqrt(5) - 1) / 2;
  while (right - left > 1e-4) {
    const [a, b] = [right - golden * (right - left), left + golden * (right - left)];
    if (loss(a) <= loss(b)) right = b;
    else left = a;
  }
  return Math.exp((left + right) / 2);
}

/**
 * Conformal quantile with the finite-sample rule: the ⌈(n + 1) · level⌉-th smallest score, so that a new exchangeable case
 * scores no more with at least the level's probability; null where n is too small for that (fewer than 9 at 90 %).
 */
export function conformalQuantile(scores: readonly number[], level: number): number | null {
  // (n + 1) · level may miss a whole number by one bit: 10 · 0.9 must be 9.
  const rank = Math.ceil((scores.length + 1) * level - 1e-9);
  return rank > scores.length ? null : [...scores].sort((a, b) => a - b)[rank - 1]!;
}

/** Cases that a group needs before it can be excluded at the level. */
export function fewestCases(level: number): number {
  return Math.ceil(level / (1 - level) - 1e-9);
}

export interface FitOptions {
  /** Share of true grades that sets are to hold; {@link LEVEL} when absent. */
  readonly level?: number;
  /** Taken instead of a fitted one. */
  readonly temperature?: number | undefined;
  /** Whether the feature's grades have an order: sets are then runs of grades, and the grade is a median. */
  readonly isOrdered?: boolean | undefined;
}

/**
 * Fits temperature and class-conditional thresholds of a feature. A group with fewer cases than {@link fewestCases} is
 * never excluded.
 * @returns undefined where fewer than two groups have that many cases: nothing could be said of the feature
 */
export function fitFeature(
  cases: readonly CalibrationCase[],
  groups: FeatureCalibration["groups"],
  { level = LEVEL, temperature }: FitOptions = {},
): FeatureCalibration | undefined {
  const counts = groups.map((_, g) => cases.filter(({ group }) => group === g).length);
  if (counts.filter((count) => count >= fewestCases(level)).length < 2) return undefined;
  const divisor = temperature ?? fitTemperature(cases, groups);
  const thresholds = groups.map((_, g) => {
    const own = cases.filter(({ group }) => group === g);
    const scores = own.map(
      ({ probabilities }) => 1 - groupProbabilities(applyTemperature(probabilities, divisor), groups)[g]!,
    );
    return conformalQuantile(scores, level);
  });
  return { temperature: divisor, groups, thresholds, cases: counts };
}

/** Patients dealt at random, but always alike, into parts. */
export function patientParts(patients: readonly string[], parts = PARTS): string[][] {
  const shuffled = new Random(SEED).shuffle([...new Set(patients)].sort((a, b) => (a < b ? -1 : 1)));
  return Array.from({ length: Math.min(parts, shuffled.length) }, (_, part) =>
    shuffled.filter((_, i) => i % parts === part),
  );
}

interface Outcome {
  readonly grouped: readonly number[];
  readonly group: number;
  /** Groups in the set. */
  readonly kept: readonly number[];
}

function measure(outcomes: readonly Outcome[], groups: FeatureCalibration["groups"]): TrustMeasures {
  const truth = outcomes.map(({ group }) => group);
  const rows = outcomes.map(({ grouped }) => grouped.map((p) => Math.min(1, p)));
  const confidence =
    groups.length === 2
      ? { outcomes: truth, probabilities: rows.map((row) => row[1]!) }
      : topClassConfidence(
          truth,
          rows,
          groups.map((_, g) => g),
        );
  const calibration = expectedCalibrationError(confidence.outcomes, confidence.probabilities, { bins: BINS });
  const ofGroup = (score: (outcome: Outcome) => number): (number | null)[] =>
    groups.map((_, g) => {
      const own = outcomes.filter(({ group }) => group === g);
      return own.length === 0 ? null : own.reduce((sum, outcome) => sum + score(outcome), 0) / own.length;
    });
  const losses = outcomes.map(({ grouped, group }) => -Math.log(Math.max(SMALLEST, grouped[group]!)));
  return {
    nll: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
    ece: calibration.error,
    eceOfChance: calibration.expected,
    eceOfChance95: calibration.expected95,
    coverage: ofGroup(({ kept, group }) => (kept.includes(group) ? 1 : 0)),
    setSize: ofGroup(({ kept }) => kept.length),
    bins: calibration.bins.filter(({ count }) => count > 0),
  };
}

/** The likely groups without calibration: the most probable ones until the level's probability is reached. */
function likelyGroups(grouped: readonly number[], level: number): number[] {
  const order = grouped.map((_, g) => g).sort((a, b) => grouped[b]! - grouped[a]!);
  let sum = 0;
  const count = order.findIndex((g) => (sum += grouped[g]!) >= level) + 1;
  return order.slice(0, count === 0 ? order.length : count);
}

/**
 * Cross-fitting over patients: fits on all parts but one, applies to that one, and measures all parts together. These
 * are figures for new patients; those of the shipped calibration on its own patients would flatter it.
 * @returns undefined where some part leaves too few cases to fit on
 */
export function crossFit(
  cases: readonly CalibrationCase[],
  groups: FeatureCalibration["groups"],
  options: FitOptions = {},
): FeatureTrust | undefined {
  const outcome = (
    { group, probabilities }: CalibrationCase,
    keep: (calibrated: number[]) => number[],
    temperature: number,
  ): Outcome => {
    const calibrated = applyTemperature(probabilities, temperature);
    return { grouped: groupProbabilities(calibrated, groups), group, kept: keep(calibrated) };
  };
  const { isOrdered } = options;
  const after: Outcome[] = [];
  for (const part of patientParts(cases.map(({ patient }) => patient))) {
    const isHeld = ({ patient }: CalibrationCase): boolean => part.includes(patient);
    const fit = fitFeature(
      cases.filter((one) => !isHeld(one)),
      groups,
      options,
    );
    if (fit === undefined) return undefined;
    for (const one of cases.filter(isHeld))
      after.push(
        outcome(
          one,
          (calibrated) =>
            conformalGroups(calibrated, fit, { given: decideClass(options, calibrated), isOrdered }),
          fit.temperature,
        ),
      );
  }
  const before = cases.map((one) =>
    outcome(
      one,
      (calibrated) => likelyGroups(groupProbabilities(calibrated, groups), options.level ?? LEVEL),
      1,
    ),
  );
  return {
    before: measure(before, groups),
    after: measure(after, groups),
  };
}

/** Features that have clinical labels as they stand; of the others nothing can be fitted. */
export const LABELLED = FEATURES.filter(
  ({ key }) => !["centralCanalStenosis", "upperMarrowChange", "lowerMarrowChange"].includes(key),
);
