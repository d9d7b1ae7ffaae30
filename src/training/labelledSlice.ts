import { connectedRegions, intensityScale, TISSUE } from "../detection/index.js";
import type { IntensityScale } from "../detection/index.js";
import { MASK } from "./datasets/index.js";
import type { MaskedSlice } from "./datasets/index.js";

/** Label of pixels that are either background or sacrum (SPIDER's masks do not mark the sacrum). */
export const BACKGROUND_OR_SACRUM = 7;
/** Label of pixels of which nothing is known. */
export const UNKNOWN = 255;

/** A sagittal slice, anterior left, upright, with a tissue label a pixel. */
export interface LabelledSlice {
  readonly values: ArrayLike<number>;
  readonly labels: Uint8Array;
  readonly rows: number;
  readonly columns: number;
  /** mm between pixels. */
  readonly spacing: number;
  readonly scale: IntensityScale;
  /** Pixel indices (row x columns + column) on discs, and on the lowest disc: where crops are centred. */
  readonly discPixels: Int32Array;
  readonly lowestPixels: Int32Array;
  /** The next slice of the same stack, for thick-slice augmentation. */
  readonly neighbour?: ArrayLike<number>;
}

/** Regions of fewer pixels are stray marks of the mask. */
const LARGEST_SPECK = 60;

/** Finds the pixels of discs and completes a slice. */
export function labelledSlice(
  slice: Pick<LabelledSlice, "values" | "labels" | "rows" | "columns" | "spacing" | "neighbour">,
): LabelledSlice {
  const pixelsOf = (label: number): Int32Array =>
    Int32Array.from([...slice.labels.keys()].filter((i) => slice.labels[i] === label));
  return {
    ...slice,
    scale: intensityScale(slice.values),
    discPixels: pixelsOf(TISSUE.disc),
    lowestPixels: pixelsOf(TISSUE.lowestDisc),
  };
}

/** Anterior border (column) of the canal for each row, from all slices of a stack; rows beyond it go on linearly. */
function canalBorder(stack: readonly MaskedSlice[]): Float64Array {
  const { rows, columns } = stack[0]!.mask;
  const border = new Float64Array(rows).fill(NaN);
  for (let row = 0; row < rows; row++) {
    const found = stack
      .map(({ mask }) =>
        mask.voxels.subarray(row * columns, (row + 1) * columns).findIndex((value) => value === MASK.canal),
      )
      .filter((column) => column >= 0)
      .sort((a, b) => a - b);
    if (found.length > 0) border[row] = found[Math.floor(found.length / 4)]!;
  }
  const known = [...border.keys()].filter((row) => !Number.isNaN(border[row]!));
  if (known.length < 2) return border.fill(columns);
  const [first, last] = [known[0]!, known.at(-1)!];
  const slope = (from: number, to: number): number => (border[to]! - border[from]!) / Math.max(1, to - from);
  const span = Math.min(60, known.length - 1);
  const [above, below] = [slope(first, known[span]!), slope(known[known.length - 1 - span]!, last)];
  for (let row = 0; row < rows; row++) {
    if (row < first) border[row] = border[first]! + above * (row - first);
    else if (row > last) border[row] = border[last]! + below * (row - last);
    else if (Number.isNaN(border[row]!)) border[row] = border[row - 1]!;
  }
  return runningMedian(border, Math.round(BORDER_SMOOTHING / stack[0]!.mask.spacing[1]));
}

/** The canal's border is a smooth curve: single rows where a nerve root or a torn mask moves it are put right over this far (mm). */
const BORDER_SMOOTHING = 10;

/** Median of each value and its `reach` neighbours on either side. */
function runningMedian(values: Float64Array, reach: number): Float64Array {
  return values.map((_, i) => {
    const window = values.slice(Math.max(0, i - reach), i + reach + 1).sort();
    return window[Math.floor(window.length / 2)]!;
  });
}

/** Slices that lie further apart (mm) do not show, mixed, what one thick slice would. */
const NEIGHBOURS = 2.5;

/**
 * Labels a masked stack for the detector: vertebra pixels in front of the canal are body, behind it posterior elements; the lowest disc
 * (L5-S1) gets a class of its own. Which disc that is the mask may tell; else it is in each slice the lowest one, as in SPIDER.
 * @param distance mm between slices
 */
export function labelStack(stack: readonly MaskedSlice[], distance = 0): LabelledSlice[] {
  const border = canalBorder(stack);
  const isTold = stack.some(({ mask }) => mask.voxels.includes(MASK.lowestDisc));
  return stack.map(({ image, mask }, index) => {
    const { rows, columns } = mask;
    const labels = new Uint8Array(rows * columns);
    for (let i = 0; i < labels.length; i++) {
      const value = mask.voxels[i]!;
      if (value === MASK.disc) labels[i] = TISSUE.disc;
      else if (value === MASK.lowestDisc) labels[i] = TISSUE.lowestDisc;
      else if (value === MASK.canal) labels[i] = TISSUE.canal;
      else if (value === MASK.vertebra)
        labels[i] = i % columns < border[Math.floor(i / columns)]! ? TISSUE.body : TISSUE.posterior;
      else labels[i] = BACKGROUND_OR_SACRUM;
    }
    if (!isTold) {
      const discs = connectedRegions(labels.length, columns, (i) => labels[i] === TISSUE.disc, LARGEST_SPECK);
      const lowest = discs.sort((a, b) => b.centreRow - a.centreRow)[0]?.pixels ?? [];
      for (const i of lowest) labels[i] = TISSUE.lowestDisc;
    }
    const neighbour = distance > NEIGHBOURS ? undefined : stack[index + 1]?.image.voxels;
    return labelledSlice({
      values: image.voxels,
      labels,
      rows,
      columns,
      spacing: image.spacing[0],
      neighbour,
    });
  });
}
