import { classPositions } from "./input.js";
import type { Label } from "./input.js";

/**
 * How often each class occurs: a histogram over an explicit list of classes, so that a class nobody has counts 0.
 *
 * @param labels class of each case
 * @param classes every possible class, in the order of the counts
 * @returns one count a class; their sum is the number of cases
 * @throws RangeError for no cases, or a label that is not in `classes` (NaN and null included)
 */
export function countClasses<L extends Label>(labels: ArrayLike<L>, classes: readonly L[]): number[] {
  if (labels.length === 0) throw new RangeError("There are no cases: a histogram needs at least one.");
  const positions = classPositions(classes);
  const counts = classes.map(() => 0);
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i]!;
    const position = Number.isNaN(label) ? undefined : positions.get(label);
    if (position === undefined)
      throw new RangeError(
        `Case ${i} is of class ${String(label)}, which is not among ${classes.join(", ")}: name every possible class.`,
      );
    counts[position]!++;
  }
  return counts;
}
