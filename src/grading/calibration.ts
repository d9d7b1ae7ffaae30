import { softmax } from "../numbers/index.js";

/**
 * Trust in a grade: temperature scaling (Guo et al., ICML 2017) and class-conditional ("Mondrian") conformal sets (Vovk et
 * al. 2005; Sadinle et al., JASA 2019), read from `calibration.json` beside the weights that it was fitted for. Pure.
 */

/** How the probabilities of one feature are brought to what clinical readings say. */
export interface FeatureCalibration {
  /** Divisor of the log-probabilities: above 1 the networks were too certain, below 1 not certain enough. */
  readonly temperature: number;
  /**
   * Classes (indices) that the clinical labels tell apart. One class a group as a rule; SPIDER's narrowing says only
   * "none" or "some", so grades 2 to 4 are one group: which of them it is, no label here can say.
   */
  readonly groups: readonly (readonly number[])[];
  /**
   * Largest "1 − probability of the group" with which the group is still held possible; null where too few cases were
   * seen to exclude it ever.
   */
  readonly thresholds: readonly (number | null)[];
  /** Cases of each group that the fit has seen. */
  readonly cases: readonly number[];
}

/** What of a feature its sets depend on. */
export interface SetRule {
  /** Index of the class that the grade names; the most probable one where it is not told. */
  readonly given?: number | undefined;
  /** Whether its grades have an order: then a set is a run of neighbouring grades. */
  readonly isOrdered?: boolean | undefined;
}

/** The smallest probability that is told from 0: the logarithm of 0 would decide everything. */
export const SMALLEST = 1e-7;

/**
 * Softmax of log-probabilities over the temperature: p^(1/T), normalised. For probabilities that are a softmax of logits
 * this is the softmax of logits/T. The order of the classes stays, so the grade stays too.
 *
 * @param probabilities of the classes, summing to 1
 * @param temperature positive; 1 changes nothing
 */
export function applyTemperature(probabilities: readonly number[], temperature: number): number[] {
  return softmax(probabilities.map((p) => Math.log(Math.max(SMALLEST, p)) / temperature));
}

/** Summed probability of each group of classes. */
export function groupProbabilities(
  probabilities: readonly number[],
  groups: readonly (readonly number[])[],
): number[] {
  return groups.map((group) => group.reduce((sum, k) => sum + probabilities[k]!, 0));
}

/**
 * Indices of the groups that cannot be excluded. For cases exchangeable with those of the fit, the true group is among
 * them with at least the level's probability, in each group by itself (discs of one patient resemble each other, so this
 * is measured by patients, not only promised). The group of the given class is always kept: a set that is empty, or without
 * the grade that is given, would only confuse, and keeping it only raises coverage. So does filling the gaps of ordered grades: who
 * holds 2 and 4 possible cannot exclude 3.
 * @param probabilities of the classes, after calibration
 */
export function conformalGroups(
  probabilities: readonly number[],
  { groups, thresholds }: Pick<FeatureCalibration, "groups" | "thresholds">,
  { given = probabilities.indexOf(Math.max(...probabilities)), isOrdered = false }: SetRule = {},
): number[] {
  const kept = groupProbabilities(probabilities, groups).flatMap((p, g) =>
    groups[g]!.includes(given) || 1 - p <= (thresholds[g] ?? Infinity) ? [g] : [],
  );
  if (!isOrdered) return kept;
  const lowest = kept[0]!;
  return Array.from({ length: kept.at(-1)! - lowest + 1 }, (_, i) => lowest + i);
}

/**
 * The grades that cannot be excluded, in class order; never empty.
 * @param probabilities of the classes, after calibration
 * @param classes the papers' own numbers of the grades, in class order
 * @param rule as in {@link conformalGroups}
 */
export function conformalSet(
  probabilities: readonly number[],
  classes: readonly number[],
  calibration: FeatureCalibration,
  rule: SetRule = {},
): number[] {
  return conformalGroups(probabilities, calibration, rule)
    .flatMap((g) => calibration.groups[g]!)
    .sort((a, b) => a - b)
    .map((k) => classes[k]!);
}

/** Expected grade: the continuous score that Jamaludin et al. 2017 ask for in their conclusion. */
export function expectedGrade(probabilities: readonly number[], classes: readonly number[]): number {
  return probabilities.reduce((sum, p, k) => sum + p * classes[k]!, 0);
}

/** A set of grades as text: neighbours as a range (`2–3`), others listed (`0, 2`). @param classes all grades in order */
export function setText(set: readonly number[], classes: readonly number[]): string {
  const first = classes.indexOf(set[0]!);
  const isRange = set.every((grade, i) => classes[first + i] === grade);
  return isRange && set.length > 1 ? `${set[0]}–${set.at(-1)}` : set.join(", ");
}
