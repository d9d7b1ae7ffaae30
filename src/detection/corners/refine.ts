import type { Predictor } from "../../engine/index.js";
import { BINS, KIND_FEATURES, placeFromBins } from "./network.js";
import {
  CORNER_KINDS,
  cutSignal,
  cutTissue,
  PATCH_CHANNELS,
  PATCH_SIZE,
  patchInput,
  patchToSlice,
} from "./patch.js";
import type { CornerPicture, PatchPlace } from "./patch.js";

/** mm of the slice from the first pixel's centre: [towards the back, downward]. */
export type SlicePosition = readonly [number, number];

/** Four corners of a body: anterior superior, posterior superior, posterior inferior, anterior inferior; in mm of the slice. */
export type BodyOutline = readonly [SlicePosition, SlicePosition, SlicePosition, SlicePosition];

/** Corners after refinement, with how sure the network is of each, 0 to 1. */
export interface RefinedOutline {
  readonly corners: BodyOutline;
  readonly certainty: readonly number[];
}

/** Each round cuts its patches about what the round before found. */
const ROUNDS = 2;
/** Below this certainty the network's place is not better than the outline of the tissue map. */
const LEAST_CERTAINTY = 0.25;

/** Tilt of a body: radians by which its front-to-back axis falls towards the back. */
export function tiltOf([frontTop, backTop, backBottom, frontBottom]: BodyOutline): number {
  return Math.atan2(
    backTop[1] + backBottom[1] - frontTop[1] - frontBottom[1],
    backTop[0] + backBottom[0] - frontTop[0] - frontBottom[0],
  );
}

function placesOf(outline: BodyOutline): PatchPlace[] {
  const angle = tiltOf(outline);
  return CORNER_KINDS.map((kind, i) => ({ middle: outline[i]!, angle, kind }));
}

/**
 * Places the corners of bodies of one slice to a fraction of a pixel.
 * @param outlines first estimates, within about 8 mm of the truth
 */
export async function refineCorners(
  predictor: Predictor,
  picture: CornerPicture,
  outlines: readonly BodyOutline[],
): Promise<RefinedOutline[]> {
  let refined = outlines.map((corners): RefinedOutline => ({ corners, certainty: [0, 0, 0, 0] }));
  if (outlines.length === 0) return refined;
  for (let round = 0; round < ROUNDS; round++) {
    const places = refined.flatMap(({ corners }) => placesOf(corners));
    const found = await placeCorners(predictor, picture, places);
    refined = refined.map((_, body) => ({
      corners: [0, 1, 2, 3].map((k) => found[4 * body + k]!.position) as unknown as BodyOutline,
      certainty: [0, 1, 2, 3].map((k) => found[4 * body + k]!.certainty),
    }));
  }
  return refined;
}

async function placeCorners(
  predictor: Predictor,
  picture: CornerPicture,
  places: readonly PatchPlace[],
): Promise<{ position: SlicePosition; certainty: number }[]> {
  const size = PATCH_CHANNELS * PATCH_SIZE * PATCH_SIZE;
  const input = new Float32Array(places.length * size);
  const kind = new Float32Array(places.length * KIND_FEATURES);
  places.forEach((place, i) => {
    input.set(patchInput(cutSignal(picture, place), cutTissue(picture, place)), i * size);
    kind.set([place.kind.back, place.kind.down], i * KIND_FEATURES);
  });
  const result = await predictor.run({
    input: { values: input, shape: [places.length, PATCH_CHANNELS, PATCH_SIZE, PATCH_SIZE] },
    kind: { values: kind, shape: [places.length, KIND_FEATURES] },
  });
  return places.map((place, i) => {
    const read = (name: string) => placeFromBins(result[name]!.values.subarray(i * BINS, (i + 1) * BINS));
    const [inward, towardsMiddle] = [read("inward"), read("towardsMiddle")];
    const certainty = Math.min(inward.certainty, towardsMiddle.certainty);
    return certainty < LEAST_CERTAINTY
      ? { position: place.middle, certainty }
      : { position: patchToSlice(place, inward.mm, towardsMiddle.mm), certainty };
  });
}
