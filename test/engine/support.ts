import type { Random } from "../../src/numbers/index.js";
import { isClassification, multitaskNetwork, placeLayers, sizeOf } from "../../src/engine/index.js";
import type { Batch, Layer, Loss, Network } from "../../src/engine/index.js";

export function randomValues(random: Random, count: number): Float32Array {
  return Float32Array.from({ length: count }, () => random.normal());
}

/** Targets that fit the loss: a distribution, a set with at least one class, or plain numbers. */
function targets(random: Random, loss: Loss, shape: readonly number[], batchSize: number): Float32Array {
  const [classes, pixels] = [shape[0]!, sizeOf(shape.slice(1))];
  const values = new Float32Array(batchSize * classes * pixels);
  for (let b = 0; b < batchSize; b++)
    for (let p = 0; p < pixels; p++) {
      const first = random.integer(classes);
      const second = random.integer(classes);
      for (let k = 0; k < classes; k++) {
        const index = (b * classes + k) * pixels + p;
        const marks = (k === first ? 1 : 0) + (k === second ? 1 : 0);
        if (!isClassification(loss)) values[index] = random.normal();
        else if (loss === "setCrossEntropy") values[index] = Math.min(1, marks);
        // Where two classes share half of the target each, the most probable one is a matter of rounding.
        else if (loss === "crossEntropy") values[index] = marks / 2;
        else values[index] = (k === first ? 0.7 : 0) + (k === second ? 0.3 : 0);
      }
    }
  return values;
}

/** Noise in, with targets and weights that fit the network's outputs. */
export function randomBatch(network: Network, random: Random, batchSize: number): Batch {
  const shapes = new Map(placeLayers(network).map((placed) => [placed.name, placed.shape]));
  const { channels, rows, columns } = network.input;
  return {
    input: randomValues(random, batchSize * channels * rows * columns),
    extra: Object.fromEntries(
      Object.entries(network.extraInputs ?? {}).map(([name, n]) => [
        name,
        randomValues(random, batchSize * n),
      ]),
    ),
    targets: Object.fromEntries(
      network.outputs.map(({ name, loss }) => [name, targets(random, loss, shapes.get(name)!, batchSize)]),
    ),
    weights: Object.fromEntries(
      network.outputs.map(({ name }) => [
        name,
        Float32Array.from({ length: batchSize * sizeOf(shapes.get(name)!.slice(1)) }, () =>
          random.between(0.1, 0.5),
        ),
      ]),
    ),
  };
}

/** A network on 8 x 6 pixels with two channels, whose last layer is its output. */
function smallNetwork(
  layers: readonly Layer[],
  loss: Loss = "crossEntropy",
  extraInputs?: Record<string, number>,
): Network {
  return {
    name: "small",
    input: { channels: 2, rows: 8, columns: 6 },
    extraInputs,
    layers,
    outputs: [{ name: layers.at(-1)!.name!, loss }],
  };
}

const firstLayer: Layer = { kind: "convolution", filters: 4, kernel: 3, padding: "same" };
const headLayers: readonly Layer[] = [
  { kind: "globalAveragePooling" },
  { kind: "dense", units: 3, name: "out" },
];

const fiveClasses: readonly Layer[] = [
  { kind: "globalAveragePooling" },
  { kind: "dense", units: 5, name: "out" },
];

/** A small multi-task network; its head `a` reads the further layers, too. */
export const smallMultitask: Network = multitaskNetwork({
  size: 16,
  channels: 2,
  geometry: 3,
  heads: { a: 2, b: 4 },
  further: ["a"],
});

