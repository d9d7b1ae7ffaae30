import type { Layer, Network } from "../network.js";

export interface MultitaskOptions {
  readonly size: number;
  readonly channels: number;
  /** Numbers fed beside the image. */
  readonly geometry: number;
  /** Output name -> number of classes. */
  readonly heads: Readonly<Record<string, number>>;
}

/**
 * One encoder shared by all scores and a linear head for each (after Jamaludin et al. 2017), with global average pooling
 * so that each head's class activation maps come for free, and measured geometry beside the pooled maps.
 */
export function multitaskNetwork({ size, channels, geometry, heads }: MultitaskOptions): Network {
  const convolution = (filters: number): Layer[] => [
    { kind: "convolution", filters, kernel: 3, padding: "same" },
    { kind: "leakyRelu", slope: 0.01 },
    { kind: "batchNormalization" },
  ];
  return {
    name: `multitask-${size}`,
    input: { channels, rows: size, columns: size },
    extraInputs: { geometry },
    layers: [
      ...convolution(24),
      { kind: "maxPooling" },
      ...convolution(48),
      ...convolution(48),
      { kind: "dropout", rate: 0.1 },
      { kind: "maxPooling" },
      ...convolution(96),
      ...convolution(96),
      ...convolution(96),
      { kind: "dropout", rate: 0.2, name: "maps" },
      { kind: "globalAveragePooling" },
      { kind: "concatenation", with: "geometry", name: "evidence" },
      ...Object.entries(heads).map(([name, units]): Layer => ({
        kind: "dense",
        units,
        name,
        from: "evidence",
      })),
    ],
    outputs: Object.keys(heads).map((name) => ({ name, loss: "setCrossEntropy" as const })),
    exposed: ["maps"],
  };
}
