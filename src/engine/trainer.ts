import * as v from "valibot";
import { sizeOf } from "./network.js";
import type { Network } from "./network.js";
import type { Batch, BatchGradients, Differentiate } from "./batchGradients.js";
import { createGradients } from "./create.js";
import { configuredEngine } from "./engines.js";
import { listDropoutMasks } from "./onnx/graphs.js";
import type { Optimizer } from "./optimizer.js";
import { Random } from "../numbers/index.js";
import { checked, checkedJson, wholeNumber } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { readTensors, writeTensors } from "./weights.js";
import type { Weights } from "./weights.js";

/** How fast running statistics of batch normalisation follow the batches. */
const STATISTICS_MOMENTUM = 0.95;

/** A generator's state in a checkpoint. */
const RANDOM_STATE: Schema<number[]> = v.pipe(v.array(v.pipe(v.number(), v.safeInteger())), v.length(4));

/** Trains one network step by step; holds the weights, the optimiser's state and the random generator of the dropout. */
export class Trainer {
  /** Steps made so far, restored from a checkpoint. */
  steps = 0;
  private random: Random;

  /** Whether running statistics of batch normalisation stay as they are, for networks whose encoder is not trained on. */
  keepsStatistics = false;

  private constructor(
    readonly network: Network,
    readonly weights: Weights,
    readonly batchSize: number,
    private readonly optimizer: Optimizer,
    private readonly differentiate: Differentiate,
    seed: number,
  ) {
    this.random = new Random(seed);
  }

  /** Throws an EngineError where the engine is unknown or not installed. */
  static async create(
    network: Network,
    weights: Weights,
    batchSize: number,
    optimizer: Optimizer,
    seed: number,
    engine = configuredEngine(),
  ): Promise<Trainer> {
    return new Trainer(
      network,
      weights,
      batchSize,
      optimizer,
      await createGradients(network, batchSize, engine),
      seed,
    );
  }

  /** Loss and gradients of one batch at the present weights, by parameter name, and the batch statistics. */
  async gradients(batch: Batch): Promise<BatchGradients> {
    const masks = listDropoutMasks(this.network).map(({ name, shape, rate }): [string, Float32Array] => [
      name,
      this.dropoutMask(sizeOf(shape), rate),
    ]);
    return this.differentiate(this.weights, batch, Object.fromEntries(masks));
  }

  /** One step of the optimiser; returns the loss before it. Throws when the loss is no number any more. */
  async step(batch: Batch, learningRate: number): Promise<number> {
    const { loss, gradients, statistics } = await this.gradients(batch);
    if (!Number.isFinite(loss))
      throw new Error(
        `Training of ${this.network.name} diverged at step ${this.steps}: the loss is ${loss}. Use a lower learning rate.`,
      );
    this.optimizer.step(this.weights, gradients, learningRate);
    for (const [name, values] of Object.entries(this.keepsStatistics ? {} : statistics)) {
      const running = this.weights[name]!;
      // The first steps set the average rather than move it from its arbitrary start.
      const keep = Math.min(STATISTICS_MOMENTUM, this.steps / (this.steps + 1));
      running.forEach((value, i) => (running[i] = keep * value + (1 - keep) * values[i]!));
    }
    this.steps++;
    return loss;
  }

  /** Writes everything needed to go on later into one file. */
  async saveCheckpoint(path: string, remarks: Readonly<Record<string, string>> = {}): Promise<void> {
    const entry = (
      [name, values]: [string, Float32Array],
      kind: string,
    ): [string, { shape: number[]; values: Float32Array }] => [
      `${kind}:${name}`,
      { shape: [values.length], values },
    ];
    const tensors = Object.fromEntries([
      ...Object.entries(this.weights).map((pair) => entry(pair, "weights")),
      ...Object.entries(this.optimizer.state).map((pair) => entry(pair, "optimizer")),
    ]);
    const metadata = {
      ...remarks,
      network: JSON.stringify(this.network),
      steps: String(this.steps),
      random: JSON.stringify(this.random.state()),
    };
    await writeTensors(path, { tensors, metadata }, "F32");
  }

  /** Puts back what {@link saveCheckpoint} wrote; returns its remarks. Throws when it belongs to another network. */
  async restoreCheckpoint(path: string): Promise<Readonly<Record<string, string>>> {
    const { tensors, metadata } = await readTensors(path);
    if (metadata.network !== JSON.stringify(this.network))
      throw new Error(
        `The checkpoint belongs to another version of network ${this.network.name}; delete it to start anew.`,
      );
    const random = checkedJson(metadata.random ?? "", RANDOM_STATE);
    const steps = checked(Number(metadata.steps), wholeNumber(0));
    if (random.problem !== undefined || steps.problem !== undefined)
      throw new Error(
        `The checkpoint of network ${this.network.name} does not say how far its training was; delete it to start anew.`,
      );
    for (const [key, { values }] of Object.entries(tensors)) {
      const [kind, name] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      if (kind === "weights") this.weights[name]!.set(values);
      else this.optimizer.state[name] = values;
    }
    this.steps = steps.value;
    this.random = new Random(random.value);
    return metadata;
  }

  private dropoutMask(features: number, rate: number): Float32Array {
    return Float32Array.from({ length: this.batchSize * features }, () =>
      this.random.chance(rate) ? 0 : 1 / (1 - rate),
    );
  }
}
