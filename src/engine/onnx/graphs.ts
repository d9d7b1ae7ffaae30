import { isClassification, listParameters, placeLayers } from "../network.js";
import type { Network, PlacedLayer } from "../network.js";
import type { Weights } from "../weights.js";
import { GraphBuilder } from "./builder.js";
import { dropoutMaskName, emitForward, emitTraining } from "./layers/index.js";
import type { TrainingStep } from "./layers/index.js";
import { emitLoss } from "./losses.js";

/** Names of the graph's outputs in training graphs. */
export const LOSS = "loss";
export function gradientName(parameter: string): string {
  return `gradient/${parameter}`;
}
export function statisticName(parameter: string): string {
  return `statistic/${parameter}`;
}

/**
 * The ONNX file for inference: weights inside, batch, rows and columns free. Outputs that are classes give
 * probabilities (softmax over the classes), others their values; exposed layers come as they are.
 */
export function inferenceGraph(network: Network, weights: Weights): Uint8Array {
  const graph = new GraphBuilder(network.name);
  graph.input("input", ["batch", network.input.channels, "rows", "columns"]);
  for (const [name, features] of Object.entries(network.extraInputs ?? {}))
    graph.input(name, ["batch", features]);
  for (const parameter of listParameters(network))
    graph.floats(parameter.name, parameter.shape, weightOf(weights, parameter.name));
  const tensors = new Map<string, string>();
  const placedLayers = placeLayers(network);
  for (const placed of placedLayers) {
    const inputs = placed.reads.map((read) => tensors.get(read) ?? read);
    tensors.set(placed.name, emitForward({ graph, placed, inputs, batch: 0, wantsInputGradient: false }));
  }
  const free = (name: string): (number | string)[] => {
    const { shape } = find(placedLayers, name);
    return ["batch", shape[0]!, ...shape.slice(1).map((_, i) => `${name}/${i}`)];
  };
  for (const output of network.outputs) {
    const values = tensors.get(output.name)!;
    graph.output(
      output.name,
      isClassification(output.loss) ? graph.op("Softmax", [values], { axis: 1 }) : values,
      free(output.name),
    );
  }
  for (const name of network.exposed ?? []) graph.output(name, tensors.get(name)!, free(name));
  return graph.encode();
}

/**
 * The ONNX file for training: forward, losses and backward for a fixed batch size. Inputs: image batch, extra inputs,
 * dropout masks, targets, weights of samples, and all trainable parameters. Outputs: the summed loss, each parameter's
 * gradient and the batch statistics of batch normalisation.
 */
export function trainingGraph(network: Network, batch: number): Uint8Array {
  const graph = new GraphBuilder(`${network.name} training`);
  graph.input("input", [batch, network.input.channels, network.input.rows, network.input.columns]);
  for (const [name, features] of Object.entries(network.extraInputs ?? {}))
    graph.input(name, [batch, features]);
  const parameters = listParameters(network).filter((parameter) => parameter.trainable);
  for (const parameter of parameters) graph.input(parameter.name, parameter.shape);

  const placedLayers = placeLayers(network);
  const differentiable = new Set<string>();
  const steps = new Map<string, TrainingStep>();
  for (const placed of placedLayers) {
    const inputs = placed.reads.map((read) => steps.get(read)?.output ?? read);
    const wantsInputGradient = placed.reads.some((read) => differentiable.has(read));
    steps.set(placed.name, emitTraining({ graph, placed, inputs, batch, wantsInputGradient }));
    if (wantsInputGradient || ["convolution", "dense", "batchNormalization"].includes(placed.layer.kind))
      differentiable.add(placed.name);
  }

  const gradients = new Map<string, string>();
  const accumulate = (name: string, gradient: string): void => {
    const before = gradients.get(name);
    gradients.set(name, before === undefined ? gradient : graph.op("Add", [before, gradient]));
  };
  const losses = network.outputs.map((output) => {
    const term = emitLoss(
      graph,
      output,
      steps.get(output.name)!.output,
      find(placedLayers, output.name).shape,
      batch,
    );
    accumulate(output.name, term.gradient);
    return term.loss;
  });
  graph.output(LOSS, losses.length === 1 ? losses[0]! : graph.op("Sum", losses), []);

  const shapes = new Map(parameters.map((parameter) => [parameter.name, parameter.shape]));
  for (const placed of placedLayers.toReversed()) {
    const gradient = gradients.get(placed.name);
    if (gradient === undefined) continue;
    const { inputs, parameters: own } = steps.get(placed.name)!.backward(gradient);
    placed.reads.forEach((read, index) => {
      const inputGradient = inputs[index];
      if (inputGradient !== undefined && differentiable.has(read)) accumulate(read, inputGradient);
    });
    for (const [name, tensor] of Object.entries(own))
      graph.output(gradientName(name), tensor, shapes.get(name)!);
  }
  for (const step of steps.values())
    for (const [name, tensor] of Object.entries(step.statistics ?? {}))
      graph.output(statisticName(name), tensor, ["channels"]);
  return graph.encode();
}

/** Dropout masks that a training graph wants: input name, shape without batch, rate. */
export function listDropoutMasks(network: Network): { name: string; shape: number[]; rate: number }[] {
  return placeLayers(network).flatMap(({ layer, name, inputShape }) =>
    layer.kind === "dropout"
      ? [
          {
            name: dropoutMaskName(name),
            shape: inputShape.length === 3 ? [inputShape[0]!, 1, 1] : [inputShape[0]!],
            rate: layer.rate,
          },
        ]
      : [],
  );
}

function find(placedLayers: readonly PlacedLayer[], name: string): PlacedLayer {
  const placed = placedLayers.find((candidate) => candidate.name === name);
  if (placed === undefined) throw new Error(`The network has no layer called ${name}.`);
  return placed;
}

function weightOf(weights: Weights, name: string): Float32Array {
  const values = weights[name];
  if (values === undefined)
    throw new Error(`The weights have no tensor called ${name}; they belong to another network.`);
  return values;
}
