import { dirname, join } from "node:path";
import { mkdir } from "node:fs/promises";
import { Random } from "../numbers/index.js";
import { DETECTION_INPUTS, TISSUES } from "../detection/index.js";
import { adam, initialWeights, loadWeights, saveWeights, Trainer, unet } from "../engine/index.js";
import type { Batch, Network } from "../engine/index.js";
import { augmentedCrop, tissueTargets } from "./augmentation.js";
import { labelStack } from "./labelledSlice.js";
import type { LabelledSlice } from "./labelledSlice.js";
import { trainLoop } from "./loop.js";
import type { StepRecipe } from "./loop.js";
import { phantomSlices } from "./phantomSlices.js";
import { pseudoLabelledSlices } from "./pseudoLabels.js";
import { creditOf, DataError, maskedStacks, openDatasets } from "./datasets/index.js";
import type { DataSource } from "./datasets/index.js";

export interface DetectorRecipe extends StepRecipe {
  /** Folder with an earlier detector: training goes on from its weights, and it labels more slices (self-training). */
  readonly teacher?: string;
}

const CROP = { rows: 192, columns: 160 } as const;
/** Shares of crops that come from phantoms and from slices labelled by the teacher. */
const PHANTOM_SHARE = 0.25;
const PSEUDO_SHARE = 0.4;

/** The detector: a five-level U-Net over 1 mm sagittal slices. */
export const detectorNetwork: Network = unet({
  name: "detector",
  rows: CROP.rows,
  columns: CROP.columns,
  channels: 1,
  filters: [16, 24, 48, 96, 128],
  classes: TISSUES.length,
  loss: "setCrossEntropy",
});

/** Labelled slices of the masked series of all patients who are not kept out. */
export async function readTrainingSlices(
  data: DataSource,
  log: (line: string) => void,
): Promise<{ slices: LabelledSlice[]; patients: number }> {
  const slices: LabelledSlice[] = [];
  const patients = new Set<string>();
  const datasets = await openDatasets(data, log);
  for await (const { patient, slices: masked, volume } of maskedStacks(datasets, "training", log)) {
    slices.push(...labelStack(masked, volume.spacing[2]));
    patients.add(patient);
  }
  return { slices, patients: patients.size };
}

/** Trains the detector and writes its weights; goes on from the checkpoint where there is one. */
export async function trainDetector(recipe: DetectorRecipe, log: (line: string) => void): Promise<void> {
  const datasets = await openDatasets(recipe.data, log);
  const { slices, patients } = await readTrainingSlices(datasets, log);
  if (slices.length === 0)
    throw new DataError(
      "No patient who is trained on has masks, and the detector learns from masks: name SPIDER among the data sets.",
    );
  const phantoms = phantomSlices(recipe.phantoms, recipe.seed);
  const pseudo =
    recipe.teacher === undefined ? [] : await pseudoLabelledSlices(datasets, recipe.teacher, log);
  log(
    `${slices.length} masked slices of ${patients} patients, ${phantoms.length} phantom slices, ${pseudo.length} self-labelled middle slices`,
  );
  const start =
    recipe.teacher === undefined
      ? initialWeights(detectorNetwork, recipe.seed)
      : (await loadWeights(join(recipe.teacher, "detector.safetensors"))).weights;
  const trainer = await Trainer.create(
    detectorNetwork,
    start,
    recipe.batchSize,
    adam({ l2: 1e-4 }),
    recipe.seed,
  );
  const nextBatch = (step: number): Batch => {
    const random = new Random(recipe.seed * 100003 + step);
    const crops = Array.from({ length: recipe.batchSize }, () => {
      const where = random.uniform();
      const source =
        where < PHANTOM_SHARE && phantoms.length > 0
          ? phantoms
          : where > 1 - PSEUDO_SHARE && pseudo.length > 0
            ? pseudo
            : slices;
      return augmentedCrop(source[random.integer(source.length)]!, CROP, random);
    });
    const input = new Float32Array(crops.length * CROP.rows * CROP.columns);
    crops.forEach((crop, i) => {
      input.set(crop.values, i * crop.values.length);
    });
    const { targets, weights } = tissueTargets(crops);
    return { input, targets: { tissue: targets }, weights: { tissue: weights } };
  };
  await trainLoop({ ...recipe, trainer, nextBatch, log });
  await mkdir(dirname(recipe.output), { recursive: true });
  await saveWeights(recipe.output, detectorNetwork, trainer.weights, {
    inputs: String(DETECTION_INPUTS.detector),
    trainedOn: `${creditOf(datasets)}, masks of ${patients} patients, and ${recipe.phantoms} phantoms`,
  });
  log(`wrote ${join(recipe.output)}`);
}
