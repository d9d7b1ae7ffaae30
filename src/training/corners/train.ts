import { dirname } from "node:path";
import { mkdir } from "node:fs/promises";
import { Random } from "../../numbers/index.js";
import {
  BINS,
  binTarget,
  CORNER_KINDS,
  cornerNetwork,
  cutSignal,
  cutTissue,
  DETECTION_INPUTS,
  KIND_FEATURES,
  loadDetector,
  PATCH_CHANNELS,
  PATCH_SIZE,
  patchInput,
  tiltOf,
} from "../../detection/index.js";
import type { PatchPlace } from "../../detection/index.js";
import {
  adam,
  createPredictor,
  initialWeights,
  loadWeights,
  saveWeights,
  Trainer,
} from "../../engine/index.js";
import type { Batch, Weights } from "../../engine/index.js";
import { placesOfStage, trainLoop } from "../loop.js";
import type { StepRecipe } from "../loop.js";
import { MISPLACED, misplacedCorners } from "./misplaced.js";
import type { CornerOfSlice } from "./misplaced.js";
import { creditOf, DataError, maskedStacks, openDatasets } from "../datasets/index.js";
import { maskedCornerSlices, phantomCornerSlices } from "./samples.js";
import type { CorneredSlice } from "./samples.js";

export interface CornerRecipe extends StepRecipe {
  /** Folder with the detector's weights, whose tissue maps the network sees. */
  readonly models: string;
  /** Further stages, in which corners of phantoms that the stage before misplaces come more often. */
  readonly hardStages?: readonly CornerStage[] | undefined;
}

export interface CornerStage {
  readonly steps: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Share of the phantoms' patches that show a corner misplaced by the stage before. */
  readonly share: number;
}

/** Share of patches that come from phantoms. */
const PHANTOM_SHARE = 0.45;
/** Spread (mm) of the first estimates that the network is to put right; a share of them lies farther off. */
const NEAR = 1;
const FAR = 3.5;
const FAR_SHARE = 0.5;
/** Share of patches that show no tissue map: the picture alone must do where the map is wrong. */
const BLIND_SHARE = 0.15;

/** A place near a true corner (any unless given), and where in its patch the corner lies (mm, mirrored as the patch is). */
export function disturbedPlace(
  slice: CorneredSlice,
  random: Random,
  { body, corner }: Partial<Omit<CornerOfSlice, "slice">> = {},
): { place: PatchPlace; u: number; v: number } {
  const outline = slice.bodies[body ?? random.integer(slice.bodies.length)]!;
  const k = corner ?? random.integer(CORNER_KINDS.length);
  const spread = random.chance(FAR_SHARE) ? FAR : NEAR;
  const shift = (): number => Math.max(-9, Math.min(9, random.normal() * spread));
  const [u, v] = [shift(), shift()];
  const angle = tiltOf(outline) + (random.normal() * 5 * Math.PI) / 180;
  const kind = CORNER_KINDS[k]!;
  const [back, down] = [-kind.back * u, -kind.down * v];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [cornerBack, cornerDown] = outline[k]!;
  // The corner lies at (u, v) of the patch: the patch's middle is the corner less that offset.
  const middle = [cornerBack - (cos * back - sin * down), cornerDown - (sin * back + cos * down)] as const;
  return { place: { middle, angle, kind }, u, v };
}

/** Random contrast, bias, resolution and noise of a patch's signal. */
function disturbSignal(signal: Float32Array, random: Random): Float32Array {
  let highest = 1e-6;
  for (const value of signal) highest = Math.max(highest, value);
  const gamma = Math.exp(random.normal() * 0.3);
  const isInverted = random.chance(0.08);
  const [tiltRow, tiltColumn] = [random.normal() * 0.3, random.normal() * 0.3];
  let values: Float32Array = signal.map((value, i) => {
    const [y, x] = [Math.floor(i / PATCH_SIZE) / 24 - 1, (i % PATCH_SIZE) / 24 - 1];
    const relative = (Math.max(0, value) / highest) ** gamma * Math.exp(tiltRow * y + tiltColumn * x);
    return isInverted ? 1 - relative : relative;
  });
  for (let pass = random.integer(4); pass > 0; pass--) values = smooth(values);
  const noise = random.chance(0.6) ? random.between(0, 0.08) : 0;
  return values.map((value) => value + noise * random.normal());
}

/** Mean of each value with its four neighbours', as at a coarser resolution. */
function smooth(values: Float32Array): Float32Array {
  const at = (row: number, column: number): number =>
    values[
      Math.min(PATCH_SIZE - 1, Math.max(0, row)) * PATCH_SIZE + Math.min(PATCH_SIZE - 1, Math.max(0, column))
    ]!;
  return values.map((value, i) => {
    const [row, column] = [Math.floor(i / PATCH_SIZE), i % PATCH_SIZE];
    return (
      (value + at(row - 1, column) + at(row + 1, column) + at(row, column - 1) + at(row, column + 1)) / 5
    );
  });
}

/** One training patch: the network's input and where the corner lies in it. */
function trainingPatch(
  { slice, ...chosen }: { slice: CorneredSlice } & Partial<CornerOfSlice>,
  random: Random,
) {
  const { place, u, v } = disturbedPlace(slice, random, chosen);
  let signal: Float32Array = cutSignal(slice.picture, place);
  if (slice.neighbour !== undefined && random.chance(0.4)) {
    const share = random.between(0.2, 0.5);
    const beside = cutSignal({ ...slice.picture, values: slice.neighbour }, place);
    signal = signal.map((value, i) => value * (1 - share) + beside[i]! * share);
  }
  const tissue = random.chance(BLIND_SHARE)
    ? new Float32Array(2 * PATCH_SIZE * PATCH_SIZE)
    : cutTissue(slice.picture, place);
  return { input: patchInput(disturbSignal(signal, random), tissue), kind: place.kind, u, v };
}

