import type { Tensor } from "../../engine/index.js";
import { withoutFindings } from "./gradients.js";
import { directionOf } from "./types.js";
import type { Aim, EvidenceMaps, FindEvidence, Reading } from "./types.js";

/** Side of a patch, and from one patch to the next, in pixels: 6 mm and 3 mm. */
const PATCH = 8;
const STEP = 4;
/** Occluded images that are graded at once. */
const BATCH = 32;
/** Guards the logarithm of a probability that single precision rounded to zero. */
const TINY = 1e-12;

/** Sum over classes of direction times log probability: as the directions sum to 0, this is the score of the logits. */
function scoresOf(
  { grader }: Reading,
  aims: readonly Aim[],
  outputs: Readonly<Record<string, Tensor>>,
  sample: number,
): number[] {
  return aims.map((aim) => {
    const direction = directionOf(grader, aim);
    const { values } = outputs[aim.head]!;
    return direction.reduce(
      (sum, share, k) => sum + share * Math.log(values[sample * direction.length + k]! + TINY),
      0,
    );
  });
}

/** One slice with the patch about a cell of the evidence map taken from the image without findings. */
function occluded(image: Tensor, plain: Tensor, slice: number, row: number, column: number): Float32Array {
  const [, channels, rows, columns] = image.shape as [number, number, number, number];
  const size = channels * rows * columns;
  const values = image.values.slice(slice * size, (slice + 1) * size);
  const [top, left] = [row * STEP + (STEP - PATCH) / 2, column * STEP + (STEP - PATCH) / 2];
  for (let c = 0; c < channels; c++)
    for (let y = Math.max(0, top); y < Math.min(rows, top + PATCH); y++) {
      const from = (c * rows + y) * columns + Math.max(0, left);
      const to = (c * rows + y) * columns + Math.min(columns, left + PATCH);
      values.set(plain.values.subarray(slice * size + from, slice * size + to), from);
    }
  return values;
}

/** The inputs other than the image, for samples of these slices. */
function extraInputs(
  inputs: Readonly<Record<string, Tensor>>,
  slices: readonly number[],
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs)
      .filter(([name]) => name !== "input")
      .map(([name, { values, shape }]) => {
        const features = shape[1]!;
        const own = new Float32Array(slices.length * features);
        slices.forEach((slice, i) => {
          own.set(values.subarray(slice * features, (slice + 1) * features), i * features);
        });
        return [name, { values: own, shape: [slices.length, features] }];
      }),
  );
}

/** Occlusion: how much each score falls when a patch of the image is blurred away, slice by slice. */
export const occlusion: FindEvidence = async (reading, aims) => {
  const { grader, evidence } = reading;
  const image = evidence.inputs.input!;
  const plain = withoutFindings(image);
  const [slices, channels, rows, columns] = image.shape as [number, number, number, number];
  const size = Math.floor(rows / STEP);
  const cells = size * size;
  const maps = aims.map((): EvidenceMaps => ({ size, values: new Float32Array(slices * cells) }));
  const whole = await grader.predictor.run(evidence.inputs);
  const untouched = Array.from({ length: slices }, (_, s) => scoresOf(reading, aims, whole, s));
  const sample = channels * rows * columns;
  for (let from = 0; from < slices * cells; from += BATCH) {
    const chosen = Array.from({ length: Math.min(BATCH, slices * cells - from) }, (_, i) => from + i);
    const values = new Float32Array(chosen.length * sample);
    const sliceOf = chosen.map((index) => Math.floor(index / cells));
    chosen.forEach((index, i) => {
      const cell = index % cells;
      values.set(occluded(image, plain, sliceOf[i]!, Math.floor(cell / size), cell % size), i * sample);
    });
    const outputs = await grader.predictor.run({
      ...extraInputs(evidence.inputs, sliceOf),
      input: { values, shape: [chosen.length, channels, rows, columns] },
    });
    chosen.forEach((index, i) => {
      scoresOf(reading, aims, outputs, i).forEach((score, a) => {
        maps[a]!.values[index] = untouched[sliceOf[i]!]![a]! - score;
      });
    });
  }
  return maps;
};
