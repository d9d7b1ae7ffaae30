import type { Layer, Network } from "../../engine/index.js";
import { PATCH_CHANNELS, PATCH_SIZE } from "./patch.js";

/** Bins of 0.5 mm along each axis of a patch in which the corner may lie: ±10 mm about the patch's middle. */
export const BINS = 41;
export const BIN_MM = 0.5;
/** Spread of the soft targets about the true place, in mm. */
const TARGET_DEVIATION = 0.5;
/** A place is the mean of the bins this near to the most probable one: two peaks do not average to a point between them. */
const PEAK_BINS = 3;

/** Numbers beside the patch: whether the corner is at the back, whether at the bottom (−1 or 1), as patches are mirrored. */
export const KIND_FEATURES = 2;

/** Places one corner in a patch: how far it lies from the patch's middle, as probabilities along either axis. */
export function cornerNetwork(): Network {
  const convolution = (filters: number, kernel = 3, padding: "same" | "valid" = "same"): Layer[] => [
    { kind: "convolution", filters, kernel, padding },
    { kind: "leakyRelu", slope: 0.01 },
    { kind: "batchNormalization" },
  ];
  return {
    name: "corners",
    input: { channels: PATCH_CHANNELS, rows: PATCH_SIZE, columns: PATCH_SIZE },
    extraInputs: { kind: KIND_FEATURES },
    layers: [
      ...convolution(16),
      { kind: "maxPooling" },
      ...convolution(32),
      { kind: "maxPooling" },
      ...convolution(48),
      { kind: "maxPooling" },
      ...convolution(64),
      // One window over the whole map: unlike global pooling it keeps where things are.
      ...convolution(96, PATCH_SIZE / 8, "valid"),
      { kind: "globalAveragePooling" },
      { kind: "dropout", rate: 0.1 },
      { kind: "concatenation", with: "kind", name: "evidence" },
      { kind: "dense", units: BINS, name: "inward", from: "evidence" },
      { kind: "dense", units: BINS, name: "towardsMiddle", from: "evidence" },
    ],
    outputs: [
      { name: "inward", loss: "crossEntropy" },
      { name: "towardsMiddle", loss: "crossEntropy" },
    ],
  };
}

/** mm from the patch's middle of a bin's centre. */
function binCentre(bin: number): number {
  return (bin - (BINS - 1) / 2) * BIN_MM;
}

/** Soft target over the bins for a corner this many mm from the patch's middle. */
export function binTarget(mm: number): Float32Array {
  const values = Float32Array.from({ length: BINS }, (_, bin) =>
    Math.exp(-0.5 * ((binCentre(bin) - mm) / TARGET_DEVIATION) ** 2),
  );
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
}

/** Place (mm from the patch's middle) and the probability near it, 0 to 1, that bins tell. */
export function placeFromBins(probabilities: ArrayLike<number>): { mm: number; certainty: number } {
  let peak = 0;
  for (let bin = 1; bin < BINS; bin++) if (probabilities[bin]! > probabilities[peak]!) peak = bin;
  let [weight, sum] = [0, 0];
  for (let bin = Math.max(0, peak - PEAK_BINS); bin <= Math.min(BINS - 1, peak + PEAK_BINS); bin++) {
    weight += probabilities[bin]!;
    sum += probabilities[bin]! * binCentre(bin);
  }
  return { mm: sum / weight, certainty: weight };
}
