import { Random } from "../numbers/index.js";
import { tissueAt, TISSUES } from "../detection/index.js";
import type { TissueLabels } from "../detection/index.js";
import { adam, initialWeights, multitaskEncoder, placeLayers, Trainer } from "../engine/index.js";
import type { Batch, Network, Weights } from "../engine/index.js";
import { CROP_MM, CROP_SIZE, cropToSlice } from "../grading/index.js";
import { augmentDisc } from "./discAugmentation.js";
import type { AugmentedDisc } from "./discAugmentation.js";
import type { DiscSample } from "./samples/index.js";
import { trainLoop } from "./loop.js";
import type { StepRecipe } from "./loop.js";

/** A disc in a slice of which the detector's tissues are known. */
export type TissueSample = DiscSample & { readonly tissue: TissueLabels };

export function hasTissue(sample: DiscSample): sample is TissueSample {
  return sample.tissue !== undefined;
}

/**
 * The detector's tissues under an augmented disc, one hot.
 * @param size rows and columns of the target
 * @returns [tissue][row][column]
 */
export function tissueTarget(
  { volume, tissue }: TissueSample,
  { frame, upsideDown }: Pick<AugmentedDisc, "frame" | "upsideDown">,
  size: number,
): Float32Array {
  const target = new Float32Array(TISSUES.length * size * size);
  const middle = (i: number): number => ((i + 0.5) * CROP_MM) / size - CROP_MM / 2;
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [column, row] = cropToSlice(frame, volume.spacing, middle(x), middle(y));
      const kind = tissueAt(tissue, column, row);
      target[(kind * size + (upsideDown ? size - 1 - y : y)) * size + x] = 1;
    }
  return target;
}

/**
 * Weights of a multi-task network whose encoder has learned to tell the detector's tissues apart about these discs; all else is
 * as at a random start. The detector learned them from masks, so that what they teach reaches the grader without any grade.
 * @param recipe its `steps` are those of this training; goes on from its checkpoint where there is one
 * @throws RangeError where no sample has tissues, or the network is none with such an encoder
 */
export async function tissuePretraining(
  network: Network,
  recipe: Pick<StepRecipe, "steps" | "batchSize" | "learningRate" | "seed" | "checkpoint">,
  samples: readonly DiscSample[],
  log: (line: string) => void,
): Promise<Weights> {
  const { batchSize, seed } = recipe;
  const labelled = samples.filter(hasTissue);
  if (labelled.length === 0) throw new RangeError("No disc has tissues to learn from.");
  log(`the encoder learns the tissues of ${labelled.length} discs' slices`);
  const encoder = multitaskEncoder(network, TISSUES.length);
  const trainer = await Trainer.create(
    encoder,
    initialWeights(encoder, seed),
    batchSize,
    adam({ l2: 5e-4 }),
    seed,
  );
  const { channels } = network.input;
  const [, size] = placeLayers(encoder).at(-1)!.shape as [number, number, number];
  const nextBatch = (step: number): Batch => {
    const random = new Random(seed * 100003 + step);
    const input = new Float32Array(batchSize * channels * CROP_SIZE * CROP_SIZE);
    const tissue = new Float32Array(batchSize * TISSUES.length * size * size);
    for (let b = 0; b < batchSize; b++) {
      const sample = labelled[random.integer(labelled.length)]!;
      const augmented = augmentDisc(sample, random);
      input.set(augmented.input, (b * input.length) / batchSize);
      tissue.set(tissueTarget(sample, augmented, size), (b * tissue.length) / batchSize);
    }
    const places = batchSize * size * size;
    const weights = { tissue: new Float32Array(places).fill(1 / places) };
    return { input, extra: undefined, targets: { tissue }, weights };
  };
  await trainLoop({ ...recipe, trainer, nextBatch, log });
  const start = initialWeights(network, seed);
  const learned = Object.entries(trainer.weights).filter(([name]) => name in start);
  return { ...start, ...Object.fromEntries(learned) };
}
