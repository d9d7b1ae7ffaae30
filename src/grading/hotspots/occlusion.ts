import type { Tensor } from "../../engine/index.js";
import { withoutFindings } from "./gradients.js";
import { scoresOfImages, sliceOf } from "./scores.js";
import type { EvidenceMaps, FindEvidence } from "./types.js";

/** Side of a patch, and from one patch to the next, in pixels: 6 mm and 3 mm. */
const PATCH = 8;
const STEP = 4;

/** One slice with the patch about a cell of the evidence map taken from the image without findings. */
function occluded(image: Tensor, plain: Tensor, slice: number, row: number, column: number): Float32Array {
  const [, channels, rows, columns] = image.shape as [number, number, number, number];
  const size = channels * rows * columns;
  const values = sliceOf(image, slice);
  const [top, left] = [row * STEP + (STEP - PATCH) / 2, column * STEP + (STEP - PATCH) / 2];
  for (let c = 0; c < channels; c++)
    for (let y = Math.max(0, top); y < Math.min(rows, top + PATCH); y++) {
      const from = (c * rows + y) * columns + Math.max(0, left);
      const to = (c * rows + y) * columns + Math.min(columns, left + PATCH);
      values.set(plain.values.subarray(slice * size + from, slice * size + to), from);
    }
  return values;
}

/** Occlusion: how much each score falls when a patch of the image is blurred away, slice by slice. */
export const occlusion: FindEvidence = async (reading, aims) => {
  const image = reading.evidence.inputs.input!;
  const plain = withoutFindings(image);
  const [slices, , rows] = image.shape as [number, number, number, number];
  const size = Math.floor(rows / STEP);
  const cells = size * size;
  const untouched = await scoresOfImages(reading, aims, slices, (slice) => ({
    slice,
    values: sliceOf(image, slice),
  }));
  const scores = await scoresOfImages(reading, aims, slices * cells, (index) => {
    const [slice, cell] = [Math.floor(index / cells), index % cells];
    return { slice, values: occluded(image, plain, slice, Math.floor(cell / size), cell % size) };
  });
  return aims.map((_, a): EvidenceMaps => {
    const values = Float32Array.from(
      scores,
      (score, index) => untouched[Math.floor(index / cells)]![a]! - score[a]!,
    );
    return { size, values };
  });
};
