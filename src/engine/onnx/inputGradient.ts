import { listParameters, placeLayers } from "../network.js";
import type { Network, PlacedLayer } from "../network.js";
import type { Weights } from "../weights.js";
import { GraphBuilder } from "./builder.js";
import { convolutionInputGradient } from "./layers/convolution.js";
import { emitForward, emitTraining } from "./layers/index.js";
import type { Emission } from "./layers/index.js";
import { EPSILON } from "./layers/normalization.js";

/** What the derivative is taken of, by what, and how. */
export interface InputGradientOptions {
  /** Samples in a batch; the graph's shapes are fixed. */
  readonly batch: number;
  /** Layer whose values the score is differentiated by; "input", the image, by default. */
  readonly respectTo?: string;
  /** Guided back-propagation (Springenberg et al. 2015): leaky ReLU's backward part also zeroes negative gradients. */
  readonly isGuided?: boolean;
}

/** Name of the graph input with the direction in which an output's values are scored: [batch][unit]. */
export function directionName(output: string): string {
  return `direction/${output}`;
}

/**
 * The ONNX file of a score's derivative by the image (or a layer), with weights inside, batch normalisation at its
 * running statistics and no dropout: the network as it is at inference. The score of a sample is the sum over outputs
 * of their values before any softmax times a direction that is fed, so that one graph serves every class of every
 * output. Inputs: image, extra inputs, `direction/OUTPUT`. Outputs: `score` [batch], `values` and `gradient` of the
 * tensor that the score is differentiated by.
 * @throws Error where no layer has that name or no output depends on it.
 */
export function inputGradientGraph(
  network: Network,
  weights: Weights,
  { batch, respectTo = "input", isGuided = false }: InputGradientOptions,
): Uint8Array {
  const graph = new GraphBuilder(`${network.name} input gradient`);
  const { channels, rows, columns } = network.input;
  graph.input("input", [batch, channels, rows, columns]);
  for (const [name, features] of Object.entries(network.extraInputs ?? {}))
    graph.input(name, [batch, features]);
  for (const { name, shape } of listParameters(network)) {
    const values = weights[name];
    if (values === undefined)
      throw new Error(`The weights have no tensor called ${name}; they belong to another network.`);
    graph.floats(name, shape, values);
  }

  const placedLayers = placeLayers(network);
  const shapes = new Map(placedLayers.map(({ name, shape }) => [name, shape]));
  const shape = respectTo === "input" ? [channels, rows, columns] : shapes.get(respectTo);
  if (shape === undefined) throw new Error(`${network.name} has no layer called ${respectTo}.`);

  const tensors = new Map([["input", "input"]]);
  const depends = new Set([respectTo]);
  const rules = new Map<string, (gradient: string) => readonly (string | undefined)[]>();
  for (const placed of placedLayers) {
    const inputs = placed.reads.map((read) => tensors.get(read) ?? read);
    const emission: Emission = { graph, placed, inputs, batch, wantsInputGradient: true };
    if (placed.reads.some((read) => depends.has(read)) && placed.name !== respectTo) {
      const { output, backward } = emitDifferentiable(emission, isGuided);
      depends.add(placed.name);
      rules.set(placed.name, backward);
      tensors.set(placed.name, output);
    } else tensors.set(placed.name, emitForward(emission));
  }

  const gradients = new Map<string, string>();
  const accumulate = (name: string, gradient: string): void => {
    const before = gradients.get(name);
    gradients.set(name, before === undefined ? gradient : graph.op("Add", [before, gradient]));
  };
  const scores = network.outputs.map(({ name }) => {
    const units = shapes.get(name)!;
    const direction = graph.input(directionName(name), [batch, ...units]);
    if (depends.has(name)) accumulate(name, direction);
    const product = graph.op("Mul", [tensors.get(name)!, direction]);
    return graph.sum(
      product,
      units.map((_, axis) => axis + 1),
    );
  });
  graph.output("score", scores.length === 1 ? scores[0]! : graph.op("Sum", scores), [batch]);

  for (const placed of placedLayers.toReversed()) {
    const gradient = gradients.get(placed.name);
    const rule = rules.get(placed.name);
    if (gradient === undefined || rule === undefined) continue;
    rule(gradient).forEach((inputGradient, index) => {
      const read = placed.reads[index]!;
      if (inputGradient !== undefined && depends.has(read)) accumulate(read, inputGradient);
    });
  }
  const gradient = gradients.get(respectTo);
  if (gradient === undefined)
    throw new Error(`No output of ${network.name} depends on ${respectTo}, so it has no gradient.`);
  graph.output("values", tensors.get(respectTo)!, [batch, ...shape]);
  graph.output("gradient", gradient, [batch, ...shape]);
  return graph.encode();
}

/** A layer as at inference, and the rule from its output's gradient to its inputs' gradients. */
interface Differentiable {
  readonly output: string;
  readonly backward: (gradient: string) => readonly (string | undefined)[];
}

/** Layers without weights have their training rule; the others differ at inference or need no gradient of weights. */
function emitDifferentiable(emission: Emission, isGuided: boolean): Differentiable {
  const { graph, placed } = emission;
  const { layer, name } = placed;
  const output = (): string => emitForward(emission);
  switch (layer.kind) {
    case "convolution":
      return {
        output: output(),
        backward: (gradient) => [convolutionInputGradient(emission, layer, gradient)],
      };
    case "dense":
      return { output: output(), backward: (gradient) => [graph.op("MatMul", [gradient, `${name}/kernel`])] };
    case "dropout":
      return { output: output(), backward: (gradient) => [gradient] };
    case "batchNormalization":
      return {
        output: output(),
        backward: (gradient) => [graph.op("Mul", [gradient, normalizationGain(emission, placed)])],
      };
    case "leakyRelu": {
      const step = emitTraining(emission);
      return {
        output: step.output,
        backward: (gradient) => step.backward(isGuided ? graph.op("Relu", [gradient]) : gradient).inputs,
      };
    }
    default: {
      const step = emitTraining(emission);
      return { output: step.output, backward: (gradient) => step.backward(gradient).inputs };
    }
  }
}

/** Slope of batch normalisation at its running statistics: scale / sqrt(variance + epsilon), one for each channel. */
function normalizationGain({ graph }: Emission, { name, inputShape }: PlacedLayer): string {
  const deviation = graph.op("Sqrt", [graph.op("Add", [`${name}/variance`, graph.scalar(EPSILON)])]);
  const gain = graph.op("Div", [`${name}/scale`, deviation]);
  return graph.reshape(gain, [1, inputShape[0]!, ...inputShape.slice(1).map(() => 1)]);
}
