import { softmax } from "../numbers/index.js";
import type { DiscCandidate } from "./discCandidates.js";
import { FORM_PRIORS } from "./numbering/forms.js";
import { numberingFlags } from "./numbering/flags.js";
import { alternativesOf, formShares, namedPlace, readingsOf } from "./numbering/posterior.js";
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

/** Shares are kept away from 0 and 1 so that one wrong pixel map cannot overrule all others. */
function bounded(p: number): number {
  return Math.min(0.995, Math.max(0.005, p));
}

/** A disc-like region below the sacral promontory is rarer than a true disc: penalty (log) for each one left out below. */
const BELOW_PENALTY = Math.log(0.25);
/** Near the picture's border, where the sacrum may be cut off, the lowest disc is taken for L5-S1 from this share of "lowest disc" on. */
const RECOGNISED_AT_BORDER = 0.65;
/** Where this much (mm) of the picture lies below the lowest disc, the sacrum would be seen if it were there. */
const ROOM_FOR_SACRUM = 45;

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
  return softmax(scores);
}

/** Name of the disc this many levels above the lowest; without a sacrum in view a count from below, never a level. */
function discName(index: number, isSacrumSeen: boolean): string | undefined {
  return isSacrumSeen ? DISC_LEVELS[index] : `disc-${index + 1}`;
}

/** Name of the vertebra above the disc with this index. */
export function vertebraName(index: number, { sacrumInView }: Numbering): string {
  return sacrumInView ? VERTEBRA_LEVELS[index + 1]! : `vertebra-${index + 1}`;
}

/** Distances (mm) between neighbours, sorted; the usual one where there are none. */
function usualDistance(discs: readonly DiscCandidate[]): number {
  const gaps = discs
    .slice(1)
    .map((disc, i) => distanceBetween(disc, discs[i]!))
    .sort((a, b) => a - b);
  return gaps[Math.floor((gaps.length - 1) / 2)] ?? 36;
}

/**
 * Names discs from the sacrum upward. The disc that looks lumbosacral is the candidate with the largest posterior; which disc is called L5-S1 follows
 * from what the spine may be beside it. Names are not carried over a gap: where neighbours are about two levels apart, one is left out.
 * @param room mm between the lowest candidate and the picture's lower border: without recognised sacrum and with little room the sacrum is out of view
 * @param formsAt probabilities of the spine's forms, given the disc (index in the chain) that looks lumbosacral; priors unless given
 */
export function nameDiscs(
  chain: readonly DiscCandidate[],
  room = Infinity,
  formsAt: (lumbosacral: number) => readonly number[] = () => FORM_PRIORS,
): Naming {
  const none: Numbering = {
    ...{ sacrumInView: false, posterior: 0, margin: 0, lumbarVertebrae: [0, 0, 0] as const },
    ...{ transitional: 0, alternatives: [] },
  };
  if (chain.length === 0) return { named: [], numbering: none, flags: [] };
  const posteriors = lumbosacralPosterior(chain);
  const looks = posteriors.indexOf(Math.max(...posteriors));
  const recognised = chain[looks]!.lowest;
  const sacrumInView = room > ROOM_FOR_SACRUM || recognised >= RECOGNISED_AT_BORDER;
  const readings = readingsOf(posteriors, looks, formsAt(looks));
  const { lumbosacral } = sacrumInView ? namedPlace(readings) : { lumbosacral: chain.length - 1 };
  const kept = chain.slice(0, lumbosacral + 1).reverse();
  const usual = usualDistance(kept);
  const missed: Flag[] = [];
  // Where the disc called L5-S1 lies below the chain, its lowest disc stands above that.
  let index = Math.max(0, lumbosacral - chain.length + 1);
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
  const numbering: Numbering = sacrumInView
    ? {
        sacrumInView,
        ...alternativesOf(readings, lumbosacral, named),
        ...formShares(readings),
      }
    : none;
  const flags = [...numberingFlags(numbering, recognised), ...missed];
  const lumbar = named.filter((disc) => disc.index < 6).length;
  if (lumbar < 6)
    flags.push({ code: "few-discs", message: `Only ${lumbar} of the six discs T12-L1 to L5-S1 were found.` });
  return { named: named.reverse(), numbering, flags };
}
