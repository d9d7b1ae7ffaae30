import type { Tensor } from "../../engine/index.js";
import { directionOf } from "./types.js";
import type { Aim, Reading } from "./types.js";

/** Changed images that are graded at once. */
const BATCH = 32;
/** Guards the logarithm of a probability that single precision rounded to zero. */
const TINY = 1e-12;

/** A slice of a disc, changed: [channel][row][column] in place of what was graded. */
export interface ChangedSlice {
  readonly slice: number;
  readonly values: Float32Array;
}

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

/**
 * Scores of changed slices, [image][aim]: the aim's logit less the mean of the others'. What else the network reads of the slice (measures)
 * stays as it was.
 * @param count of images
 * @param imageAt asked for each once, in order, so that no more than a batch is held
 */
export async function scoresOfImages(
  reading: Reading,
  aims: readonly Aim[],
  count: number,
  imageAt: (index: number) => ChangedSlice,
): Promise<number[][]> {
  const { grader, evidence } = reading;
  const shape = evidence.inputs.input!.shape.slice(1);
  const size = shape.reduce((product, side) => product * side, 1);
  const scores: number[][] = [];
  while (scores.length < count) {
    const from = scores.length;
    const images = Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => imageAt(from + i));
    const values = new Float32Array(images.length * size);
    images.forEach((image, i) => {
      values.set(image.values, i * size);
    });
    const outputs = await grader.predictor.run({
      ...extraInputs(
        evidence.inputs,
        images.map(({ slice }) => slice),
      ),
      input: { values, shape: [images.length, ...shape] },
    });
    images.forEach((_, i) => scores.push(scoresOf(reading, aims, outputs, i)));
  }
  return scores;
}

/** A slice of an image, [channel][row][column]. */
export function sliceOf({ values, shape }: Tensor, slice: number): Float32Array {
  const size = shape[1]! * shape[2]! * shape[3]!;
  return values.slice(slice * size, (slice + 1) * size);
}
