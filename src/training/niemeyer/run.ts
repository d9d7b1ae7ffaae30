import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import {
  initialWeights,
  listParameters,
  momentumDescent,
  readTensors,
  Trainer,
  writeTensors,
} from "../../engine/index.js";
import type { Network, Weights } from "../../engine/index.js";
import * as v from "valibot";
import { checkedJson, finiteNumber, wholeNumber } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { planBatches } from "./batches.js";
import type { BatchPlan } from "./batches.js";
import { evaluateNiemeyer } from "./evaluation.js";
import { networkOf } from "./recipe.js";
import type { NiemeyerRecipe } from "./recipe.js";
import type { GradedCrop } from "./samples.js";
import { afterEpoch, startPlateau } from "./schedule.js";
import type { Plateau } from "./schedule.js";

/** What one epoch came to. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  readonly learningRate: number;
  /** Mean of the batches' losses, class weights included. */
  readonly trainingLoss: number;
  readonly validationLoss: number;
  /** Exact agreement in the recipe's own grades. */
  readonly validationAccuracy: number;
}

/** Everything beside weights and optimiser from which a run goes on. */
interface RunState {
  /** Finished epochs. */
  readonly history: readonly EpochRecord[];
  readonly plateau: Plateau;
  /** Epoch (from 1) whose weights are the best so far; 0 before the first. */
  readonly bestEpoch: number;
  readonly bestAccuracy: number;
  /** Sum of the losses of the present epoch's steps. */
  readonly lossSum: number;
}

const RUN_STATE: Schema<RunState> = v.object({
  history: v.array(
    v.object({
      epoch: wholeNumber(1),
      learningRate: finiteNumber(),
      trainingLoss: finiteNumber(),
      validationLoss: finiteNumber(),
      validationAccuracy: finiteNumber(),
    }),
  ),
  plateau: v.object({
    learningRate: finiteNumber(),
    best: v.nullable(finiteNumber()),
    waited: wholeNumber(0),
  }),
  bestEpoch: wholeNumber(0),
  bestAccuracy: finiteNumber(),
  lossSum: finiteNumber(),
});

export interface RunOptions {
  readonly recipe: NiemeyerRecipe;
  readonly training: readonly GradedCrop[];
  readonly validation: readonly GradedCrop[];
  /** File that makes the run resumable; the best weights lie beside it, with `.best` at the end. */
  readonly checkpoint: string;
  /** Steps between checkpoints within an epoch (one is written after each epoch too). */
  readonly checkpointEvery?: number;
  readonly log: (line: string) => void;
  /** Called after each step; a throw ends the run, which goes on from its checkpoint when started again. */
  readonly onStep?: (step: number) => void;
}

/** A trained grader: the weights of the epoch with the best validation accuracy, and those of the last. */
export interface TrainedGrader {
  readonly network: Network;
  readonly best: Weights;
  readonly last: Weights;
  readonly bestEpoch: number;
  readonly history: readonly EpochRecord[];
}

/** Identifies what a checkpoint belongs to: the recipe and the discs on both sides. The length of the run may change. */
function fingerprint({ recipe, training, validation }: RunOptions): string {
  const hash = createHash("sha256").update(JSON.stringify({ ...recipe, epochs: 0 }));
  for (const samples of [training, validation]) {
    hash.update("|");
    for (const { patient, level, grade, crop } of samples) {
      hash.update(`${patient} ${level} ${grade};`);
      hash.update(new Uint8Array(crop.buffer, crop.byteOffset, crop.byteLength));
    }
  }
  return hash.digest("hex");
}

async function writeBest(path: string, network: Network, weights: Weights): Promise<void> {
  const tensors = Object.fromEntries(
    listParameters(network).map(({ name, shape }) => [name, { shape, values: weights[name]! }]),
  );
  await writeTensors(path, { tensors, metadata: {} }, "F32");
}

async function readBest(path: string): Promise<Weights> {
  const { tensors } = await readTensors(path);
  return Object.fromEntries(Object.entries(tensors).map(([name, { values }]) => [name, values]));
}

