import { drawNode } from "./labels.js";
import type { DiscCondition } from "./labels.js";
import type { Random } from "../numbers/index.js";

/** Jamaludin's counts of Pfirrmann grades 1 to 5 and of narrowing grades 1 to 4. */
const PFIRRMANN = [3862, 1754, 2800, 2415, 1163];
const NARROWING = [7186, 1375, 2185, 1243];
/** Height over a healthy disc's for each narrowing grade. */
const HEIGHT = [
  [0.87, 1.08],
  [0.72, 0.84],
  [0.45, 0.69],
  [0.28, 0.41],
] as const;

/** Shares of discs with a finding in the papers' populations. */
export const PREVALENCE = {
  slip: 0.039,
  stenosis: 0.059,
  upperEndplateDefect: 0.086,
  lowerEndplateDefect: 0.088,
  marrowChange: 0.15,
  herniation: 0.08,
  bulging: 0.25,
} as const;

/** Frequency at L5-S1, L4-L5 ... T12-L1 over the mean's: slips are most frequent at L4-L5, nodes at L1-L2. */
const SLIP_BY_LEVEL = [1.2, 2.6, 1, 0.6, 0.35, 0.25];
const NODE_BY_LEVEL = [0.6, 0.7, 0.9, 1.1, 1.5, 1.2];

/** Class of a uniform number for these counts, and the place within the class, 0 to 1. */
function classOf(counts: readonly number[], uniform: number): readonly [number, number] {
  let left = uniform * counts.reduce((sum, count) => sum + count, 0);
  for (const [i, count] of counts.entries()) {
    if (left < count) return [i, left / count];
    left -= count;
  }
  return [counts.length - 1, 1];
}

/**
 * Draws a disc's condition with the frequencies of Jamaludin's readings. One rank of severity makes all findings
 * likelier together and leaves the frequency of each as it is: the mean of 0.2 + 2 × severity over the grades is 1.
 * @param index disc counted from the sacrum
 */
export function drawPopulationCondition(random: Random, index: number): DiscCondition {
  const rank = random.uniform();
  const [grade, part] = classOf(PFIRRMANN, rank);
  const gain = 0.2 + 2 * (grade / 4);
  const has = (share: number, byLevel = 1): boolean => random.chance(share * gain * byLevel);
  // Loss of height goes with the grade in three of four discs.
  const [narrowing, within] = classOf(NARROWING, random.chance(0.75) ? rank : random.uniform());
  const [low, high] = HEIGHT[narrowing as 0 | 1 | 2 | 3];
  const modic = has(PREVALENCE.marrowChange) ? (random.chance(0.3) ? 1 : random.chance(0.85) ? 2 : 3) : 0;
  const [both, first] = [random.chance(0.6), random.chance(0.5)];
  const depth = (): number => random.between(3, 15);
  const nodes = NODE_BY_LEVEL[index] ?? 1;
  return {
    degeneration: Math.min(5, Math.max(1, grade + 0.52 + 0.96 * part)),
    heightFactor: high - (high - low) * within,
    slip: has(PREVALENCE.slip, SLIP_BY_LEVEL[index] ?? 0.25) ? Math.max(2.2, random.boundedNormal(5, 2)) : 0,
    canalFactor: has(PREVALENCE.stenosis) ? random.between(0.3, 0.55) : random.between(0.72, 1.1),
    nodes: [
      has(PREVALENCE.upperEndplateDefect, nodes) ? drawNode(random) : undefined,
      has(PREVALENCE.lowerEndplateDefect, nodes) ? drawNode(random) : undefined,
    ],
    marrow: modic === 0 ? [0, 0] : [both || first ? depth() : 0, both || !first ? depth() : 0],
    modic,
    bulge: has(PREVALENCE.bulging) ? random.between(2, 4) : random.between(0, 0.9),
    herniation: has(PREVALENCE.herniation)
      ? random.chance(0.75)
        ? random.between(3, 8)
        : random.between(6, 12)
      : 0,
  };
}
