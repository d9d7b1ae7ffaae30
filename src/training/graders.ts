import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import {
  adam,
  initialWeights,
  loadWeights,
  multitaskNetwork,
  niemeyerNetwork,
  restricted,
  saveWeights,
  Trainer,
} from "../engine/index.js";
import type { Network, Weights } from "../engine/index.js";
import { CROP_CHANNELS, CROP_SIZE, FEATURES, GEOMETRY_FEATURES, GRADER_INPUTS } from "../grading/index.js";
import { creditOf, openDatasets } from "./datasets/index.js";
import { discBatches } from "./discBatches.js";
import { clinicalSamples, syntheticSamples } from "./samples/index.js";
import type { DiscSample } from "./samples/index.js";
import { placesOfStage, trainLoop } from "./loop.js";
import type { StepRecipe } from "./loop.js";
import { addReaderHeads, isFixed, readerHead, removeReaderHeads, withReaderHeads } from "./readerHeads.js";
import { tissuePretraining } from "./tissuePretraining.js";

/** A further stage of training, which goes on from the weights of the one before. */
export interface GraderStage {
  readonly steps: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Features whose heads alone are trained, the encoder staying as it is; all of the network where absent. */
  readonly heads?: readonly string[] | undefined;
  /** Layers that are trained with these heads, `second` and `measured`; then all {@link FURTHER_HEADS} must be. */
  readonly layers?: readonly string[] | undefined;
  /** Share of samples that come from phantoms, a third unless given. */
  readonly phantomShare?: number | undefined;
  /** Share of discs of other readers among those that are no phantoms, two fifths unless given. */
  readonly othersShare?: number | undefined;
  /** Share of discs that are shown as fat suppression would show them, of those that can be; none unless given. */
  readonly suppressedShare?: number | undefined;
}

export interface GraderRecipe extends StepRecipe, GraderStage {
  readonly kind: "pfirrmann" | "multitask";
  /** Folder with the detector's weights. */
  readonly models: string;
  /** Factor on the filters of Niemeyer's network. */
  readonly width: number;
  /** File with weights of the same network from which training goes on (fine-tuning). */
  readonly startFrom?: string | undefined;
  /** Steps in which the encoder of the multi-task network first learns the tissues about the discs; none unless given. */
  readonly tissueSteps?: number | undefined;
  /** Stages after the first, which this recipe itself describes. */
  readonly then?: readonly GraderStage[] | undefined;
  /** What the weights' file says they were trained on; the data sets and phantoms where absent. */
  readonly trainedOn?: string | undefined;
  /** Called after each step; a throw ends the run. */
  readonly onStep?: ((step: number) => void) | undefined;
}

/** Share of samples that come from phantoms unless a stage says otherwise. */
const PHANTOM_SHARE = 1 / 3;
/** Channels that Niemeyer's network takes of a crop: over bone, over CSF. */
const PFIRRMANN_CHANNELS = 2;

/** Heads that read the second layer and the measured units: what is defined by a measure, or labelled on phantoms alone. */
export const FURTHER_HEADS = [
  "narrowing",
  "spondylolisthesis",
  "centralCanalStenosis",
  "upperEndplateDefect",
  "lowerEndplateDefect",
] as const;

/** Whether a stage of a recipe is trained on discs in fat suppression, too. */
export function wantsSuppressed({ then = [], ...first }: GraderRecipe): boolean {
  return [first, ...then].some(({ suppressedShare = 0 }) => suppressedShare > 0);
}

function networkOf(recipe: GraderRecipe): Network {
  if (recipe.kind === "pfirrmann")
    return niemeyerNetwork({
      size: CROP_SIZE,
      width: recipe.width,
      classes: 5,
      channels: PFIRRMANN_CHANNELS,
    });
  const heads = Object.fromEntries(FEATURES.map(({ key, classes }) => [key, classes.length]));
  return multitaskNetwork({
    size: CROP_SIZE,
    channels: CROP_CHANNELS,
    geometry: GEOMETRY_FEATURES,
    heads,
    further: FURTHER_HEADS,
  });
}

/** Weights to start from: random ones, those of an earlier network of the same layers, or with an encoder that knows tissues. */
async function startingWeights(
  network: Network,
  recipe: GraderRecipe,
  samples: readonly DiscSample[],
  log: (line: string) => void,
): Promise<Weights> {
  const { seed, startFrom, kind, tissueSteps: steps = 0, checkpoint } = recipe;
  if (startFrom === undefined)
    return steps === 0
      ? initialWeights(network, seed)
      : tissuePretraining(network, { ...recipe, steps, checkpoint: `${checkpoint}.tissue` }, samples, log);
  const earlier = await loadWeights(startFrom, GRADER_INPUTS);
  if (JSON.stringify(earlier.network) !== JSON.stringify(network))
    throw new Error(`The weights to start from belong to another network than a ${kind} of this version.`);
  return earlier.weights;
}

