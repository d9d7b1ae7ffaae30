import { Random } from "../../numbers/index.js";
import { CROP_SIZE } from "../discCrop.js";
import { withoutFindings } from "./gradients.js";
import { evenHeat, HEAT_REGIONS, heatOnCrop } from "./regions.js";
import type { HeatRegion } from "./regions.js";
import { scoresOfImages, sliceOf } from "./scores.js";
import type { Aim, Hotspot, Reading } from "./types.js";

/** Share of a disc volume's pixels that is deleted. */
export const DELETED_SHARE = 0.1;
/** Fewer logits between a picture's score and the blurred one's are no effect that could be shared out. */
export const LEAST_EFFECT = 0.5;

/** Scores of one disc and feature, means over its slices. */
export interface DeletionScores {
  /** Of the picture as it was graded. */
  readonly whole: number;
  /** Of the picture blurred by 6 mm as a whole. */
  readonly blurred: number;
  /** Of the picture with the pixels of each mask taken from the blurred one. */
  readonly without: readonly number[];
}

/** The pixels with the largest values, as many as asked for; none that is 0. */
function largest(values: Float32Array, count: number, isCandidate: (i: number) => boolean): number[] {
  if (count === 0) return [];
  const candidates: number[] = [];
  values.forEach((value, i) => {
    if (value > 0 && isCandidate(i)) candidates.push(i);
  });
  const sorted = Float32Array.from(candidates, (i) => values[i]!).sort();
  const least = sorted[Math.max(0, sorted.length - count)] ?? Infinity;
  const above = candidates.filter((i) => values[i]! > least);
  const equal = candidates.filter((i) => values[i] === least);
  return [...above, ...equal.slice(0, count - above.length)];
}

function maskOf(pixels: readonly number[], length: number): Uint8Array {
  const mask = new Uint8Array(length);
  for (const i of pixels) mask[i] = 1;
  return mask;
}

/** The hottest {@link DELETED_SHARE} of all pixels of a disc's slices, fewer where less has heat. */
export function hottestPixels(heat: Float32Array): Uint8Array {
  const count = Math.round(DELETED_SHARE * heat.length);
  return maskOf(
    largest(heat, count, () => true),
    heat.length,
  );
}

/**
 * As many pixels of each region, in spots as large as the map's, but where chance put them: what is left of a deletion's effect when
 * only the region counts.
 * @param hottest mask of the pixels that are the model
 */
export function randomPixels(
  hotspot: Pick<Hotspot, "size" | "margin" | "slices">,
  hottest: Uint8Array,
  regions: readonly HeatRegion[],
  seed: number,
): Uint8Array {
  const random = new Random(seed);
  const noise = evenHeat(hotspot).map((covered) => covered * random.uniform());
  const field = heatOnCrop({ ...hotspot, heat: noise });
  const chosen = HEAT_REGIONS.flatMap((region) => {
    const count = hottest.reduce((sum, isHot, i) => sum + (regions[i] === region ? isHot : 0), 0);
    return largest(field, count, (i) => regions[i] === region);
  });
  return maskOf(chosen, hottest.length);
}

/**
 * The deletion test (Petsiuk et al. 2018, one step of it): scores of a disc's picture, of the picture blurred as a whole (nothing left that
 * is smaller than 6 mm; what integrated gradients start from), and of the picture with only a mask's pixels taken from the blurred one. What
 * deleting all pixels takes from the score is `whole − blurred`, so that shares of it add up as integrated gradients' completeness has it
 * (Sundararajan et al. 2017), as far as pixels act by themselves.
 * @param masks for each aim some masks, [slice][row][column]
 * @returns one for each aim
 */
export async function deletionScores(
  reading: Reading,
  aims: readonly Aim[],
  masks: readonly (readonly Uint8Array[])[],
): Promise<DeletionScores[]> {
  const image = reading.evidence.inputs.input!;
  const plain = withoutFindings(image);
  const [slices, channels] = image.shape as [number, number, number, number];
  const pixels = CROP_SIZE * CROP_SIZE;
  const all = masks.flat();
  const mixed = (mask: Uint8Array, slice: number): Float32Array => {
    const [values, other] = [sliceOf(image, slice), sliceOf(plain, slice)];
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++)
        if (mask[slice * pixels + p] === 1) values[c * pixels + p] = other[c * pixels + p]!;
    return values;
  };
  const scores = await scoresOfImages(reading, aims, slices * (2 + all.length), (index) => {
    const [kind, slice] = [Math.floor(index / slices), index % slices];
    if (kind < 2) return { slice, values: sliceOf(kind === 0 ? image : plain, slice) };
    return { slice, values: mixed(all[kind - 2]!, slice) };
  });
  const mean = (kind: number, aim: number): number => {
    let sum = 0;
    for (let slice = 0; slice < slices; slice++) sum += scores[kind * slices + slice]![aim]!;
    return sum / slices;
  };
  let next = 2;
  return aims.map((_, a) => ({
    whole: mean(0, a),
    blurred: mean(1, a),
    without: masks[a]!.map(() => mean(next++, a)),
  }));
}
