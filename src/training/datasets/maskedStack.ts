import { readSeries, toPatient, toSagittal } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import { DataError } from "./publishedTable.js";
import { sliceRange, squareSide, withSquarePixels } from "./resample.js";
import { MASK } from "./types.js";
import type { MaskedSlice, MaskedStack } from "./types.js";

/** A file with an image and the one with its mask, on one grid. */
export interface MaskedFiles {
  readonly patient: string;
  readonly name: string;
  readonly image: string;
  readonly mask: string;
}

/** mm that the corners of a mask may lie beside those of its image. */
const SAME_PLACE = 1;
/** Finer slices are kept at this pixel (mm) for training: the detector reads pixels of 1 mm. */
const TRAINING_PIXEL = 0.8;
/** Slices that lie closer than half of this (mm) are thinned to it for training. */
const TRAINING_STEP = 1.8;
/** mm² of discs that a slice shows at least, to be trained on. */
const DISC_AREA = 40;
/** Slices of a stack that corners are learned from. */
const CORNER_SLICES = 4;

/**
 * What SPIDER's codes mean: vertebrae 1 to 25 from the lowest upward, 101 to 125 where they are partly in view, the canal 100, discs
 * 201 (L5-S1) to 225 upward; 200 is the disc below in the patients who have one. Undefined for any other value.
 */
function codeOf(value: number): number | undefined {
  if (value === 0) return 0;
  if (value === 100) return MASK.canal;
  if ((value >= 1 && value <= 25) || (value >= 101 && value <= 125)) return MASK.vertebra;
  if (value === 201) return MASK.lowestDisc;
  return value >= 200 && value <= 225 ? MASK.disc : undefined;
}

function recoded(mask: Volume, name: string): Volume {
  const voxels = new Int16Array(mask.voxels.length);
  for (let i = 0; i < voxels.length; i++) {
    const value = mask.voxels[i]!;
    const code = codeOf(value);
    if (code === undefined)
      throw new DataError(
        `The mask of ${name} holds the value ${value}, which SPIDER's masks do not have (0, 1 to 25, 100 to 125, 200 to 225).`,
      );
    voxels[i] = code;
  }
  return { ...mask, voxels };
}

async function sagittalFile(path: string): Promise<Volume> {
  const [series] = await readSeries(path);
  return toSagittal(await series!.load()).volume;
}

/** @throws DataError unless the mask has its image's grid, at its place */
function requireOneGrid(image: Volume, mask: Volume, name: string): void {
  const sizes = ({ columns, rows, slices }: Volume): readonly number[] => [columns, rows, slices];
  const last = sizes(image).map((size) => size - 1) as unknown as readonly [number, number, number];
  const isBeside = ([[0, 0, 0], last] as const).some((index) => {
    const [a, b] = [toPatient(image, index), toPatient(mask, index)];
    return Math.hypot(...a.map((value, axis) => value - b[axis]!)) > SAME_PLACE;
  });
  if (sizes(image).join() !== sizes(mask).join() || isBeside)
    throw new DataError(
      `The mask of ${name} does not lie on its image: sizes or places differ. Take both files from the same version of the data set.`,
    );
}

/** From the first to the last slice that shows a disc, thinned: first, count and step. */
function trainingRange(mask: Volume): { first: number; count: number; step: number } {
  const size = mask.rows * mask.columns;
  const least = DISC_AREA / (mask.spacing[0] * mask.spacing[1]);
  const shows = Array.from({ length: mask.slices }, (_, slice) => {
    let pixels = 0;
    for (let i = slice * size; i < (slice + 1) * size; i++)
      if (mask.voxels[i] === MASK.disc || mask.voxels[i] === MASK.lowestDisc) pixels++;
    return pixels >= least;
  });
  const [first, last] = [shows.indexOf(true), shows.lastIndexOf(true)];
  const step = Math.max(1, Math.round(TRAINING_STEP / mask.spacing[2]));
  return first < 0
    ? { first: 0, count: 0, step }
    : { first, count: Math.floor((last - first) / step) + 1, step };
}

function slicesOf(image: Volume, mask: Volume): MaskedSlice[] {
  const size = image.rows * image.columns;
  const part = (volume: Volume, slice: number): Volume => ({
    ...volume,
    voxels: volume.voxels.subarray(slice * size, (slice + 1) * size),
    slices: 1,
  });
  return Array.from({ length: image.slices }, (_, slice) => ({
    image: part(image, slice),
    mask: part(mask, slice),
  }));
}

/**
 * Reads an image and its mask as SPIDER publishes them, upright and sagittal whatever the order in which the files keep their axes, with
 * square pixels. For training the slices that show a disc, at pixels of {@link TRAINING_PIXEL} mm or coarser.
 * @throws DataError where the two do not belong together, the mask has other codes, or (for training) no slice shows a disc
 * @throws ImagingError where a file cannot be read
 */
export async function readMaskedStack(
  { patient, name, image: imagePath, mask: maskPath }: MaskedFiles,
  use: "training" | "evaluation",
): Promise<MaskedStack> {
  const [given, marked] = [await sagittalFile(imagePath), await sagittalFile(maskPath)];
  requireOneGrid(given, marked, name);
  let [image, mask] = [given, recoded(marked, name)];
  if (use === "training") {
    const { first, count, step } = trainingRange(mask);
    if (count === 0) throw new DataError(`No slice of the mask of ${name} shows a disc.`);
    [image, mask] = [sliceRange(image, first, count, step), sliceRange(mask, first, count, step)];
  }
  const side = squareSide(image, use === "training" ? TRAINING_PIXEL : 0);
  if (side !== undefined)
    [image, mask] = [withSquarePixels(image, side, "signal"), withSquarePixels(mask, side, "labels")];
  return { patient, name, volume: image, slices: slicesOf(image, mask), mostCornerSlices: CORNER_SLICES };
}