/** The state of a run: a new one, or as its checkpoint has it, which is put into the trainer. */
async function restore(trainer: Trainer, options: RunOptions): Promise<RunState> {
  const { checkpoint, recipe, log } = options;
  if (!existsSync(checkpoint))
    return {
      history: [],
      plateau: startPlateau(recipe.learningRate),
      bestEpoch: 0,
      bestAccuracy: -1,
      lossSum: 0,
    };
  const remarks = await trainer.restoreCheckpoint(checkpoint);
  if (remarks.belongs !== fingerprint(options))
    throw new Error(
      "The checkpoint was made by another recipe or with other discs; delete it to start anew, or name another with --checkpoint.",
    );
  const { value: state, problem } = checkedJson(remarks.run ?? "", RUN_STATE);
  if (state === undefined)
    throw new Error(
      `The checkpoint does not say how its run stood (${problem}); delete it to start anew, or name another with --checkpoint.`,
    );
  log(`going on after epoch ${state.history.length} of ${recipe.epochs}, step ${trainer.steps}`);
  return state;
}

/** Steps until the present epoch ends; returns the sum of its losses. */
async function finishEpoch(
  trainer: Trainer,
  plan: BatchPlan,
  state: RunState,
  { checkpointEvery = 100, onStep }: RunOptions,
  save: (state: RunState) => Promise<void>,
): Promise<number> {
  let { lossSum } = state;
  const end = (state.history.length + 1) * plan.stepsPerEpoch;
  let batch = trainer.steps < end ? plan.batch(trainer.steps) : undefined;
  while (batch !== undefined) {
    const running = trainer.step(batch, state.plateau.learningRate);
    // The next batch is made while the runtime computes.
    batch = trainer.steps + 1 < end ? plan.batch(trainer.steps + 1) : undefined;
    lossSum += await running;
    if (trainer.steps % checkpointEvery === 0) await save({ ...state, lossSum });
    onStep?.(trainer.steps);
  }
  return lossSum;
}

function epochLine({ epoch, ...record }: EpochRecord, epochs: number, seconds: number): string {
  const { trainingLoss, validationLoss, validationAccuracy, learningRate } = record;
  return (
    `epoch ${epoch}/${epochs} loss ${trainingLoss.toFixed(4)} validation loss ${validationLoss.toFixed(4)} ` +
    `accuracy ${validationAccuracy.toFixed(3)} learning rate ${learningRate.toPrecision(2)} ${seconds.toFixed(0)} s`
  );
}

/**
 * Trains one of Niemeyer's graders (2021): SGD with momentum, learning rate lowered on a plateau of the validation loss, the
 * weights of the epoch with the best validation accuracy kept. Goes on from the checkpoint where there is one, to the same
 * weights, bit by bit, as without an interruption (on the same machine with the same number of threads).
 * @throws Error where the checkpoint belongs to another recipe or other discs
 */
export async function trainNiemeyer(options: RunOptions): Promise<TrainedGrader> {
  const { recipe, training, validation, checkpoint, log } = options;
  const network = networkOf(recipe);
  const plan = planBatches(recipe, training);
  const optimizer = momentumDescent(recipe.momentum, { l2: recipe.l2 });
  const start = initialWeights(network, recipe.seed);
  const trainer = await Trainer.create(network, start, plan.batchSize, optimizer, recipe.seed);
  await mkdir(dirname(checkpoint), { recursive: true });
  let state = await restore(trainer, options);
  const belongs = fingerprint(options);
  const save = (now: RunState): Promise<void> =>
    trainer.saveCheckpoint(checkpoint, { belongs, run: JSON.stringify(now) });
  const bestFile = `${checkpoint}.best`;
  const started = Date.now();
  while (state.history.length < recipe.epochs) {
    const lossSum = await finishEpoch(trainer, plan, state, options, save);
    const { scores, loss } = await evaluateNiemeyer(recipe, network, trainer.weights, validation);
    const record: EpochRecord = {
      epoch: state.history.length + 1,
      learningRate: state.plateau.learningRate,
      trainingLoss: lossSum / plan.stepsPerEpoch,
      validationLoss: loss,
      validationAccuracy: scores.fractionalAccuracy,
    };
    const isBest = record.validationAccuracy > state.bestAccuracy;
    if (isBest) await writeBest(bestFile, network, trainer.weights);
    state = {
      history: [...state.history, record],
      plateau: afterEpoch(state.plateau, loss, recipe.plateauEpochs, recipe.plateauDivisor),
      bestEpoch: isBest ? record.epoch : state.bestEpoch,
      bestAccuracy: isBest ? record.validationAccuracy : state.bestAccuracy,
      lossSum: 0,
    };
    await save(state);
    log(epochLine(record, recipe.epochs, (Date.now() - started) / 1000));
  }
  return {
    network,
    best: await readBest(bestFile),
    last: trainer.weights,
    bestEpoch: state.bestEpoch,
    history: state.history,
  };
}
