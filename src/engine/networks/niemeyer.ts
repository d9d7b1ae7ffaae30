import { isClassification } from "../network.js";
import type { Layer, Loss, Network } from "../network.js";

export interface NiemeyerOptions {
  /** Rows and columns of the square input; the paper's is 128. */
  readonly size: number;
  /** Factor on the numbers of filters; the paper's is 1. */
  readonly width: number;
  /** 13 fractional grades (the paper's default), 5 integral ones, or 1 linear unit for regression. */
  readonly classes: number;
  readonly channels?: number;
  /** Cross-entropy by default; with 1 unit a loss of numbers (squared or absolute error) is wanted. */
  readonly loss?: Loss;
}

/** Layers after each convolution of Table 1: leaky ReLU 0.01, then batch normalisation. */
const activation: readonly Layer[] = [{ kind: "leakyRelu", slope: 0.01 }, { kind: "batchNormalization" }];

/**
 * The classifier of Niemeyer et al. 2021, Table 1, line by line; 2,355,021 parameters at width 1 with 13 classes.
 * Block 5 is a valid convolution with dilation 2 (32 x 32 -> 28 x 28), and layer 16 has 3·3·128·128 + 128 = 147,584
 * parameters: the 147,854 that the paper prints has two digits exchanged.
 * @throws RangeError where classes and loss do not belong together.
 */
export function niemeyerNetwork({
  size,
  width,
  classes,
  channels = 1,
  loss = "crossEntropy",
}: NiemeyerOptions): Network {
  if (isClassification(loss) !== classes > 1)
    throw new RangeError(
      `Niemeyer's network cannot have ${classes} output unit${classes === 1 ? "" : "s"} with the loss ${loss}: regression has 1 unit, classification more.`,
    );
  const convolution = (filters: number, dilation: number, padding: "same" | "valid" = "same"): Layer[] => [
    { kind: "convolution", filters: Math.round(filters * width), kernel: 3, dilation, padding },
    ...activation,
  ];
  const dropout: Layer = { kind: "dropout", rate: 0.2 };
  return {
    name: `niemeyer-${size}-${width}-${classes}`,
    input: { channels, rows: size, columns: size },
    layers: [
      ...convolution(32, 1),
      dropout,
      ...convolution(64, 2),
      ...convolution(64, 2),
      dropout,
      { kind: "maxPooling" },
      ...convolution(128, 2),
      ...convolution(128, 2),
      dropout,
      ...convolution(256, 3),
      ...convolution(256, 3),
      dropout,
      { kind: "maxPooling" },
      ...convolution(512, 2, "valid"),
      { ...dropout, name: "maps" },
      { kind: "globalAveragePooling" },
      { kind: "dense", units: classes, name: "pfirrmann" },
    ],
    outputs: [{ name: "pfirrmann", loss }],
    exposed: ["maps"],
  };
}
