import type { Predictor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import { discCandidates } from "./discCandidates.js";
import type { DiscCandidate } from "./discCandidates.js";
import type { Flag } from "./spine.js";
import { TISSUE } from "./tissue.js";
import { probability, tissueMap } from "./tissueMap.js";
import type { TissueMap } from "./tissueMap.js";

/** Canal signal (mm²) at a disc's height, 5 to 45 mm behind (+1) or in front (−1) of its middle. */
export function canalBeside(map: TissueMap, disc: DiscCandidate, side: 1 | -1): number {
  let area = 0;
  const [row, column] = [Math.round(disc.box.centreRow), Math.round(disc.box.centreColumn)];
  for (let r = Math.max(0, row - 10); r < Math.min(map.rows, row + 11); r++)
    for (let away = 5; away < 45; away++) {
      const c = column + side * away;
      if (c >= 0 && c < map.columns) area += probability(map, TISSUE.canal, r * map.columns + c);
    }
  return area;
}

/** What speaks for an upright spine with its back to the right. */
interface Evidence {
  /** Discs, each counting by the share of the canal that lies behind it. */
  readonly discs: number;
  /** How surely the last disc is the lumbosacral one, 0 to 1: an upside-down spine has no such disc at its lower end. */
  readonly lowest: number;
}

function uprightEvidence(map: TissueMap): Evidence {
  const chain = discCandidates(map);
  const discs = chain.reduce((sum, disc) => {
    const [behind, before] = [canalBeside(map, disc, 1), canalBeside(map, disc, -1)];
    return sum + (disc.confidence * behind) / Math.max(40, behind + before);
  }, 0);
  return { discs, lowest: Math.max(0, ...chain.slice(-2).map(({ lowest }) => lowest)) };
}

/** Whether one reading is clearly better than another: many more discs, or as many and a lumbosacral one at last. */
function isClearlyBetter(one: Evidence, other: Evidence): boolean {
  return (
    one.discs > 1.25 * other.discs + 1 || (one.discs > 0.8 * other.discs && one.lowest > other.lowest + 0.4)
  );
}

/** The volume with its rows, its columns or both in reverse order. */
function mirrored(volume: Volume, flipRows: boolean, flipColumns: boolean): Volume {
  const { rows, columns, slices } = volume;
  const voxels = volume.voxels.slice();
  for (let s = 0; s < slices; s++)
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < columns; c++) {
        const from =
          (s * rows + (flipRows ? rows - 1 - r : r)) * columns + (flipColumns ? columns - 1 - c : c);
        voxels[(s * rows + r) * columns + c] = volume.voxels[from]!;
      }
  return { ...volume, voxels };
}

const FLIPS = [
  [true, false, "upside down"],
  [false, true, "mirrored front to back"],
  [true, true, "turned by 180°"],
] as const;

/** For a picture without geometry: a flag when it looks clearly more like a spine another way round. */
export async function orientationFlags(predictor: Predictor, volume: Volume): Promise<Flag[]> {
  if (volume.geometry !== "image") return [];
  const slice = Math.floor(volume.slices / 2);
  const evidence = async (picture: Volume): Promise<Evidence> =>
    uprightEvidence(await tissueMap(predictor, picture, slice));
  const asGiven = await evidence(volume);
  let best = asGiven;
  let name = "";
  for (const [flipRows, flipColumns, flip] of FLIPS) {
    const other = await evidence(mirrored(volume, flipRows, flipColumns));
    if (isClearlyBetter(other, asGiven) && other.discs + 3 * other.lowest > best.discs + 3 * best.lowest)
      [best, name] = [other, flip];
  }
  if (name === "") return [];
  return [
    {
      code: "orientation",
      message: `The picture seems to be ${name}; turn it upright with anterior to the left. Names and grades of this reading are not to be trusted.`,
    },
  ];
}
