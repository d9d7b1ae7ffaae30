import { channelsOfHead, placeOfMap } from "../../engine/index.js";
import type { Network } from "../../engine/index.js";
import { directionOf } from "./types.js";
import type { Aim, EvidenceMaps, FindEvidence, Reading } from "./types.js";

/**
 * Lays maps of one layer out over the whole image: valid convolutions leave a margin without maps, which gets no evidence.
 * @param values [slice][row][column] of `size` rows and columns
 */
export function overWholeImage(
  network: Network,
  layer: string,
  { size, values }: EvidenceMaps,
): EvidenceMaps {
  const { step, first } = placeOfMap(network, layer);
  const margin = Math.round((first - (step - 1) / 2) / step);
  const whole = Math.round(network.input.rows / step);
  if (margin === 0 && whole === size) return { size, values };
  const slices = values.length / (size * size);
  const laid = new Float32Array(slices * whole * whole);
  for (let s = 0; s < slices; s++)
    for (let row = 0; row < size; row++) {
      const from = (s * size + row) * size;
      laid.set(values.subarray(from, from + size), (s * whole + row + margin) * whole + margin);
    }
  return { size: whole, values: laid, margin };
}

/** Class activation map of one score: the maps before pooling, weighted by what the score makes of each channel. */
function activationMaps({ grader, evidence }: Reading, aim: Aim): EvidenceMaps {
  const kernel = grader.weights[`${aim.head}/kernel`]!;
  const direction = directionOf(grader, aim);
  const inputs = kernel.length / direction.length;
  const [slices, channels, size] = evidence.maps.shape as [number, number, number, number];
  const maps = evidence.maps.values;
  const pixels = size * size;
  const values = new Float32Array(slices * pixels);
  // Heads that do not read the further layer's maps have weights for the first channels alone.
  const own = channelsOfHead(grader.predictor.network, aim.head);
  for (let c = 0; c < own; c++) {
    const weight = direction.reduce((sum, share, k) => sum + share * kernel[k * inputs + c]!, 0);
    for (let s = 0; s < slices; s++) {
      const [from, to] = [(s * channels + c) * pixels, s * pixels];
      for (let p = 0; p < pixels; p++) values[to + p]! += weight * maps[from + p]!;
    }
  }
  return overWholeImage(grader.predictor.network, "maps", { size, values });
}

/** Class activation mapping (Zhou et al. 2016) of the maps that grading kept. */
export const classActivation: FindEvidence = (reading, aims) =>
  Promise.resolve(aims.map((aim) => activationMaps(reading, aim)));
