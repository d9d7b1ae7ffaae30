import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { Random } from "../numbers/index.js";
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
import type { Batch, Network, Weights } from "../engine/index.js";
import {
  CROP_CHANNELS,
  CROP_SIZE,
  FEATURES,
  geometryOf,
  GEOMETRY_FEATURES,
  GRADER_INPUTS,
} from "../grading/index.js";
import type { Feature } from "../grading/index.js";
import { augmentDisc, labelKey } from "./discAugmentation.js";
import { clinicalSamples, syntheticSamples } from "./discSamples.js";
import type { DiscSample } from "./discSamples.js";
import { placesOfStage, trainLoop } from "./loop.js";
import type { StepRecipe } from "./loop.js";
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
  /** What the weights' file says they were trained on; SPIDER and phantoms where absent. */
  readonly trainedOn?: string | undefined;
  /** Called after each step; a throw ends the run. */
  readonly onStep?: ((step: number) => void) | undefined;
}

/** Share of samples that come from phantoms unless a stage says otherwise. */
const PHANTOM_SHARE = 1 / 3;
/** Share of a Pfirrmann label that goes to each neighbouring grade: readers differ by one grade, rarely by more. */
const NEIGHBOUR_SHARE = 0.1;
/** Spread of a measure over itself, by which samples are varied. */
const MEASURING = 0.03;
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

/** A label with fewer samples is not drawn on its own account: the same few would come again and again. */
const LEAST_SAMPLES = 8;

/** Samples grouped so that rare labels can be drawn as often as common ones. */
class BalancedSampler {
  private readonly groups: DiscSample[][];

  constructor(samples: readonly DiscSample[], features: readonly Feature[]) {
    this.groups = features
      .flatMap(({ key, classes }) =>
        classes.map((_, k) =>
          samples.filter(({ labels }) => labels[key]?.length === 1 && labels[key][0] === k),
        ),
      )
      .filter((group) => group.length >= LEAST_SAMPLES);
  }

  /** @throws RangeError where no label has enough samples */
  draw(random: Random): DiscSample {
    if (this.groups.length === 0)
      throw new RangeError(`No grade has ${LEAST_SAMPLES} labelled slices: there is too little to train on.`);
    const group = this.groups[random.integer(this.groups.length)]!;
    return group[random.integer(group.length)]!;
  }
}

/** Weight of each class of each feature: inverse to how often the sampler draws it, at most 6 times the mean. */
function classWeights(
  draw: (random: Random) => DiscSample,
  features: readonly Feature[],
): Record<string, number[]> {
  const random = new Random(99);
  const drawn = Array.from({ length: 3000 }, () => draw(random));
  return Object.fromEntries(
    features.map(({ key, classes }) => {
      const counts = classes.map(
        (_, k) => drawn.filter(({ labels }) => labels[key]?.length === 1 && labels[key][0] === k).length + 20,
      );
      const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
      return [key, counts.map((count) => Math.min(6, mean / count))];
    }),
  );
}

function fillTarget(
  target: Float32Array,
  at: number,
  allowed: readonly number[],
  isSoft: boolean,
  classes: number,
): void {
  for (const k of allowed) target[at + k] = 1;
  if (!isSoft) return;
  const k = allowed[0]!;
  for (const neighbour of [k - 1, k + 1])
    if (neighbour >= 0 && neighbour < classes) {
      target[at + neighbour]! += NEIGHBOUR_SHARE;
      target[at + k]! -= NEIGHBOUR_SHARE;
    }
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
  const clinical = await clinicalSamples(recipe.data, recipe.models, log);
  const synthetic = await syntheticSamples(recipe.phantoms, recipe.seed, recipe.models);
  await trainOnSamples(recipe, clinical.samples, synthetic, log);
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
  const features = kind === "pfirrmann" ? FEATURES.slice(0, 1) : FEATURES;
  // What is not trained neither chooses samples nor counts in the loss.
  const isTrained = (key: string): boolean => heads === undefined || heads.includes(key);
  const trained = features.filter(({ key }) => isTrained(key));
  const clinicalSampler = new BalancedSampler(clinical, trained);
  const syntheticSampler = new BalancedSampler(synthetic, trained);
  const draw = (random: Random): DiscSample =>
    synthetic.length > 0 && (clinical.length === 0 || random.chance(phantomShare))
      ? syntheticSampler.draw(random)
      : clinicalSampler.draw(random);
  const balance = classWeights(draw, features);

  const network = networkOf(recipe);
  const { channels } = network.input;
  const trainer = await Trainer.create(
    network,
    await startingWeights(network, recipe, clinical, log),
    batchSize,
    heads === undefined
      ? adam({ l2: 5e-4 })
      : restricted(adam({ l2: 5e-4 }), (name) => {
          const layer = name.slice(0, name.indexOf("/"));
          return isTrained(layer) || layers.includes(layer);
        }),
    seed,
  );
  trainer.keepsStatistics = heads !== undefined;
  const nextBatch = (step: number): Batch => {
    const random = new Random(seed * 100003 + step);
    const size = channels * CROP_SIZE * CROP_SIZE;
    const input = new Float32Array(batchSize * size);
    const geometry = new Float32Array(batchSize * GEOMETRY_FEATURES);
    const targets = Object.fromEntries(
      features.map(({ key, classes }) => [key, new Float32Array(batchSize * classes.length)]),
    );
    const weights = Object.fromEntries(features.map(({ key }) => [key, new Float32Array(batchSize)]));
    for (let b = 0; b < batchSize; b++) {
      const sample = draw(random);
      const augmented = augmentDisc(sample, random);
      input.set(augmented.input.subarray(0, size), b * size);
      geometry.set(
        geometryOf(sample.measures).map(
          (value) => value * (1 + MEASURING * random.normal()) + 0.1 * random.normal(),
        ),
        b * GEOMETRY_FEATURES,
      );
      for (const { key, classes } of features) {
        const source = labelKey(key, augmented.upsideDown);
        const allowed = sample.labels[source];
        if (allowed === undefined || !isTrained(key)) {
          targets[key]!.fill(1, b * classes.length, (b + 1) * classes.length);
          continue;
        }
        fillTarget(targets[key]!, b * classes.length, allowed, kind === "pfirrmann", classes.length);
        const classWeight = allowed.reduce((sum, k) => sum + balance[key]![k]!, 0) / allowed.length;
        weights[key]![b] = (classWeight * (sample.doubt[source] ?? 1)) / batchSize;
      }
    }
    return { input, extra: kind === "multitask" ? { geometry } : undefined, targets, weights };
  };
  await trainLoop({ ...recipe, trainer, nextBatch, log });
  await mkdir(dirname(recipe.output), { recursive: true });
  const trainedOn =
    recipe.trainedOn ?? `SPIDER (CC BY 4.0), ${patients} patients, and ${recipe.phantoms} phantoms`;
  await saveWeights(recipe.output, network, trainer.weights, {
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
