/**
 * The one description of a network: a list of layers, from which the ONNX inference graph, the ONNX training graph and
 * the tfjs model are made. A layer reads the layer before it unless `from` names another; the list is in computing order.
 * Tensors are [batch][channel][row][column] ("NCHW") or [batch][feature].
 */

interface Placed {
  /** Name by which other layers or outputs refer to this one. */
  readonly name?: string;
  /** Name of the layer that it reads; the one before it when absent. `input` is the network's input. */
  readonly from?: string;
}

export type Layer = Placed &
  (
    | {
        readonly kind: "convolution";
        readonly filters: number;
        readonly kernel: number;
        readonly stride?: number;
        readonly dilation?: number;
        /** "same" keeps rows and columns (halves them at stride 2), "valid" uses no padding. */
        readonly padding: "same" | "valid";
      }
    | { readonly kind: "leakyRelu"; readonly slope: number }
    | { readonly kind: "batchNormalization" }
    /** Drops whole channels (spatial dropout) of maps, or single features of vectors, while training. */
    | { readonly kind: "dropout"; readonly rate: number }
    /** 2 x 2 maximum, stride 2. */
    | { readonly kind: "maxPooling" }
    /** Doubles rows and columns by repetition. */
    | { readonly kind: "upsampling" }
    /** Channels (or features) of the layer read, followed by those of `with`. */
    | { readonly kind: "concatenation"; readonly with: string }
    /** Element-wise sum with the layer `with` of the same shape. */
    | { readonly kind: "addition"; readonly with: string }
    | { readonly kind: "globalAveragePooling" }
    | { readonly kind: "dense"; readonly units: number }
  );

/**
 * How an output is trained.
 * - `crossEntropy`: softmax over channels, targets are distributions over the classes (may be soft).
 * - `setCrossEntropy`: softmax, targets mark the classes that are allowed (1) or not (0); the loss is −log of their summed
 *   probability. With one class marked it is cross-entropy; with several it says "one of these" (partial labels).
 * - `ordinalCrossEntropy`: cross-entropy times 1 + d / (K − 1), where d is the distance in ranks between the most probable
 *   class and the target's and K the number of classes (Niemeyer 2021, "ordinal categorical cross-entropy"). The factor is
 *   a constant to the gradient: the most probable class changes in jumps.
 * - `squaredOrdinalCrossEntropy`: the same with the factor 1 + (d / (K − 1))².
 * - `softKappa`: log(1 − κ) of the batch, κ being Cohen's quadratically weighted kappa between the targets and the
 *   predicted distributions (de la Torre et al. 2018, Pattern Recognit Lett 105:144, equations 10 to 12). The weights of
 *   samples are their shares in the batch; their sum does not matter. For vectors only, not for maps.
 * - `squaredError`: linear output, mean over its units.
 * - `absoluteError`: linear output, mean over its units; the gradient is 0 where there is no error.
 */
export const LOSSES = [
  "crossEntropy",
  "setCrossEntropy",
  "ordinalCrossEntropy",
  "squaredOrdinalCrossEntropy",
  "softKappa",
  "squaredError",
  "absoluteError",
] as const;

/** How an output is trained, see {@link LOSSES}. */
export type Loss = (typeof LOSSES)[number];

/** Whether outputs of this loss are classes, with a softmax over them; else they are plain numbers. */
export function isClassification(loss: Loss): boolean {
  return loss !== "squaredError" && loss !== "absoluteError";
}

export interface Output {
  /** Name of the layer whose values (logits) are the output. */
  readonly name: string;
  readonly loss: Loss;
}

export interface Network {
  readonly name: string;
  readonly input: { readonly channels: number; readonly rows: number; readonly columns: number };
  /** Vectors fed beside the image: name -> number of features. A layer reads one by `from` or `with`. */
  readonly extraInputs?: Readonly<Record<string, number>>;
  readonly layers: readonly Layer[];
  readonly outputs: readonly Output[];
  /** Layers whose values inference also returns, such as the maps before global average pooling (for hotspots). */
  readonly exposed?: readonly string[];
}

/** [channels, rows, columns] of a map or [features] of a vector, without the batch. */
export type Shape = readonly number[];

/** A layer with its place resolved: its own name, the names it reads, its shapes. */
export interface PlacedLayer {
  readonly layer: Layer;
  readonly name: string;
  readonly reads: readonly string[];
  readonly inputShape: Shape;
  readonly shape: Shape;
}

