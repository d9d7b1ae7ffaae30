import type { DiscCandidate } from "./discCandidates.js";
import { lumbarCount } from "./lumbarCount.js";
import { DISC_LEVELS, VERTEBRA_LEVELS } from "./spine.js";
import type { Flag, Numbering } from "./spine.js";

/** A disc with its place in the numbering. */
export interface NamedDisc {
  readonly candidate: DiscCandidate;
  /** Levels above the lowest one: 0 is L5-S1 where the sacrum is in view. */
  readonly index: number;
  readonly level: string;
}

/** Named discs and what a reader should know about the numbering. */
export interface Naming {
  /** From the top down; regions below the lumbosacral disc are left out. */
  readonly named: readonly NamedDisc[];
  readonly numbering: Numbering;
  readonly flags: readonly Flag[];
}

/** Probabilities are kept away from 0 and 1 so that one wrong pixel map cannot overrule all others. */
function bounded(p: number): number {
  return Math.min(0.97, Math.max(0.03, p));
}

/** A disc-like region below the sacral promontory is rarer than a true disc: penalty (log) for each one left out below. */
const BELOW_PENALTY = Math.log(0.25);
/** Share of "lowest disc" from which a disc is taken for L5-S1; near the picture's border, where the sacrum may be cut off, it has to be surer. */
const RECOGNISED = 0.3;
const RECOGNISED_AT_BORDER = 0.65;
/** Where this much (mm) of the picture lies below the lowest disc, the sacrum would be seen if it were there. */
const ROOM_FOR_SACRUM = 45;
/** Below this the numbering is called uncertain. */
const CERTAIN = 0.9;

/** How many levels lie between two neighbouring discs: 1 when they are adjacent, 2 when one was missed. */
function levelsBetween(distance: number, usual: number): number {
  return Math.max(1, Math.round(distance / usual - 0.15));
}

function distanceBetween(a: DiscCandidate, b: DiscCandidate): number {
  return Math.hypot(a.region.centreRow - b.region.centreRow, a.region.centreColumn - b.region.centreColumn);
}

/** Probability of each candidate to be the lumbosacral disc, given the map's "lowest disc" shares. */
export function lumbosacralPosterior(chain: readonly Pick<DiscCandidate, "lowest">[]): number[] {
  const scores = chain.map((_, lowest) =>
    chain.reduce((sum, { lowest: share }, i) => {
      if (i > lowest) return sum + BELOW_PENALTY;
      return sum + Math.log(bounded(i === lowest ? share : 1 - share));
    }, 0),
  );
  const highest = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  return scores.map((score) => Math.exp(score - highest) / total);
}

/** Name of the disc this many levels above the lowest; without a sacrum in view a count from below, never a level. */
function discName(index: number, isSacrumSeen: boolean): string | undefined {
  return isSacrumSeen ? DISC_LEVELS[index] : `disc-${index + 1}`;
}

/** Name of the vertebra above the disc with this index. */
export function vertebraName(index: number, { sacrumInView }: Numbering): string {
  return sacrumInView ? VERTEBRA_LEVELS[index + 1]! : `vertebra-${index + 1}`;
}

function numberingFlags(numbering: Numbering, recognised: number): Flag[] {
  if (!numbering.sacrumInView)
    return [
      {
        code: "sacrum-not-in-view",
        message:
          "The sacrum is not in view, so levels cannot be named; discs are counted from the lowest one seen (disc-1) upward.",
      },
    ];
  const flags: Flag[] = [];
  if (recognised < RECOGNISED)
    flags.push({
      code: "sacrum-uncertain",
      message:
        "The lumbosacral disc was not recognised with certainty; the sacrum may be out of view, and all level names may be shifted.",
    });
  else if (numbering.posterior < CERTAIN)
    flags.push({
      code: "numbering-uncertain",
      message: `The numbering from the sacrum is uncertain (probability ${numbering.posterior.toFixed(2)}); ${
        numbering.runnerUp === undefined
          ? "a transitional vertebra is possible."
          : `with ${numbering.runnerUp.probability.toFixed(2)} the disc named ${numbering.runnerUp.lumbosacral} is the lumbosacral one.`
      }`,
    });
  const [four, , six] = numbering.lumbarVertebrae;
  if (Math.max(four, six) > 0.3)
    flags.push({
      code: "transitional",
      message:
        six > four
          ? "A well-formed disc lies below L5-S1: S1 may be lumbarised (six lumbar vertebrae). Compare with a whole-spine view before levels are relied on."
          : "The lumbosacral disc is rudimentary: L5 may be sacralised (four lumbar vertebrae). Compare with a whole-spine view before levels are relied on.",
    });
  return flags;
}

/**
 * Names discs from the sacrum upward. The lumbosacral disc is the candidate with the largest posterior; names are not
 * carried over a gap: where neighbours are about two levels apart, one is left out.
 * @param room mm between the lowest candidate and the picture's lower border: without recognised sacrum and with little room the sacrum is out of view
 */
export function nameDiscs(chain: readonly DiscCandidate[], room = Infinity): Naming {
  const none: Numbering = { sacrumInView: false, posterior: 0, margin: 0, lumbarVertebrae: [0, 0, 0] };
  if (chain.length === 0) return { named: [], numbering: none, flags: [] };
  const posteriors = lumbosacralPosterior(chain);
  const best = posteriors.indexOf(Math.max(...posteriors));
  const recognised = chain[best]!.lowest;
  const sacrumInView = room > ROOM_FOR_SACRUM || recognised >= RECOGNISED_AT_BORDER;
  const kept = chain.slice(0, sacrumInView ? best + 1 : chain.length).reverse();
  const gaps = kept
    .slice(1)
    .map((candidate, i) => distanceBetween(candidate, kept[i]!))
    .sort((a, b) => a - b);
  const usual = gaps[Math.floor((gaps.length - 1) / 2)] ?? 36;
  const missed: Flag[] = [];
  let index = 0;
  const named = kept.flatMap((candidate, i): NamedDisc[] => {
    if (i > 0) {
      const step = levelsBetween(distanceBetween(candidate, kept[i - 1]!), usual);
      if (step > 1)
        missed.push({
          code: "disc-missed",
          message: `No disc was found between ${discName(index, sacrumInView) ?? "the upper levels"} and the next one above; fused bodies or a collapsed disc are possible.`,
        });
      index += step;
    }
    const level = discName(index, sacrumInView);
    return level === undefined ? [] : [{ candidate, index, level }];
  });
  const others = posteriors.map((p, i) => (i === best ? -1 : p));
  const second = others.indexOf(Math.max(...others));
  const numbering: Numbering = {
    sacrumInView,
    posterior: posteriors[best]!,
    ...(sacrumInView && second >= 0 && posteriors[second]! > 0
      ? {
          runnerUp: {
            lumbosacral: named.find(({ candidate }) => candidate === chain[second])?.level ?? "S1-S2",
            probability: posteriors[second]!,
          },
        }
      : {}),
    margin: posteriors[best]! - Math.max(0, ...others),
    lumbarVertebrae: sacrumInView ? lumbarCount(chain, best) : [0, 0, 0],
  };
  const flags = [...numberingFlags(numbering, recognised), ...missed];
  const lumbar = named.filter((disc) => disc.index < 6).length;
  if (lumbar < 6)
    flags.push({ code: "few-discs", message: `Only ${lumbar} of the six discs T12-L1 to L5-S1 were found.` });
  return { named: named.reverse(), numbering, flags };
}
