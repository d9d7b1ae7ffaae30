import { Random } from "../../numbers/index.js";
import { isClassification } from "../../engine/index.js";
import type { Batch } from "../../engine/index.js";
import { augmentCrop, drawAugmentation } from "./crop.js";
import { nearestGrade } from "../../grading/index.js";
import { gradesOf } from "./recipe.js";
import type { NiemeyerRecipe } from "./recipe.js";
import type { GradedCrop } from "./samples.js";

/** What a sample is trained towards: a class marked with 1, or for regression its grade. */
export function targetOf(recipe: NiemeyerRecipe, grade: number): Float32Array {
  const grades = gradesOf(recipe);
  const k = nearestGrade(grade, grades);
  if (!isClassification(recipe.loss)) return Float32Array.of(grades[k]!);
  return Float32Array.from(grades, (_, other) => (other === k ? 1 : 0));
}

/** The batches of all steps; each depends on the samples, the recipe's seed and the step's number only. */
export interface BatchPlan {
  readonly batchSize: number;
  readonly stepsPerEpoch: number;
  batch(step: number): Batch;
}

/** Weight of each sample in the loss before averaging: its class's where classes are balanced. */
function sampleWeights(recipe: NiemeyerRecipe, samples: readonly GradedCrop[]): number[] {
  if (recipe.classWeights === "none") return samples.map(() => 1);
  const grades = gradesOf(recipe);
  const classes = samples.map(({ grade }) => nearestGrade(grade, grades));
  const counts = grades.map((_, k) => classes.filter((other) => other === k).length);
  const weights = balancedWeights(counts);
  return classes.map((k) => weights[k]!);
}

/**
 * Each epoch goes once, in a new order, through all augmented versions of all samples; the few that do not fill a batch
 * are left to the next epoch's order. A version is the same in every epoch, as where it is made once (Niemeyer 2021).
 */
export function planBatches(recipe: NiemeyerRecipe, samples: readonly GradedCrop[]): BatchPlan {
  const { size, seed, augmentations, rotation } = recipe;
  const versions = samples.length * augmentations;
  const batchSize = Math.min(recipe.batchSize, versions);
  const stepsPerEpoch = Math.floor(versions / batchSize);
  const weights = sampleWeights(recipe, samples);
  const targets = samples.map(({ grade }) => targetOf(recipe, grade));
  let order: { readonly epoch: number; readonly versions: readonly number[] } | undefined;
  const orderOf = (epoch: number): readonly number[] => {
    if (order?.epoch !== epoch) {
      const all = Array.from({ length: versions }, (_, i) => i);
      order = { epoch, versions: new Random(seed * 100003 + epoch).shuffle(all) };
    }
    return order.versions;
  };
  const inputOf = (version: number): Float32Array => {
    const copy = version % augmentations;
    const augmentation = drawAugmentation(copy, rotation, new Random(seed * 1000003 + version));
    return augmentCrop(samples[Math.floor(version / augmentations)]!.crop, size, augmentation);
  };
  return {
    batchSize,
    stepsPerEpoch,
    batch(step) {
      const epoch = Math.floor(step / stepsPerEpoch);
      const start = (step % stepsPerEpoch) * batchSize;
      const chosen = orderOf(epoch).slice(start, start + batchSize);
      const input = new Float32Array(batchSize * size * size);
      const units = targets[0]!.length;
      const target = new Float32Array(batchSize * units);
      const weight = new Float32Array(batchSize);
      chosen.forEach((version, b) => {
        const sample = Math.floor(version / augmentations);
        input.set(inputOf(version), b * size * size);
        target.set(targets[sample]!, b * units);
        weight[b] = weights[sample]! / batchSize;
      });
      return { input, targets: { pfirrmann: target }, weights: { pfirrmann: weight } };
    },
  };
}

/**
 * Class weights N / (K n_k) that give every class that occurs the same say: scikit-learn's "balanced", which Niemeyer 2021
 * used. K counts the classes that occur; one that does not has weight 0.
 * @param counts samples of each class
 */
export function balancedWeights(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => (count === 0 ? 0 : total / (present * count)));
}
