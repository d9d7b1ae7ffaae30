import { agreementColumns, bayesianBootstrap } from "../../statistics/index.js";
import { evaluateNiemeyer } from "./evaluation.js";
import type { NiemeyerScores } from "./evaluation.js";
import { patientFolds } from "./folds.js";
import type { NiemeyerRecipe } from "./recipe.js";
import { trainNiemeyer } from "./run.js";
import type { RunOptions } from "./run.js";
import type { GradedCrop } from "./samples.js";

/** What one fold came to. */
export interface FoldResult {
  /** From 1. */
  readonly fold: number;
  /** Patients whose discs were validated on. */
  readonly patients: readonly string[];
  readonly bestEpoch: number;
  /** Of the epoch with the best validation accuracy, as in the paper: chosen on the same discs, hence a little too good. */
  readonly scores: NiemeyerScores;
  /** Of the last epoch, which nothing was chosen by. */
  readonly lastEpoch: NiemeyerScores;
}

/** A metric over the folds; folds where it is undefined do not count, and `null` says that none is left. */
export interface FoldSummary {
  readonly mean: number | null;
  readonly minimum: number | null;
  readonly maximum: number | null;
  /** 3σ credible interval of the mean by the Bayesian bootstrap over folds, 10,000 draws (Niemeyer 2021, Table 4). */
  readonly low: number | null;
  readonly high: number | null;
}

/** A cross-validation, as `spinebook train --folds` writes it. */
export interface CrossValidation {
  readonly recipe: NiemeyerRecipe;
  readonly patients: number;
  readonly discs: number;
  readonly folds: readonly FoldResult[];
  /** Over `scores` of the folds. */
  readonly summary: Readonly<Record<string, FoldSummary>>;
  /** Over `lastEpoch` of the folds. */
  readonly lastEpochSummary: Readonly<Record<string, FoldSummary>>;
}

const METRICS = [
  ...agreementColumns,
  "fractionalAccuracy",
  "fractionalKappa",
  "offByMoreThanOne",
] as const satisfies readonly (keyof NiemeyerScores)[];

/** Mean, extremes and interval of each metric over folds. */
export function summariseFolds(scores: readonly NiemeyerScores[], seed: number): Record<string, FoldSummary> {
  return Object.fromEntries(
    METRICS.map((metric): [string, FoldSummary] => {
      const values = scores.map((row) => row[metric]).filter((value) => Number.isFinite(value));
      if (values.length === 0)
        return [metric, { mean: null, minimum: null, maximum: null, low: null, high: null }];
      const weightedMean = (weights: Float64Array): number =>
        values.reduce((sum, value, i) => sum + weights[i]! * value, 0);
      const folds = values.map((_, i) => i);
      const { low, high } = bayesianBootstrap(folds, weightedMean, { seed });
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      return [metric, { mean, minimum: Math.min(...values), maximum: Math.max(...values), low, high }];
    }),
  );
}

/** Trains once a fold, each patient validated on once; a fold that was interrupted goes on from its own checkpoint. */
export async function crossValidate(
  options: Omit<RunOptions, "training" | "validation"> & { readonly samples: readonly GradedCrop[] },
  folds: number,
): Promise<CrossValidation> {
  const { recipe, samples, checkpoint, log } = options;
  const results: FoldResult[] = [];
  for (const [i, split] of patientFolds(samples, folds, recipe.seed).entries()) {
    const fold = i + 1;
    const { network, best, last, bestEpoch } = await trainNiemeyer({
      ...options,
      ...split,
      checkpoint: `${checkpoint}.fold-${fold}-of-${folds}`,
      log: (line) => {
        log(`fold ${fold}/${folds} ${line}`);
      },
    });
    const scores = await evaluateNiemeyer(recipe, network, best, split.validation);
    const lastEpoch = await evaluateNiemeyer(recipe, network, last, split.validation);
    results.push({
      fold,
      patients: [...new Set(split.validation.map(({ patient }) => patient))],
      bestEpoch,
      scores: scores.scores,
      lastEpoch: lastEpoch.scores,
    });
  }
  return {
    recipe,
    patients: new Set(samples.map(({ patient }) => patient)).size,
    discs: samples.length,
    folds: results,
    summary: summariseFolds(
      results.map(({ scores }) => scores),
      recipe.seed,
    ),
    lastEpochSummary: summariseFolds(
      results.map(({ lastEpoch }) => lastEpoch),
      recipe.seed,
    ),
  };
}
