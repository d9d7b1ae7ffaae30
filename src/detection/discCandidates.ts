import { middleValue } from "../numbers/index.js";
import { connectedRegions, orientedBox, regionOf } from "./regions.js";
import type { OrientedBox, Region } from "./regions.js";
import { TISSUE } from "./tissue.js";
import { probability } from "./tissueMap.js";
import type { TissueMap } from "./tissueMap.js";

/** A region that looks like a disc in one slice; lengths in pixels of the map (1 mm). */
export interface DiscCandidate {
  readonly region: Region;
  readonly box: OrientedBox;
  /** Mean probability of disc (any) over the region. */
  readonly confidence: number;
  /** Share of the disc probability that says "the lowest disc". */
  readonly lowest: number;
}

/** Smallest disc in mm²; a collapsed disc of 25 x 3 mm has 75. */
const SMALLEST = 30;
/** Two regions at the same height whose centres are closer than this (mm) are parts of one disc. */
const SAME_DISC = 9;

/** Probability that a pixel is disc of any level. */
export function discProbability(map: TissueMap, index: number): number {
  return probability(map, TISSUE.disc, index) + probability(map, TISSUE.lowestDisc, index);
}

function candidate(map: TissueMap, region: Region): DiscCandidate {
  let [any, lowest] = [0, 0];
  for (const i of region.pixels) {
    any += discProbability(map, i);
    lowest += probability(map, TISSUE.lowestDisc, i);
  }
  return {
    region,
    box: orientedBox(region, map.columns),
    confidence: any / region.pixels.length,
    lowest: lowest / any,
  };
}

/** Distance between two regions along the spine, given its direction as (row, column) of unit length. */
function along(a: Region, b: Region, direction: readonly [number, number]): number {
  return Math.abs(
    (a.centreRow - b.centreRow) * direction[0] + (a.centreColumn - b.centreColumn) * direction[1],
  );
}

/** Joins regions that lie side by side at one height: a disc torn in two by a bright or dark cleft. */
function joinParts(regions: readonly Region[], columns: number): Region[] {
  const sorted = [...regions].sort((a, b) => a.centreRow - b.centreRow);
  const joined: Region[] = [];
  for (const region of sorted) {
    const before = joined.at(-1);
    const isPart =
      before !== undefined &&
      along(before, region, [1, 0]) < SAME_DISC &&
      Math.abs(before.centreColumn - region.centreColumn) < 30 &&
      Math.min(before.pixels.length, region.pixels.length) < 120;
    if (isPart) joined[joined.length - 1] = regionOf([...before.pixels, ...region.pixels], columns);
    else joined.push(region);
  }
  return joined;
}

/** Discs of one slice from the top down: the chain of candidates that best follows one spine. */
export function discCandidates(map: TissueMap, threshold = 0.5): DiscCandidate[] {
  const count = map.rows * map.columns;
  const regions = connectedRegions(
    count,
    map.columns,
    (i) => discProbability(map, i) > threshold,
    SMALLEST / 3,
  );
  const found = joinParts(regions, map.columns)
    .filter((region) => region.pixels.length >= SMALLEST)
    .map((region) => candidate(map, region));
  return longestChain(withoutFragments(longestChain(found)));
}

/** Share of the usual disc's length below which a region is a fragment (a node, a vessel), not a disc. */
const FRAGMENT = 0.55;

/** Leaves out regions much shorter than the other discs of the chain. */
function withoutFragments(chain: readonly DiscCandidate[]): DiscCandidate[] {
  const usual = middleValue(chain.map(({ box }) => box.length)) ?? 0;
  return chain.filter(({ box }) => box.length >= FRAGMENT * usual);
}

/** Largest distance in mm, and largest sideways step per mm down, between neighbouring discs of one spine. */
const LARGEST_GAP = 95;
const LARGEST_SLOPE = 1.3;
const SMALLEST_GAP = 12;

/** The chain of discs, top down, with the largest summed area x confidence in which neighbours are plausible. */
function longestChain(candidates: readonly DiscCandidate[]): DiscCandidate[] {
  const sorted = [...candidates].sort((a, b) => a.region.centreRow - b.region.centreRow);
  const best = sorted.map(({ region, confidence }) => Math.min(300, region.pixels.length) * confidence);
  const previous = sorted.map(() => -1);
  sorted.forEach((current, i) => {
    const own = best[i]!;
    for (let j = 0; j < i; j++) {
      const other = sorted[j]!;
      const down = current.region.centreRow - other.region.centreRow;
      const sideways = Math.abs(current.region.centreColumn - other.region.centreColumn);
      const distance = Math.hypot(down, sideways);
      if (distance < SMALLEST_GAP || distance > LARGEST_GAP || sideways > LARGEST_SLOPE * down + 8) continue;
      if (best[j]! + own > best[i]!) {
        best[i] = best[j]! + own;
        previous[i] = j;
      }
    }
  });
  const chain: DiscCandidate[] = [];
  for (let i = best.indexOf(Math.max(...best)); i >= 0; i = previous[i]!) chain.unshift(sorted[i]!);
  return chain;
}