/** Trains a grader and writes its weights; goes on from the checkpoint where there is one. */
export async function trainGrader(recipe: GraderRecipe, log: (line: string) => void): Promise<void> {
  // Weights that do not fit are told before the data are read, which takes minutes.
  if (recipe.startFrom !== undefined) await startingWeights(networkOf(recipe), recipe, [], log);
  const data = await openDatasets(recipe.data, log);
  const clinical = await clinicalSamples(data, recipe.models, log, {
    suppressed: wantsSuppressed(recipe),
  });
  const synthetic = await syntheticSamples(recipe.phantoms, recipe.seed, recipe.models);
  await trainOnSamples({ ...recipe, data }, clinical.samples, synthetic, log);
}

/** Trains a grader on samples, stage by stage, and writes its weights; goes on from the checkpoints where there are some. */
export async function trainOnSamples(
  { then = [], ...first }: GraderRecipe,
  clinical: readonly DiscSample[],
  synthetic: readonly DiscSample[],
  log: (line: string) => void,
): Promise<void> {
  const stages: GraderRecipe[] = [
    first,
    ...then.map((stage) => ({
      ...first,
      heads: undefined,
      layers: undefined,
      phantomShare: undefined,
      suppressedShare: undefined,
      ...stage,
    })),
  ];
  for (const [i, stage] of stages.entries()) {
    const places = (n: number) => placesOfStage(first, n, stages.length);
    await trainStage(
      {
        ...stage,
        startFrom: i === 0 ? first.startFrom : places(i - 1).output,
        ...places(i),
      },
      clinical,
      synthetic,
      log,
    );
  }
}

async function trainStage(
  recipe: GraderRecipe,
  clinical: readonly DiscSample[],
  synthetic: readonly DiscSample[],
  log: (line: string) => void,
): Promise<void> {
  const { kind, batchSize, seed, heads, layers = [], phantomShare = PHANTOM_SHARE } = recipe;
  if (heads !== undefined && layers.length > 0 && FURTHER_HEADS.some((head) => !heads.includes(head)))
    throw new RangeError(
      `A stage that trains ${layers.join(" and ")} must train all heads that read them: ${FURTHER_HEADS.join(", ")}.`,
    );
  const patients = new Set(clinical.map(({ patient }) => patient)).size;
  log(`${clinical.length} clinical samples of ${patients} patients, ${synthetic.length} phantom samples`);
  const base = networkOf(recipe);
  const own = clinical.filter(({ reader }) => reader === undefined);
  const others = clinical.filter(({ reader }) => reader !== undefined);
  const readers = [...new Set(others.map(({ reader }) => reader!))].sort();
  const network = withReaderHeads(base, readers);
  const [pfirrmann] = FEATURES;
  const features = [
    ...(kind === "pfirrmann" ? [pfirrmann!] : FEATURES),
    ...readers.map((reader) => ({ ...pfirrmann!, key: readerHead(reader) })),
  ];
  const readersHeads = readers.map(readerHead);
  const isTrained = (key: string): boolean =>
    heads === undefined ||
    heads.includes(key) ||
    (readersHeads.includes(key) && heads.includes(pfirrmann!.key));
  const nextBatch = discBatches(recipe, network.input.channels, features, isTrained, {
    clinical: own,
    synthetic,
    phantomShare,
    others,
    othersShare: recipe.othersShare,
    suppressedShare: recipe.suppressedShare,
  });
  const trainer = await Trainer.create(
    network,
    addReaderHeads(await startingWeights(base, recipe, own, log), base, readers),
    batchSize,
    restricted(adam({ l2: 5e-4 }), (name) => {
      if (isFixed(name, readers)) return false;
      const layer = name.slice(0, name.lastIndexOf("/"));
      return isTrained(layer) || layers.includes(layer);
    }),
    seed,
  );
  trainer.keepsStatistics = heads !== undefined;
  await trainLoop({ ...recipe, trainer, nextBatch, log });
  await mkdir(dirname(recipe.output), { recursive: true });
  const trainedOn =
    recipe.trainedOn ?? `${creditOf(recipe.data)}, ${patients} patients, and ${recipe.phantoms} phantoms`;
  await saveWeights(recipe.output, base, removeReaderHeads(trainer.weights, readers), {
    trainedOn,
    inputs: String(GRADER_INPUTS),
    recipe: JSON.stringify({
      ...recipe,
      data: "",
      models: "",
      checkpoint: "",
      output: "",
      startFrom: undefined,
    }),
  });
  log(`wrote ${kind}`);
}
