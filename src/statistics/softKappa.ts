import type { KappaWeighting } from "./agreement.js";
import { disagreement } from "./agreement.js";
import { classPositions, requirePaired, requireProbabilities } from "./input.js";
import type { Label, Numbers } from "./input.js";

/**
 * Cohen's kappa of true classes and predicted probabilities ("soft" kappa): every case counts in each column of the confusion
 * matrix with its probability. With certain probabilities (0 and 1) it is `cohenKappa`. The training loss `softKappa` is
 * log(1 − κ) of it with quadratic weights.
 *
 * Degenerate cases: NaN when all truth is one class and all probability lies on it, because chance agreement is then already
 * complete; 0 when only one of the two is so, and when all cases have the same probabilities.
 *
 * @param truth true class of each case, length n
 * @param probabilities of every class, one row a case: n x k
 * @param classes every possible class, in rank order, length k
 * @param weighting cost of a disagreement by its distance in ranks
 * @returns −1 … 1, or NaN
 * @throws RangeError for empty or unequal input, a row of another length than `classes`, a number that is no probability, or a
 *   label outside `classes`
 * @see de la Torre, Puig & Valls, Pattern Recognit Lett 2018;105:144, equations 10 to 12; Niemeyer 2021, "Soft κ loss"
 */
export function softKappa<L extends Label>(
  truth: ArrayLike<L>,
  probabilities: readonly Numbers[],
  classes: readonly L[],
  weighting: KappaWeighting,
): number {
  requirePaired(truth, probabilities, "truth", "probabilities");
  const positions = classPositions(classes);
  const total = classes.map(() => 0);
  const ranks = probabilities.map((row, i) => {
    if (row.length !== classes.length)
      throw new RangeError(`Case ${i} has ${row.length} probabilities for ${classes.length} classes.`);
    requireProbabilities(row, `probabilities[${i}]`);
    for (let k = 0; k < row.length; k++) total[k]! += row[k]!;
    const rank = positions.get(truth[i]!);
    if (rank === undefined)
      throw new RangeError(`truth[${i}] is ${String(truth[i])}, which is not in the list of classes.`);
    return rank;
  });
  let observed = 0;
  let expected = 0;
  for (const [i, rank] of ranks.entries())
    for (const [k, mass] of total.entries()) {
      const cost = disagreement(Math.abs(k - rank), weighting);
      observed += cost * probabilities[i]![k]!;
      expected += (cost * mass) / ranks.length;
    }
  return expected === 0 ? NaN : 1 - observed / expected;
}
