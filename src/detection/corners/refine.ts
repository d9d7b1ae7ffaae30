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
/** A corner that is less certain is looked for again from other places: a node or dark marrow at the rim may have caught it. */
const DOUBTFUL = 0.9;
/** Those places: the one that completes the other three to a parallelogram, and so far (mm) above and below the one found. */
const RESTART = 4;
/** A place found from elsewhere must be surer than the first by this much to be taken. */
const SURER = 0.02;

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
  return restartDoubtful(predictor, picture, refined);
}

function withCorner(outline: BodyOutline, k: number, position: SlicePosition): BodyOutline {
  return outline.map((corner, i) => (i === k ? position : corner)) as unknown as BodyOutline;
}

/** Places from which a body's doubtful corner is looked for again. */
function restartsOf(outline: BodyOutline, k: number): SlicePosition[] {
  const [back, down] = outline[k]!;
  const [next, opposite, before] = [1, 2, 3].map((step) => outline[(k + step) % 4]!) as [
    SlicePosition,
    SlicePosition,
    SlicePosition,
  ];
  const completed: SlicePosition = [next[0] + before[0] - opposite[0], next[1] + before[1] - opposite[1]];
  const tilt = tiltOf(withCorner(outline, k, completed));
  const [aside, along] = [RESTART * Math.sin(tilt), RESTART * Math.cos(tilt)];
  return [completed, [back - aside, down + along], [back + aside, down - along]];
}

/** Looks for doubtful corners again from other places; of all places found the surest is taken, and refined once more. */
async function restartDoubtful(
  predictor: Predictor,
  picture: CornerPicture,
  refined: readonly RefinedOutline[],
): Promise<RefinedOutline[]> {
  const doubtful = refined.flatMap(({ corners, certainty }, body) =>
    [0, 1, 2, 3].filter((k) => certainty[k]! < DOUBTFUL).map((k) => ({ body, k, corners })),
  );
  if (doubtful.length === 0) return [...refined];
  const searches = doubtful.map(({ k, corners }) =>
    restartsOf(corners, k).map((start) => placesOf(withCorner(corners, k, start))[k]!),
  );
  const found = await placeCorners(predictor, picture, searches.flat());
  const surest = searches.map((places, i) => {
    const own = found.slice(i * places.length, (i + 1) * places.length);
    const best = own.reduce((first, { certainty }, j) => (certainty > own[first]!.certainty ? j : first), 0);
    return { ...places[best]!, middle: own[best]!.position };
  });
  const again = await placeCorners(predictor, picture, surest);
  const outlines = refined.map(({ corners, certainty }) => ({ corners, certainty: [...certainty] }));
  doubtful.forEach(({ body, k }, i) => {
    const { position, certainty } = again[i]!;
    const own = outlines[body]!;
    if (certainty < own.certainty[k]! + SURER) return;
    own.corners = withCorner(own.corners, k, position);
    own.certainty[k] = certainty;
  });
  return outlines;
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
