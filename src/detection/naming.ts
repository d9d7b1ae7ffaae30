import type { DiscCandidate } from "./discCandidates.js";
import { DISC_LEVELS } from "./spine.js";
import type { Flag } from "./spine.js";

/** Named discs and what a reader should know about the numbering. */
export interface Naming {
  /** From the top down; `level` is undefined for regions below L5-S1 (a remnant S1-S2 disc). */
  readonly named: readonly { readonly candidate: DiscCandidate; readonly level: string }[];
  /** Posterior probability that L5-S1 was chosen rightly among the candidates, 0 to 1. */
  readonly posterior: number;
  readonly flags: readonly Flag[];
}

/** Probabilities are kept away from 0 and 1 so that one wrong pixel map cannot overrule all others. */
function bounded(p: number): number {
  return Math.min(0.97, Math.max(0.03, p));
}

/** A disc-like region below the sacral promontory is rarer than a true disc: penalty (log) for each one left out below. */
const BELOW_PENALTY = Math.log(0.25);

/** How many levels lie between two neighbouring discs: 1 when they are adjacent, 2 when one was missed. */
function levelsBetween(distance: number, usual: number): number {
  return Math.max(1, Math.round(distance / usual - 0.15));
}

function distanceBetween(a: DiscCandidate, b: DiscCandidate): number {
  return Math.hypot(a.region.centreRow - b.region.centreRow, a.region.centreColumn - b.region.centreColumn);
}

/**
 * Names discs from the sacrum upward. Which candidate is L5-S1 is the one with the largest likelihood under the map's
 * "lowest disc" probabilities; names are not carried over a gap: where neighbours are about two levels apart, one is
 * left out.
 */
export function nameDiscs(chain: readonly DiscCandidate[]): Naming {
  if (chain.length === 0) return { named: [], posterior: 0, flags: [] };
  const scores = chain.map((_, lowest) =>
    chain.reduce((sum, { lowest: share }, i) => {
      if (i > lowest) return sum + BELOW_PENALTY;
      return sum + Math.log(bounded(i === lowest ? share : 1 - share));
    }, 0),
  );
  const highest = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  const lowestIndex = scores.indexOf(highest);
  const posterior = 1 / total;
  const flags: Flag[] = [];
  const kept = chain.slice(0, lowestIndex + 1).reverse();
  if (kept[0]!.lowest < 0.3)
    flags.push({
      code: "sacrum-uncertain",
      message:
        "The lumbosacral disc was not recognised with certainty; the sacrum may be out of view, and all level names may be shifted.",
    });
  else if (posterior < 0.9)
    flags.push({
      code: "numbering-uncertain",
      message: `The numbering from the sacrum is uncertain (probability ${posterior.toFixed(2)}); a transitional vertebra is possible.`,
    });
  const distances = kept
    .slice(1)
    .map((candidate, i) => distanceBetween(candidate, kept[i]!))
    .sort((a, b) => a - b);
  const usual = distances[Math.floor((distances.length - 1) / 2)] ?? 36;
  let level = 0;
  const named = kept.flatMap((candidate, i) => {
    if (i > 0) {
      const step = levelsBetween(distanceBetween(candidate, kept[i - 1]!), usual);
      if (step > 1)
        flags.push({
          code: "disc-missed",
          message: `No disc was found between ${DISC_LEVELS[level] ?? "the upper levels"} and the next one above; fused bodies or a collapsed disc are possible.`,
        });
      level += step;
    }
    const name = DISC_LEVELS[level];
    return name === undefined ? [] : [{ candidate, level: name }];
  });
  const lumbar = named.filter(({ level: name }) => DISC_LEVELS.indexOf(name) < 6).length;
  if (lumbar < 6)
    flags.push({ code: "few-discs", message: `Only ${lumbar} of the six discs T12-L1 to L5-S1 were found.` });
  return { named: named.reverse(), posterior, flags };
}
