import type { Layer, Network } from "../network.js";

export interface MultitaskOptions {
  readonly size: number;
  readonly channels: number;
  /** Numbers fed beside the image. */
  readonly geometry: number;
  /** Output name -> number of classes. */
  readonly heads: Readonly<Record<string, number>>;
  /** Heads that read the second layer and the measured units, too. */
  readonly further: readonly string[];
}

/** Maps of the encoder and of the second layer, and units between the measures and the heads. */
const SHARED = 96;
const SECOND = 48;
const MEASURED = 24;

/**
 * One encoder shared by all scores and a linear head for each (after Jamaludin et al. 2017), with global average pooling
 * so that each head's class activation maps come for free, and measured geometry beside the pooled maps. The `further` heads
 * also read the pooled maps of one more layer, and the geometry through a layer of its own: they can be taught anew with
 * these two while the encoder, and with it all other heads, stay as they are.
 *
 * The layer `maps` holds the encoder's maps, followed by the second layer's.
 */
export function multitaskNetwork({ size, channels, geometry, heads, further }: MultitaskOptions): Network {
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
      ...convolution(SHARED),
      ...convolution(SHARED),
      ...convolution(SHARED),
      { kind: "dropout", rate: 0.2, name: "shared" },
      { kind: "globalAveragePooling" },
      { kind: "concatenation", with: "geometry", name: "evidence" },
      { kind: "convolution", filters: SECOND, kernel: 3, padding: "same", from: "shared", name: "second" },
      { kind: "leakyRelu", slope: 0.01, name: "secondMaps" },
      { kind: "concatenation", from: "shared", with: "secondMaps", name: "maps" },
      { kind: "dense", units: MEASURED, from: "geometry", name: "measured" },
      { kind: "leakyRelu", slope: 0.01, name: "measuredUnits" },
      { kind: "globalAveragePooling", from: "maps" },
      { kind: "concatenation", with: "geometry" },
      { kind: "concatenation", with: "measuredUnits", name: "furtherEvidence" },
      ...Object.entries(heads).map(([name, units]): Layer => ({
        kind: "dense",
        units,
        name,
        from: further.includes(name) ? "furtherEvidence" : "evidence",
      })),
    ],
    outputs: Object.keys(heads).map((name) => ({ name, loss: "setCrossEntropy" as const })),
    exposed: ["maps"],
  };
}

/**
 * The encoder of a multi-task network with one more layer that names the class of each place of its maps (`tissue`). Its layers have
 * the names that they have in the multi-task network, so that what it learns can be put there.
 * @throws RangeError for another network
 */
export function multitaskEncoder(network: Network, classes: number): Network {
  const last = network.layers.findIndex(({ name }) => name === "shared");
  if (last < 0) throw new RangeError(`${network.name} has no encoder that can learn tissues by itself.`);
  return {
    name: `${network.name}-encoder`,
    input: network.input,
    layers: [
      ...network.layers.slice(0, last + 1),
      { kind: "convolution", filters: classes, kernel: 1, padding: "same", name: "tissue" },
    ],
    outputs: [{ name: "tissue", loss: "crossEntropy" }],
  };
}