/** A tensor of weights. `trainable` is false for batch normalisation's running statistics. */
export interface Parameter {
  readonly name: string;
  readonly shape: Shape;
  readonly role: "kernel" | "bias" | "scale" | "shift" | "mean" | "variance";
  readonly trainable: boolean;
  /** Values that one output value is computed from: He initialisation divides by it. */
  readonly fanIn: number;
}

/** Zero padding on each side of a convolution's input. */
export function convolutionPadding(layer: Extract<Layer, { kind: "convolution" }>): number {
  return layer.padding === "valid" ? 0 : ((layer.kernel - 1) * (layer.dilation ?? 1)) / 2;
}

function outputShape(layer: Layer, input: Shape, other: Shape | undefined): Shape {
  const [channels, rows = 1, columns = 1] = input as [number, number?, number?];
  switch (layer.kind) {
    case "convolution": {
      const reach = (layer.kernel - 1) * (layer.dilation ?? 1);
      const size = (n: number): number =>
        Math.floor((n + 2 * convolutionPadding(layer) - reach - 1) / (layer.stride ?? 1)) + 1;
      return [layer.filters, size(rows), size(columns)];
    }
    case "maxPooling":
      return [channels, Math.floor(rows / 2), Math.floor(columns / 2)];
    case "upsampling":
      return [channels, rows * 2, columns * 2];
    case "concatenation":
      if (other === undefined || other.slice(1).join() !== input.slice(1).join())
        throw new Error(
          `Layers of ${input.join("x")} and ${other?.join("x") ?? "nothing"} cannot be concatenated: rows and columns differ.`,
        );
      return [channels + other[0]!, ...input.slice(1)];
    case "addition":
      if (other?.join() !== input.join())
        throw new Error(`Layers of ${input.join("x")} and ${other?.join("x") ?? "nothing"} cannot be added.`);
      return input;
    case "globalAveragePooling":
      return [channels];
    case "dense":
      return [layer.units];
    default:
      return input;
  }
}

/** Resolves names and shapes of all layers; throws where a name is unknown or shapes do not fit. */
export function placeLayers(network: Network): PlacedLayer[] {
  const shapes = new Map<string, Shape>([
    ["input", [network.input.channels, network.input.rows, network.input.columns]],
  ]);
  for (const [name, features] of Object.entries(network.extraInputs ?? {})) shapes.set(name, [features]);
  let previous = "input";
  return network.layers.map((layer, index) => {
    const name = layer.name ?? `${layer.kind}${index + 1}`;
    const reads = "with" in layer ? [layer.from ?? previous, layer.with] : [layer.from ?? previous];
    const [inputShape, other] = reads.map((read) => {
      const shape = shapes.get(read);
      if (shape === undefined)
        throw new Error(
          `Layer ${name} of ${network.name} reads "${read}", which no earlier layer is called.`,
        );
      return shape;
    });
    if (shapes.has(name)) throw new Error(`Two layers of ${network.name} are called ${name}.`);
    const shape = outputShape(layer, inputShape!, other);
    shapes.set(name, shape);
    previous = name;
    return { layer, name, reads, inputShape: inputShape!, shape };
  });
}

/** All tensors of weights in layer order. */
export function listParameters(network: Network): Parameter[] {
  return placeLayers(network).flatMap(({ layer, name, inputShape }): Parameter[] => {
    const channels = inputShape[0]!;
    const make = (role: Parameter["role"], shape: Shape, fanIn = 1): Parameter => ({
      name: `${name}/${role}`,
      shape,
      role,
      fanIn,
      trainable: role !== "mean" && role !== "variance",
    });
    switch (layer.kind) {
      case "convolution": {
        const { kernel, filters } = layer;
        return [
          make("kernel", [filters, channels, kernel, kernel], channels * kernel * kernel),
          make("bias", [filters]),
        ];
      }
      case "dense":
        return [make("kernel", [layer.units, channels], channels), make("bias", [layer.units])];
      case "batchNormalization":
        return (["scale", "shift", "mean", "variance"] as const).map((role) => make(role, [channels]));
      default:
        return [];
    }
  });
}

/** Number of values in a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** Number of weights, running statistics included (as Keras counts them, and Niemeyer's Table 1). */
export function countParameters(network: Network): number {
  return listParameters(network).reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);
}
