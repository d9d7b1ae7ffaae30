import { sampleSlice, TISSUE, tissueAt } from "../../detection/index.js";
import type { TissueLabels } from "../../detection/index.js";
import { partnerOf } from "../../grading/index.js";
import type { Volume } from "../../imaging/index.js";
import { lowerQuantile } from "../../numbers/index.js";

/** How fat is suppressed in a slice that is made. */
export interface Suppression {
  /** Share of fat's signal that is taken away, 0 to 1. */
  readonly share: number;
  /** Signal of fat over that of the water beside it in marrow: at the echo times of T2 fat gives most of marrow's signal. */
  readonly fatToWater: number;
  /** How much less is suppressed at the skin than at the spine, 0 to 1: fields are least even there. */
  readonly uneven: number;
}

/** Strengths, from a weak suppression to one that leaves marrow nearly black. */
export const SUPPRESSIONS: readonly Suppression[] = [
  { share: 0.7, fatToWater: 4, uneven: 0 },
  { share: 0.8, fatToWater: 2, uneven: 0.5 },
  { share: 0.9, fatToWater: 2, uneven: 0 },
  { share: 0.95, fatToWater: 4, uneven: 0.5 },
  { share: 0.95, fatToWater: 4, uneven: 0 },
  { share: 1, fatToWater: 6, uneven: 0 },
];

/** Share of fat in marrow, as far as it is taken to be: the bodies' median on T1 is put at it. */
const MARROW_FAT = 0.5;
/** Water's level on T1 is at most this share of marrow's: discs of fatty neighbours look brighter than they are. */
const MOST_WATER = 0.8;

const isWater = (tissue: number): boolean =>
  tissue === TISSUE.disc || tissue === TISSUE.lowestDisc || tissue === TISSUE.canal;

/** Share of a pixel's surroundings (3 x 3 points, 1 mm about it) that is disc or canal. */
function waterShare(map: TissueLabels, column: number, row: number): number {
  let water = 0;
  for (const down of [-0.5, 0, 0.5])
    for (const right of [-0.5, 0, 0.5])
      if (isWater(tissueAt(map, column + right * map.columnStep, row + down * map.rowStep))) water++;
  return water / 9;
}

/** Column of the last posterior element or canal in each row of a slice; the last known one where there is none. */
function backEdges(map: TissueLabels, rows: number, columns: number): Float64Array {
  const edges = new Float64Array(rows).fill(columns);
  let last = columns;
  for (let row = 0; row < rows; row++) {
    for (let column = columns - 1; column >= 0; column--) {
      const tissue = tissueAt(map, column, row);
      if (tissue !== TISSUE.posterior && tissue !== TISSUE.canal) continue;
      last = column;
      break;
    }
    edges[row] = last;
  }
  return edges;
}

/**
 * A T2 slice as fat suppression would have made it. The registered T1 slice tells where fat is: its signal above the discs', scaled so that marrow is half
 * fat; none in discs and canal.
 * @param t2 upright, one slice
 * @param map its tissues
 * @returns undefined where the two slices do not show the same place, or no spine is seen
 */
export function suppressedSlice(
  t2: Volume,
  t1: Volume,
  map: TissueLabels,
  { share, fatToWater, uneven }: Suppression,
): Volume | undefined {
  const partner = partnerOf(t2, t1);
  if (partner === undefined) return undefined;
  const { rows, columns } = t2;
  const signal = new Float32Array(rows * columns);
  const [marrow, discs]: [number[], number[]] = [[], []];
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const [c, r, s] = partner.place([column, row, 0]);
      const value = sampleSlice(t1, Math.min(t1.slices - 1, Math.max(0, Math.round(s))), c, r);
      signal[row * columns + column] = value;
      const tissue = tissueAt(map, column, row);
      if (tissue === TISSUE.body) marrow.push(value);
      else if (tissue === TISSUE.disc || tissue === TISSUE.lowestDisc) discs.push(value);
    }
  const bone = lowerQuantile(marrow, 0.5) ?? 0;
  if (!(bone > 0) || discs.length === 0) return undefined;
  const water = Math.min(lowerQuantile(discs, 0.5)!, MOST_WATER * bone);
  const edges = backEdges(map, rows, columns);
  const voxels = Float32Array.from(t2.voxels, (value, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const above = ((signal[i]! - water) / (bone - water)) * MARROW_FAT;
    const fat = Math.min(1, Math.max(0, above)) * (1 - waterShare(map, column, row));
    const behind = Math.min(1, Math.max(0, (column - edges[row]!) / Math.max(1, columns - edges[row]!)));
    const ofSignal = (fat * fatToWater) / (fat * fatToWater + 1 - fat);
    return Math.round(value * (1 - share * (1 - uneven * behind) * ofSignal));
  });
  return { ...t2, voxels };
}
