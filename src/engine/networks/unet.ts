import type { Layer, Network, Output } from "../network.js";

export interface UNetOptions {
  readonly name: string;
  readonly rows: number;
  readonly columns: number;
  readonly channels: number;
  /** Filters at each level, from full resolution down. */
  readonly filters: readonly number[];
  readonly classes: number;
  readonly loss: Output["loss"];
}

/** U-Net (Ronneberger et al. 2015) with padded convolutions, batch normalisation and repetition for going up. */
export function unet({ name, rows, columns, channels, filters, classes, loss }: UNetOptions): Network {
  const convolution = (count: number, label?: string): Layer[] => [
    { kind: "convolution", filters: count, kernel: 3, padding: "same" },
    { kind: "leakyRelu", slope: 0.01 },
    { kind: "batchNormalization", name: label },
  ];
  const bottom = filters.length - 1;
  const down = filters.flatMap((count, level) => [
    ...(level === 0 ? [] : [{ kind: "maxPooling" } as const]),
    ...convolution(count),
    ...convolution(count, `down${level}`),
  ]);
  const up = filters
    .slice(0, bottom)
    .map((count, level) => [
      { kind: "upsampling" } as const,
      { kind: "concatenation", with: `down${level}` } as const,
      ...convolution(count),
      ...convolution(count, `up${level}`),
    ])
    .reverse()
    .flat();
  return {
    name,
    input: { channels, rows, columns },
    layers: [
      ...down,
      ...up,
      { kind: "convolution", filters: classes, kernel: 1, padding: "same", name: "tissue" },
    ],
    outputs: [{ name: "tissue", loss }],
  };
}
