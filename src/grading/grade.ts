import { detectSpine } from "../detection/index.js";
import type { Disc, Spine } from "../detection/index.js";
import type { Tensor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import {
  CROP_CHANNELS,
  CROP_SIZE,
  cutOut,
  frameOf,
  GEOMETRY_FEATURES,
  geometryOf,
  normaliseCrop,
} from "./discCrop.js";
import { FEATURES } from "./features.js";
import type { Feature } from "./features.js";
import { loadGraders } from "./graders.js";
import type { Grader, Graders } from "./graders.js";
import type { DiscEvidence, FeatureGrade, GradedDisc, GradeReport } from "./report.js";

/** Distance between the slices of a disc that are read, in mm (thick slices are read one by one). */
const SLICE_STEP_MM = 4;
/** Weight of a slice in the grade by its steps from the disc's middle slice. */
const SLICE_WEIGHTS = [2, 1, 0.5] as const;
/**
 * Two opinions make the Pfirrmann grade: Niemeyer's network has this share, the multi-task network, which agrees better
 * with the readers of the validation patients, the rest.
 */
const OWN_SHARE = 1 / 3;
/** Features whose grades have an order and a meaningful mean. */
const ORDINAL = new Set(["pfirrmann", "narrowing"]);

/** Slices of a disc to read, with their weights: its middle slice and up to two on either side. */
export function slicesOfDisc(volume: Volume, middle: number): { slice: number; weight: number }[] {
  const step = Math.max(1, Math.round(SLICE_STEP_MM / volume.spacing[2]));
  return [-2, -1, 0, 1, 2]
    .map((offset) => ({ slice: middle + offset * step, weight: SLICE_WEIGHTS[Math.abs(offset)]! }))
    .filter(({ slice }) => slice >= 0 && slice < volume.slices);
}

/** Weighted mean over slices of [slice][class] probabilities. */
function meanOverSlices(probabilities: Tensor, weights: readonly number[]): number[] {
  const classes = probabilities.shape[1]!;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Array.from(
    { length: classes },
    (_, k) =>
      weights.reduce((sum, weight, s) => sum + weight * probabilities.values[s * classes + k]!, 0) / total,
  );
}

/** The grade that probabilities stand for. */
export function gradeFrom(feature: Feature, probabilities: readonly number[]): FeatureGrade {
  const grade = feature.classes[probabilities.indexOf(Math.max(...probabilities))]!;
  const expected = probabilities.reduce((sum, p, k) => sum + p * feature.classes[k]!, 0);
  return {
    grade,
    ...(ORDINAL.has(feature.key) ? { fractional: expected } : {}),
    probabilities,
    trainedOn: feature.trainedOn,
  };
}

/** First channels of each crop, for a network that takes fewer than a crop has. */
function firstChannels(input: Float32Array, slices: number, channels: number): Tensor {
  const pixels = CROP_SIZE * CROP_SIZE;
  const values = new Float32Array(slices * channels * pixels);
  for (let s = 0; s < slices; s++)
    values.set(
      input.subarray(s * CROP_CHANNELS * pixels, (s * CROP_CHANNELS + channels) * pixels),
      s * channels * pixels,
    );
  return { values, shape: [slices, channels, CROP_SIZE, CROP_SIZE] };
}

async function predict(
  { predictor }: Grader,
  input: Float32Array,
  geometry: Float32Array,
  slices: number,
): Promise<Record<string, Tensor>> {
  const feeds: Record<string, Tensor> = {
    input: firstChannels(input, slices, predictor.network.input.channels),
  };
  if (predictor.network.extraInputs !== undefined) {
    const repeated = new Float32Array(slices * GEOMETRY_FEATURES);
    for (let s = 0; s < slices; s++) repeated.set(geometry, s * GEOMETRY_FEATURES);
    feeds.geometry = { values: repeated, shape: [slices, GEOMETRY_FEATURES] };
  }
  return predictor.run(feeds);
}

async function gradeDisc(
  graders: Graders,
  volume: Volume,
  disc: Disc,
  above: Disc | undefined,
): Promise<{ disc: GradedDisc; evidence: DiscEvidence }> {
  const read = slicesOfDisc(volume, disc.slice);
  const frame = frameOf(disc);
  const size = CROP_CHANNELS * CROP_SIZE * CROP_SIZE;
  const input = new Float32Array(read.length * size);
  read.forEach(({ slice }, s) => {
    input.set(normaliseCrop(cutOut(volume, slice, frame), disc.height), s * size);
  });
  const geometry = geometryOf(disc, above);
  const weights = read.map(({ weight }) => weight);
  const pfirrmann = await predict(graders.pfirrmann, input, geometry, read.length);
  const multitask = await predict(graders.multitask, input, geometry, read.length);
  const grades = FEATURES.map((feature): [string, FeatureGrade] => {
    const shared = meanOverSlices(multitask[feature.key]!, weights);
    if (feature.key !== "pfirrmann") return [feature.key, gradeFrom(feature, shared)];
    const own = meanOverSlices(pfirrmann.pfirrmann!, weights);
    return [
      feature.key,
      gradeFrom(
        feature,
        own.map((p, k) => OWN_SHARE * p + (1 - OWN_SHARE) * shared[k]!),
      ),
    ];
  });
  return {
    disc: { ...disc, grades: Object.fromEntries(grades) },
    evidence: {
      level: disc.level,
      slices: read.map(({ slice }) => slice),
      frame,
      pfirrmann: { maps: pfirrmann.maps! },
      multitask: { maps: multitask.maps! },
    },
  };
}

/**
 * Grades every disc of a detected spine.
 * @param models folder with the graders' weights.
 * @throws WeightsError where weights are missing or damaged.
 */
export async function gradeSpine(spine: Spine, models: string): Promise<GradeReport> {
  const started = performance.now();
  const graders = await loadGraders(models);
  const results: Awaited<ReturnType<typeof gradeDisc>>[] = [];
  for (const [i, disc] of spine.discs.entries())
    results.push(await gradeDisc(graders, spine.stack.volume, disc, spine.discs[i - 1]));
  return {
    spine,
    discs: results.map(({ disc }) => disc),
    evidence: results.map(({ evidence }) => evidence),
    flags: spine.flags,
    seconds: spine.seconds + (performance.now() - started) / 1000,
  };
}

/** Detects and grades in one go. */
export async function gradeVolume(volume: Volume, models: string): Promise<GradeReport> {
  return gradeSpine(await detectSpine(volume, models), models);
}
