import type { DiscCandidate } from "../discCandidates.js";
import { sampleSlice } from "../sampleSlice.js";
import { TISSUE } from "../tissue.js";
import { probability, toSlice } from "../tissueMap.js";
import type { SignPicture } from "./picture.js";

/** Levels above the lowest disc between which the cord may end: from L3-L4 to T9-T10 in the usual spine. */
const [LOWEST, HIGHEST] = [2, 7];
const END = 0.3;
/** Rows (1 mm) above and below a place that are compared, and how many there must be. */
const SPAN = 30;
const [FEWEST_ABOVE, FEWEST_BELOW] = [15, 25];
/** Narrower canals (mm) show no layers. */
const NARROWEST = 8;
/** Contrast by which the cord must stand out from what lies below it. */
const LEAST_CONTRAST = 0.08;

/** How dark the middle of the canal is against the fluid in front of it and behind, −1 to 1; undefined without a canal. */
function cordContrast({ map, volume, slice }: SignPicture, row: number): number | undefined {
  let [first, last] = [-1, -1];
  for (let column = 0; column < map.columns; column++)
    if (probability(map, TISSUE.canal, row * map.columns + column) > 0.5) {
      if (first < 0) first = column;
      last = column;
    }
  const width = last - first + 1;
  if (first < 0 || width <= NARROWEST) return undefined;
  const at = (share: number): number => {
    const place = toSlice(map, row, first + share * width);
    return sampleSlice(volume, slice, place.column, place.row);
  };
  const signals = (from: number, to: number): number[] =>
    Array.from({ length: Math.round((to - from) / 0.05) + 1 }, (_, i) => at(from + 0.05 * i));
  const [front, back] = [Math.max(...signals(0.05, 0.35)), Math.max(...signals(0.65, 0.95))];
  const middle = signals(0.42, 0.58);
  const mean = middle.reduce((sum, value) => sum + value, 0) / middle.length;
  return Math.min(1, Math.max(-1, (Math.min(front, back) - mean) / Math.max(1e-6, front, back)));
}

/** Levels above the lowest disc of a row, by the discs' rows from the lowest one upward; between discs linearly. */
function levelOf(rows: readonly number[], row: number): number {
  for (let i = 0; i + 1 < rows.length; i++)
    if (row <= rows[i]! && row > rows[i + 1]!) return i + (rows[i]! - row) / (rows[i]! - rows[i + 1]!);
  const step = rows.length > 1 ? rows.at(-2)! - rows.at(-1)! : 35;
  return rows.length - 1 + (rows.at(-1)! - row) / step;
}

/**
 * Where the cord ends, in levels above the lowest disc of a chain: where the canal's middle stops being darker than the fluid about it. 4.3 is
 * the lower third of L1, where it ends on average (Saifuddin et al., Spine 23:1452, 1998). NaN where it is not seen.
 */
export function conusLevel(picture: SignPicture, chain: readonly DiscCandidate[]): number {
  const discs = chain.map(({ box }) => box.centreRow).reverse();
  const [bottom, top] = [Math.round(discs[0]!), Math.max(0, Math.round(discs.at(-1)! - 30))];
  const rows: number[] = [];
  const sums = [0];
  for (let row = top; row < bottom; row++) {
    const contrast = cordContrast(picture, row);
    if (contrast === undefined) continue;
    rows.push(row);
    sums.push(sums.at(-1)! + contrast);
  }
  const mean = (from: number, to: number): number => (sums[to]! - sums[from]!) / (to - from);
  let [best, place] = [LEAST_CONTRAST, NaN];
  for (let k = FEWEST_ABOVE; k < rows.length - FEWEST_BELOW; k++) {
    const level = levelOf(discs, rows[k]!);
    if (level < LOWEST || level > HIGHEST) continue;
    const step = mean(Math.max(0, k - SPAN), k) - mean(k, Math.min(rows.length, k + SPAN));
    if (step > best) [best, place] = [step, level];
  }
  // A step at the end of what was searched is the canal's, not the cord's.
  return place < LOWEST + END ? NaN : place;
}
