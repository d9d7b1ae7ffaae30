import type { DiscCondition } from "./labels.js";
import { PhantomError } from "./options.js";
import type { PhantomOptions } from "./options.js";
import { Random } from "../numbers/index.js";

/** How discs of one person change from visit to visit, and what differs between two visits to the scanner. */

/** Usual height over a healthy disc's by continuous Pfirrmann grade: the middles of the ranges that are drawn. */
const USUAL_HEIGHT: readonly (readonly [grade: number, height: number])[] = [
  [1, 0.97],
  [3.5, 0.97],
  [4, 0.78],
  [4.5, 0.7],
  [5, 0.42],
];
/** By how many mm a disc bulges more for each grade. */
const BULGE_PER_GRADE = 0.5;

function usualHeight(degeneration: number): number {
  const above = USUAL_HEIGHT.findIndex(([grade]) => grade >= degeneration);
  if (above <= 0) return USUAL_HEIGHT.at(above)![1];
  const [[x0, y0], [x1, y1]] = [USUAL_HEIGHT[above - 1]!, USUAL_HEIGHT[above]!];
  return y0 + ((y1 - y0) * (degeneration - x0)) / (x1 - x0);
}

/**
 * The same disc after it has degenerated further: its continuous Pfirrmann grade is higher (5 at most), it has lost height as
 * discs of its new grade have, and it bulges more. Nothing else changes.
 * @param grades Pfirrmann grades, 0 or more
 */
export function worsened(condition: DiscCondition, grades: number): DiscCondition {
  const degeneration = Math.min(5, condition.degeneration + grades);
  return {
    ...condition,
    degeneration,
    heightFactor: (condition.heightFactor * usualHeight(degeneration)) / usualHeight(condition.degeneration),
    bulge: condition.bulge + BULGE_PER_GRADE * (degeneration - condition.degeneration),
  };
}

/** @throws PhantomError where progress is told of a disc that the spine does not have */
export function checkProgress(progress: PhantomOptions["progress"], levels: readonly string[]): void {
  const unknown = Object.keys(progress ?? {}).find((level) => !levels.includes(level));
  if (unknown !== undefined)
    throw new PhantomError(`This spine has no disc ${unknown} to degenerate; it has ${levels.join(", ")}.`);
}

/** The random numbers of one visit to the scanner; `undefined` for the first, whose come from the phantom's own stream. */
export function visitRandom({ seed, visit = 0 }: PhantomOptions): Random | undefined {
  return visit === 0 ? undefined : new Random(seed ^ Math.imul(visit, 0x9e3779b1), "phantom");
}
