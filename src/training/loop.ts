import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import type { Batch, Trainer } from "../engine/index.js";
import type { DataSource } from "./datasets/index.js";

/** What every model that is trained step by step is told. */
export interface StepRecipe {
  /** Data sets: their folders, or opened. */
  readonly data: DataSource;
  readonly steps: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Phantoms to draw samples from; 0 for none. */
  readonly phantoms: number;
  readonly checkpoint: string;
  readonly output: string;
}

/** Where the n-th (from 0) of a training's stages keeps its checkpoint and weights: the last one's are the training's own. */
export function placesOfStage(
  { checkpoint, output }: Pick<StepRecipe, "checkpoint" | "output">,
  n: number,
  stages: number,
): Pick<StepRecipe, "checkpoint" | "output"> {
  if (n === stages - 1) return { checkpoint, output };
  const own = `${checkpoint}.stage-${n + 1}`;
  return { checkpoint: own, output: `${own}.safetensors` };
}

export interface LoopOptions {
  readonly trainer: Trainer;
  readonly steps: number;
  /** Makes the batch of a step; called while the step before it runs. */
  readonly nextBatch: (step: number) => Batch;
  /** Highest learning rate; it rises over the first 50 steps and falls to zero as a cosine. */
  readonly learningRate: number;
  /** File that makes the run resumable; written every `checkpointEvery` steps. */
  readonly checkpoint: string;
  readonly log: (line: string) => void;
  /** Called after each step; a throw ends the run, which goes on from its checkpoint when started again. */
  readonly onStep?: ((step: number) => void) | undefined;
}

const WARM_UP = 50;
const CHECKPOINT_EVERY = 100;
const LOG_EVERY = 20;

/** Learning rate of a step: linear warm-up, then a cosine down to zero. */
export function cosineRate(step: number, steps: number, highest: number): number {
  return highest * Math.min(1, (step + 1) / WARM_UP) * 0.5 * (1 + Math.cos((Math.PI * step) / steps));
}

/** Trains until `steps`, going on from the checkpoint where one exists. */
export async function trainLoop({
  trainer,
  steps,
  nextBatch,
  learningRate,
  checkpoint,
  log,
  onStep,
}: LoopOptions): Promise<void> {
  await mkdir(dirname(checkpoint), { recursive: true });
  if (existsSync(checkpoint)) {
    await trainer.restoreCheckpoint(checkpoint);
    log(`going on from step ${trainer.steps} of ${steps}`);
  }
  let smoothed: number | undefined;
  const started = Date.now();
  const first = trainer.steps;
  let batch = trainer.steps < steps ? nextBatch(trainer.steps) : undefined;
  while (batch !== undefined) {
    const running = trainer.step(batch, cosineRate(trainer.steps, steps, learningRate));
    batch = trainer.steps + 1 < steps ? nextBatch(trainer.steps + 1) : undefined;
    const loss = await running;
    smoothed = smoothed === undefined ? loss : 0.95 * smoothed + 0.05 * loss;
    if (trainer.steps % LOG_EVERY === 0 || trainer.steps === steps) {
      const seconds = (Date.now() - started) / 1000;
      const left = (seconds / (trainer.steps - first)) * (steps - trainer.steps);
      log(
        `step ${trainer.steps}/${steps} loss ${smoothed.toFixed(4)} ${seconds.toFixed(0)} s, about ${left.toFixed(0)} s left`,
      );
    }
    if (trainer.steps % CHECKPOINT_EVERY === 0 || trainer.steps === steps)
      await trainer.saveCheckpoint(checkpoint);
    onStep?.(trainer.steps);
  }
}
