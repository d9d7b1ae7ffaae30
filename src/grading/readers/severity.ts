/**
 * A chance beyond this or its counterpart counts as this: how sure a network is of what is far from a border says little of the disc. With
 * 0.02 borders that were fitted on other patients agree with SPIDER's reader as the grades themselves do (linear kappa .727; .668 with
 * 10⁻⁷, .735 with 0.05), and with LSMA's as well as with any bound tried (.68 to .69).
 */
const SUREST = 0.02;

/**
 * How degenerated a disc is, on one continuous scale without borders (the "numerical signal score" that Jamaludin et al. 2017 ask for in
 * their conclusion): the mean, over the borders between grades, of the logit of lying above the border. It grows with every probability
 * that moves upward, is 0 where the network holds each side of the scale equally likely.
 * @param probabilities of the Pfirrmann grades 1 to 5, as the networks gave them (before any calibration); they sum to 1
 * @returns -3.9 (surely grade 1) to 3.9 (surely grade 5)
 */
export function severityOf(probabilities: readonly number[]): number {
  const borders = probabilities.length - 1;
  let above = probabilities.reduce((sum, p) => sum + p, 0);
  let total = 0;
  for (const p of probabilities.slice(0, -1)) {
    above -= p;
    const bounded = Math.min(1 - SUREST, Math.max(SUREST, above));
    total += Math.log(bounded / (1 - bounded));
  }
  return total / borders;
}