/** Trains the corner network and writes its weights; goes on from the checkpoint where there is one. */
export async function trainCorners(recipe: CornerRecipe, log: (line: string) => void): Promise<void> {
  const detector = await loadDetector(recipe.models);
  const clinical: CorneredSlice[] = [];
  const patients = new Set<string>();
  const datasets = await openDatasets(recipe.data, log);
  for await (const stack of maskedStacks(datasets, "training", log)) {
    clinical.push(...(await maskedCornerSlices(stack, detector)));
    patients.add(stack.patient);
  }
  if (clinical.length === 0)
    throw new DataError(
      "No patient who is trained on has masks with whole bodies, and corners are learned from masks: name SPIDER among the data sets.",
    );
  const synthetic = await phantomCornerSlices(recipe.phantoms, recipe.seed, detector);
  const trainedOn = `${creditOf(datasets)}, masks of ${patients.size} patients, and ${recipe.phantoms} phantoms`;
  await trainCornersOn(recipe, { clinical, synthetic, patients: patients.size, trainedOn }, log);
}

/** What the corner network is trained on. */
export interface CornerSamples {
  readonly clinical: readonly CorneredSlice[];
  readonly synthetic: readonly CorneredSlice[];
  readonly patients: number;
  /** What the weights' file says; SPIDER and phantoms where absent. */
  readonly trainedOn?: string;
}

/** Trains the corner network on slices and writes its weights; goes on from the checkpoints where there are some. */
export async function trainCornersOn(
  { hardStages = [], ...first }: CornerRecipe,
  samples: CornerSamples,
  log: (line: string) => void,
): Promise<void> {
  const stages = [undefined, ...hardStages];
  let weights = initialWeights(cornerNetwork(), first.seed);
  let hard: HardCorners | undefined;
  for (const [i, stage] of stages.entries()) {
    const places = (n: number) => placesOfStage(first, n, stages.length);
    if (stage !== undefined) {
      weights = (await loadWeights(places(i - 1).output)).weights;
      const network = await createPredictor(cornerNetwork(), weights);
      hard = { corners: await misplacedCorners(network, samples.synthetic, stage.seed), share: stage.share };
      log(`${hard.corners.length} corners of phantoms are misplaced by more than ${MISPLACED} mm`);
    }
    await trainStage({ ...first, ...stage, ...places(i) }, weights, samples, hard, log);
  }
}

/** Corners that come more often, and their share of the phantoms' patches. */
interface HardCorners {
  readonly corners: readonly CornerOfSlice[];
  readonly share: number;
}

async function trainStage(
  recipe: Omit<CornerRecipe, "hardStages">,
  start: Weights,
  { clinical, synthetic, patients, trainedOn }: CornerSamples,
  hard: HardCorners | undefined,
  log: (line: string) => void,
): Promise<void> {
  log(`${clinical.length} masked slices of ${patients} patients, ${synthetic.length} phantom slices`);
  const network = cornerNetwork();
  const trainer = await Trainer.create(network, start, recipe.batchSize, adam({ l2: 1e-4 }), recipe.seed);
  const draw = (random: Random): { slice: CorneredSlice } & Partial<CornerOfSlice> => {
    if (synthetic.length === 0 || !random.chance(PHANTOM_SHARE))
      return { slice: clinical[random.integer(clinical.length)]! };
    if (hard !== undefined && hard.corners.length > 0 && random.chance(hard.share))
      return hard.corners[random.integer(hard.corners.length)]!;
    return { slice: synthetic[random.integer(synthetic.length)]! };
  };
  const nextBatch = (step: number): Batch => {
    const random = new Random(recipe.seed * 100003 + step);
    const size = PATCH_CHANNELS * PATCH_SIZE * PATCH_SIZE;
    const input = new Float32Array(recipe.batchSize * size);
    const kind = new Float32Array(recipe.batchSize * KIND_FEATURES);
    const targets = {
      inward: new Float32Array(recipe.batchSize * BINS),
      towardsMiddle: new Float32Array(recipe.batchSize * BINS),
    };
    for (let b = 0; b < recipe.batchSize; b++) {
      const patch = trainingPatch(draw(random), random);
      input.set(patch.input, b * size);
      kind.set([patch.kind.back, patch.kind.down], b * KIND_FEATURES);
      targets.inward.set(binTarget(patch.u), b * BINS);
      targets.towardsMiddle.set(binTarget(patch.v), b * BINS);
    }
    const weight = new Float32Array(recipe.batchSize).fill(0.5 / recipe.batchSize);
    return { input, extra: { kind }, targets, weights: { inward: weight, towardsMiddle: weight } };
  };
  await trainLoop({ ...recipe, trainer, nextBatch, log });
  await mkdir(dirname(recipe.output), { recursive: true });
  await saveWeights(recipe.output, network, trainer.weights, {
    inputs: String(DETECTION_INPUTS.corners),
    trainedOn: trainedOn ?? `SPIDER SPACE (CC BY 4.0), ${patients} patients, and ${recipe.phantoms} phantoms`,
  });
  log("wrote corners");
}
