import { join } from "node:path";
import { createPredictor, loadWeights } from "../engine/index.js";
import type { Predictor, Weights } from "../engine/index.js";

/** A grading network with its weights (hotspots read the heads' weights). */
export interface Grader {
  readonly predictor: Predictor;
  readonly weights: Weights;
}

/** The shipped graders: Niemeyer's network for the Pfirrmann grade, the multi-task network for all other features. */
export interface Graders {
  readonly pfirrmann: Grader;
  readonly multitask: Grader;
}

async function loadGrader(path: string): Promise<Grader> {
  const { network, weights } = await loadWeights(path);
  return { predictor: await createPredictor(network, weights), weights };
}

let shared: Promise<Graders> | undefined;

/** Loads the graders of a models folder; once a process. Throws WeightsError where a file is missing or damaged. */
export function loadGraders(models: string): Promise<Graders> {
  shared ??= Promise.all(
    ["pfirrmann", "multitask"].map((name) => loadGrader(join(models, `${name}.safetensors`))),
  )
    .then(([pfirrmann, multitask]) => ({ pfirrmann: pfirrmann!, multitask: multitask! }))
    .catch((error: unknown) => {
      shared = undefined;
      throw error;
    });
  return shared;
}
