import type { DiscCandidate } from "./discCandidates.js";

/**
 * Priors of four, five and six lumbar vertebrae: one more or less is met in 7.7 % of people, transitional vertebrae in 3.3 %
 * (both cited in the project's table of the lumbar spine); sacralisation is taken to be as frequent as lumbarisation.
 */
const PRIORS = [0.04, 0.92, 0.04] as const;

/** A disc below the lumbosacral one counts as well formed from this share of that disc's length on. */
const WELL_FORMED = 0.7;
/** A lumbosacral disc is rudimentary below these shares of the length, and of the height, of the disc above it. */
const RUDIMENTARY_LENGTH = 0.75;
const RUDIMENTARY_HEIGHT = 0.5;
/**
 * How much likelier a sign is with the variant than without it. Set by hand and checked on phantoms: remnant S1-S2 discs are
 * common, well-formed ones are not; narrow lumbosacral discs are common, narrow and short ones are not.
 */
const SIGN_RATIO = 12;
const NO_SIGN_RATIO = 0.4;

/**
 * Posterior of four, five and six lumbar vertebrae from the discs about the sacrum. Ribs are out of a sagittal picture's
 * view, so this rests on the prior and on how the lowest discs are formed.
 * @param chain discs from the top down
 * @param lumbosacral index of the disc taken for L5-S1
 */
export function lumbarCount(
  chain: readonly Pick<DiscCandidate, "box">[],
  lumbosacral: number,
): readonly [four: number, five: number, six: number] {
  const [above, own, below] = [chain[lumbosacral - 1], chain[lumbosacral]!, chain[lumbosacral + 1]];
  const isFullBelow = below !== undefined && below.box.length >= WELL_FORMED * own.box.length;
  const isRudimentary =
    above !== undefined &&
    own.box.length < RUDIMENTARY_LENGTH * above.box.length &&
    own.box.breadth < RUDIMENTARY_HEIGHT * above.box.breadth;
  const weights = [
    PRIORS[0] * (isRudimentary ? SIGN_RATIO : NO_SIGN_RATIO),
    PRIORS[1],
    PRIORS[2] * (isFullBelow ? SIGN_RATIO : NO_SIGN_RATIO),
  ];
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return [weights[0]! / total, weights[1]! / total, weights[2]! / total];
}
