import { listParameters, placeLayers, sizeOf } from "./network.js";
import type { Network, Shape } from "./network.js";
import { gradientName, listDropoutMasks, LOSS, statisticName, trainingGraph } from "./onnx/graphs.js";
import { targetName, weightName } from "./onnx/losses.js";
import type { InferenceSession } from "./onnxruntime.js";
import type { Optimizer } from "./optimizer.js";
import { Random } from "../numbers/index.js";
import { createSession, runSession } from "./runtime.js";
import type { Tensor } from "./runtime.js";
import { readTensors, writeTensors } from "./weights.js";
import type { Weights } from "./weights.js";

/** What one training step is fed with. Targets and weights are by output name; `weights` carry the averaging. */
export interface Batch {
  readonly input: Float32Array;
  readonly extra?: Readonly<Record<string, Float32Array>>;
  readonly targets: Readonly<Record<string, Float32Array>>;
  readonly weights: Readonly<Record<string, Float32Array>>;
}

/** How fast running statistics of batch normalisation follow the batches. */
const STATISTICS_MOMENTUM = 0.95;

/** Trains one network step by step; holds the weights, the optimiser's state and the random generator of the dropout. */
export class Trainer {
  /** Steps made so far, restored from a checkpoint. */
  steps = 0;
  private random: Random;
  private readonly shapes: ReadonlyMap<string, Shape>;

  /** Whether running statistics of batch normalisation stay as they are, for networks whose encoder is not trained on. */
  keepsStatistics = false;

  private constructor(
    readonly network: Network,
    readonly weights: Weights,
    readonly batchSize: number,
    private readonly optimizer: Optimizer,
    private readonly session: InferenceSession,
    seed: number,
  ) {
    this.random = new Random(seed);
    this.shapes = new Map(placeLayers(network).map((placed) => [placed.name, placed.shape]));
  }

  static async create(
    network: Network,
    weights: Weights,
    batchSize: number,
    optimizer: Optimizer,
    seed: number,
  ): Promise<Trainer> {
    return new Trainer(
      network,
      weights,
      batchSize,
      optimizer,
      await createSession(trainingGraph(network, batchSize)),
      seed,
    );
  }

  /** Loss and gradients of one batch at the present weights, by parameter name, and the batch statistics. */
  async gradients(batch: Batch): Promise<{
    loss: number;
    gradients: Record<string, Float32Array>;
    statistics: Record<string, Float32Array>;
  }> {
    const { network, batchSize } = this;
    const { channels, rows, columns } = network.input;
    const feeds: Record<string, Tensor> = {
      input: { values: batch.input, shape: [batchSize, channels, rows, columns] },
    };
    for (const [name, features] of Object.entries(network.extraInputs ?? {}))
      feeds[name] = { values: batch.extra![name]!, shape: [batchSize, features] };
    for (const mask of listDropoutMasks(network))
      feeds[mask.name] = {
        values: this.dropoutMask(sizeOf(mask.shape), mask.rate),
        shape: [batchSize, ...mask.shape],
      };
    for (const { name } of network.outputs) {
      const shape = this.shapes.get(name)!;
      feeds[targetName(name)] = { values: batch.targets[name]!, shape: [batchSize, ...shape] };
      feeds[weightName(name)] = { values: batch.weights[name]!, shape: [batchSize, 1, ...shape.slice(1)] };
    }
    const parameters = listParameters(network);
    for (const { name, shape, trainable } of parameters)
      if (trainable) feeds[name] = { values: this.weights[name]!, shape };
    const results = await runSession(this.session, feeds);
    const pick = (trainable: boolean, named: (name: string) => string): Record<string, Float32Array> =>
      Object.fromEntries(
        parameters
          .filter((parameter) => parameter.trainable === trainable)
          .map(({ name }) => [name, results[named(name)]!.values]),
      );
    return {
      loss: results[LOSS]!.values[0]!,
      gradients: pick(true, gradientName),
      statistics: pick(false, statisticName),
    };
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
    for (const [key, { values }] of Object.entries(tensors)) {
      const [kind, name] = [key.slice(0, key.indexOf(":")), key.slice(key.indexOf(":") + 1)];
      if (kind === "weights") this.weights[name]!.set(values);
      else this.optimizer.state[name] = values;
    }
    this.steps = Number(metadata.steps);
    this.random = new Random(JSON.parse(metadata.random ?? "[]") as number[]);
    return metadata;
  }

  private dropoutMask(features: number, rate: number): Float32Array {
    return Float32Array.from({ length: this.batchSize * features }, () =>
      this.random.chance(rate) ? 0 : 1 / (1 - rate),
    );
  }
}
