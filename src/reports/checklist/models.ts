import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checkedJson, recordOf } from "../../text/index.js";
import { loadWeights } from "../../engine/index.js";
import type { Network } from "../../engine/index.js";
import { loadTrust, weightHashes } from "../../grading/index.js";
import type { CalibrationFile } from "../../grading/index.js";
import { accuracy, classAverageAccuracy, cohenKappa, offByMoreThan } from "../../statistics/index.js";
import { modelsFolder } from "../../analysis/index.js";
import { matrixOf, readCards } from "./modelCards.js";
import type { ModelCard } from "./modelCards.js";

/** One file of weights and what is on record about it. */
export interface ModelFacts {
  readonly name: string;
  /** SHA-256 of the weights. */
  readonly hash: string;
  readonly network: Network;
  /** How many numbers the weights are. */
  readonly parameters: number;
  /** As the weights' own metadata say. */
  readonly trainedOn?: string;
  /** Of `NAME.recipe.json`. */
  readonly recipe?: Readonly<Record<string, unknown>>;
  readonly card?: ModelCard;
}

/** What is on record about the models in use. */
export interface ModelsFacts {
  readonly models: readonly ModelFacts[];
  /** Absent where there is none, or where it belongs to other weights. */
  readonly calibration?: CalibrationFile;
}

/** Reads weights, recipes, model cards and calibration of a models folder. @throws WeightsError for damaged weights */
export async function readModels(folder = modelsFolder()): Promise<ModelsFacts> {
  const [hashes, cards, trust] = await Promise.all([
    weightHashes(folder),
    readCards(folder),
    loadTrust(folder),
  ]);
  const models = await Promise.all(
    Object.entries(hashes).map(async ([file, hash]): Promise<ModelFacts> => {
      const name = file.slice(0, -".safetensors".length);
      const { network, weights, metadata } = await loadWeights(join(folder, file));
      const recipe = await readRecipe(join(folder, `${name}.recipe.json`));
      const card = cards.get(name);
      return {
        name,
        hash,
        network,
        parameters: Object.values(weights).reduce((sum, values) => sum + values.length, 0),
        ...(metadata.trainedOn === undefined ? {} : { trainedOn: metadata.trainedOn }),
        ...(recipe === undefined ? {} : { recipe }),
        ...(card === undefined ? {} : { card }),
      };
    }),
  );
  return { models, ...(trust.calibration === undefined ? {} : { calibration: trust.calibration }) };
}

async function readRecipe(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    return checkedJson(await readFile(path, "utf8"), recordOf(v.unknown())).value;
  } catch {
    return undefined;
  }
}

/** Agreement with the readers, counted anew from the confusion matrix that a model card prints. */
export interface CardAgreement {
  readonly discs: number;
  readonly accuracy: number;
  readonly classAverage: number;
  /** Cohen's, linearly weighted. */
  readonly kappa: number;
  /** Share of discs off by more than one grade. */
  readonly offByMore: number;
}

/** Agreement from a card's confusion matrix; undefined where the card has none. */
export function cardAgreement(card: ModelCard | undefined): CardAgreement | undefined {
  const matrix = matrixOf(card);
  if (matrix === undefined) return undefined;
  const { classes, counts } = matrix;
  const pairs = counts.flatMap((row, r) =>
    row.flatMap((count, p) => Array.from({ length: count }, () => [classes[r]!, classes[p]!] as const)),
  );
  if (pairs.length === 0) return undefined;
  const [truth, predicted] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)];
  return {
    discs: pairs.length,
    accuracy: accuracy(truth, predicted, classes),
    classAverage: classAverageAccuracy(truth, predicted, classes),
    kappa: cohenKappa(truth, predicted, classes, "linear"),
    offByMore: offByMoreThan(truth, predicted, 1),
  };
}
