import { frameBetween } from "../bodies.js";
import type { DiscCandidate } from "../discCandidates.js";
import { sampleSlice } from "../sampleSlice.js";
import { TISSUE } from "../tissue.js";
import { probability, toSlice } from "../tissueMap.js";
import type { SignPicture } from "./picture.js";

/** Where (mm) below the lumbosacral disc the border of the first sacral body is looked for: its height is 24 to 32 mm. */
const [NEAREST, FARTHEST] = [16, 40];
/** Half of the band (mm) along the sacrum's axis over which the signal is averaged, and half of the border's thickness. */
const BAND = 6;
const BORDER = 2;
/** mm between neighbouring discs where no other disc is seen. */
const USUAL_SPACING = 36;
/** Degrees by which the first sacral bodies turn from the plane of the disc, tried one by one. */
const TURNS = [-24, -16, -8, 0, 8];
/** The sacrum is followed in steps of this (mm), up to this length. */
const STEP = 4;
const LONGEST = 140;

/** Mean signal across the sacrum's axis at this many mm below a disc, on a line turned by some degrees; NaN outside the picture. */
function profile({ map, volume, slice }: SignPicture, { box }: DiscCandidate, turn: number): number[] {
  const { down, back } = frameBetween([box.angle + (turn * Math.PI) / 180]);
  return Array.from({ length: FARTHEST + BORDER + 8 }, (_, mm) => {
    let [sum, count] = [0, 0];
    for (let side = -BAND; side <= BAND; side += 2) {
      const row = box.centreRow + mm * down[0] + side * back[0];
      const column = box.centreColumn + mm * down[1] + side * back[1];
      if (row < 0 || column < 0 || row >= map.rows || column >= map.columns) continue;
      const place = toSlice(map, row, column);
      sum += sampleSlice(volume, slice, place.column, place.row);
      count++;
    }
    return count === 0 ? NaN : sum / count;
  });
}

/** The darkest border across a profile: its place (mm) and how much darker it is than the bone above and below, 0 to 1. */
function cleft(values: readonly number[]): { place: number; depth: number } {
  const mean = (from: number, to: number): number => {
    const part = values.slice(Math.max(0, from), to + 1);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  };
  let best = { place: NaN, depth: 0 };
  for (let mm = NEAREST; mm <= FARTHEST; mm++) {
    const beside = Math.min(mean(mm - 8, mm - 4), mean(mm + 4, mm + 8));
    const depth = 1 - mean(mm - BORDER + 1, mm + BORDER - 1) / Math.max(1e-6, beside);
    if (depth > best.depth) best = { place: mm, depth };
  }
  return best;
}

/** Length (mm) of the sacrum below a disc, along its curve; NaN where it goes on to the picture's border. */
function lengthOf({ map }: SignPicture, { box }: DiscCandidate): number {
  let angle = box.angle;
  let [row, column, length] = [box.centreRow, box.centreColumn, 0];
  const bone = (r: number, c: number): number | undefined => {
    const [y, x] = [Math.round(r), Math.round(c)];
    if (y < 0 || x < 0 || y >= map.rows || x >= map.columns) return undefined;
    return (
      probability(map, TISSUE.sacrum, y * map.columns + x) +
      probability(map, TISSUE.body, y * map.columns + x)
    );
  };
  while (length < LONGEST) {
    // The direction in which most bone lies ahead.
    let best = { share: -1, angle, row, column };
    for (const turn of [-16, -8, 0, 8, 16]) {
      const next = angle + (turn * Math.PI) / 180;
      const { down, back } = frameBetween([next]);
      let share = 0;
      for (const ahead of [STEP, 2 * STEP])
        for (const side of [-6, -3, 0, 3, 6]) {
          const value = bone(
            row + ahead * down[0] + side * back[0],
            column + ahead * down[1] + side * back[1],
          );
          if (value === undefined) return NaN;
          share += value / 10;
        }
      share -= Math.abs(turn) / 1000;
      if (share > best.share)
        best = { share, angle: next, row: row + STEP * down[0], column: column + STEP * down[1] };
    }
    if (best.share < 0.4 && length > 2 * STEP) return length;
    ({ angle, row, column } = best);
    length += STEP;
  }
  return NaN;
}

/**
 * The sacrum below the disc that is taken for the lumbosacral one: height of its first body and its whole length, over the distance
 * between discs, and how dark the border below the first body is.
 * @param spacing mm to the disc above
 */
export function sacralSigns(
  picture: SignPicture,
  disc: DiscCandidate,
  spacing = USUAL_SPACING,
): { sacralHeight: number; sacralCleft: number; sacralLength: number } {
  const { place, depth } = TURNS.map((turn) => cleft(profile(picture, disc, turn))).reduce((best, one) =>
    one.depth > best.depth ? one : best,
  );
  return {
    sacralHeight: place / spacing,
    sacralCleft: depth,
    sacralLength: lengthOf(picture, disc) / spacing,
  };
}