/** Small networks that together use every kind of layer, every option of convolution and every loss. */
export const smallNetworks: Readonly<Record<string, Network>> = {
  "convolution, same": smallNetwork([
    firstLayer,
    { kind: "convolution", filters: 3, kernel: 3, padding: "same" },
    ...headLayers,
  ]),
  "convolution, valid and dilated": smallNetwork([
    firstLayer,
    { kind: "convolution", filters: 3, kernel: 3, dilation: 2, padding: "valid" },
    ...headLayers,
  ]),
  "convolution, same and dilated": smallNetwork([
    firstLayer,
    { kind: "convolution", filters: 3, kernel: 3, dilation: 3, padding: "same" },
    ...headLayers,
  ]),
  "convolution with stride 2": smallNetwork([
    firstLayer,
    { kind: "convolution", filters: 3, kernel: 3, stride: 2, padding: "same" },
    { kind: "convolution", filters: 2, kernel: 3, padding: "same" },
    ...headLayers,
  ]),
  "convolution 1 x 1": smallNetwork([
    firstLayer,
    { kind: "convolution", filters: 3, kernel: 1, padding: "same" },
    ...headLayers,
  ]),
  "leaky ReLU": smallNetwork([firstLayer, { kind: "leakyRelu", slope: 0.2 }, ...headLayers]),
  "batch normalisation of maps": smallNetwork([
    firstLayer,
    { kind: "batchNormalization" },
    { kind: "convolution", filters: 3, kernel: 3, padding: "same" },
    ...headLayers,
  ]),
  "batch normalisation of vectors": smallNetwork([
    firstLayer,
    { kind: "globalAveragePooling" },
    { kind: "batchNormalization" },
    { kind: "dense", units: 3, name: "out" },
  ]),
  dropout: smallNetwork([firstLayer, { kind: "dropout", rate: 0.3 }, ...headLayers]),
  "max pooling": smallNetwork([
    firstLayer,
    { kind: "maxPooling" },
    { kind: "convolution", filters: 3, kernel: 3, padding: "same" },
    ...headLayers,
  ]),
  upsampling: smallNetwork([
    { ...firstLayer, stride: 2 },
    { kind: "upsampling" },
    { kind: "convolution", filters: 3, kernel: 3, padding: "same" },
    ...headLayers,
  ]),
  "concatenation and addition": smallNetwork([
    { ...firstLayer, name: "a" },
    { kind: "convolution", filters: 4, kernel: 3, padding: "same", name: "b" },
    { kind: "addition", with: "a" },
    { kind: "concatenation", with: "b" },
    ...headLayers,
  ]),
  "extra inputs and dense layers": smallNetwork(
    [
      firstLayer,
      { kind: "globalAveragePooling" },
      { kind: "concatenation", with: "geometry" },
      { kind: "dense", units: 5 },
      { kind: "leakyRelu", slope: 0.3 },
      { kind: "dense", units: 3, name: "out" },
    ],
    "crossEntropy",
    { geometry: 2 },
  ),
  "squared error": smallNetwork(
    [firstLayer, { kind: "globalAveragePooling" }, { kind: "dense", units: 2, name: "out" }],
    "squaredError",
  ),
  "absolute error": smallNetwork(
    [firstLayer, { kind: "globalAveragePooling" }, { kind: "dense", units: 2, name: "out" }],
    "absoluteError",
  ),
  "ordinal cross-entropy": smallNetwork([firstLayer, ...fiveClasses], "ordinalCrossEntropy"),
  "squared ordinal cross-entropy": smallNetwork([firstLayer, ...fiveClasses], "squaredOrdinalCrossEntropy"),
  "ordinal cross-entropy per pixel": smallNetwork(
    [firstLayer, { kind: "convolution", filters: 4, kernel: 1, padding: "same", name: "out" }],
    "ordinalCrossEntropy",
  ),
  "soft kappa": smallNetwork([firstLayer, ...fiveClasses], "softKappa"),
  "cross-entropy per pixel": smallNetwork([
    firstLayer,
    { kind: "convolution", filters: 3, kernel: 1, padding: "same", name: "out" },
  ]),
  "set cross-entropy per pixel": smallNetwork(
    [firstLayer, { kind: "convolution", filters: 4, kernel: 1, padding: "same", name: "out" }],
    "setCrossEntropy",
  ),
};
