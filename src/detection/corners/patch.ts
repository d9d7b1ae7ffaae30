import { probability } from "../tissueMap.js";
import type { TissueMap } from "../tissueMap.js";
import { TISSUE } from "../tissue.js";

/** Pixels along a side of a patch about a corner, and their distance in mm: 24 mm. */
export const PATCH_SIZE = 48;
export const PATCH_STEP = 0.5;
/** Channels of a patch: signal, body (or sacrum) probability, disc probability. */
export const PATCH_CHANNELS = 3;

/** Which corner of a body: `back` and `down` are −1 (front, top) or 1 (back, bottom). */
export interface CornerKind {
  readonly back: -1 | 1;
  readonly down: -1 | 1;
}

/** Anterior superior, posterior superior, posterior inferior, anterior inferior. */
export const CORNER_KINDS: readonly CornerKind[] = [
  { back: -1, down: -1 },
  { back: 1, down: -1 },
  { back: 1, down: 1 },
  { back: -1, down: 1 },
];

/** One slice as the corner network sees it. */
export interface CornerPicture {
  /** Pixel values of one slice, row by row. */
  readonly values: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
  /** mm between columns and between rows. */
  readonly spacing: readonly [number, number];
  readonly map: TissueMap;
}

/** Where a patch is cut: its middle in mm of the slice ([back, down] from the first pixel's centre) and the body's tilt in radians. */
export interface PatchPlace {
  readonly middle: readonly [number, number];
  readonly angle: number;
  readonly kind: CornerKind;
}

/**
 * Position in the slice (mm) of a point of a patch. Patches are mirrored so that every corner lies as an anterior superior one:
 * `u` grows towards the body's inside along its axis, `v` towards its mid height.
 */
export function patchToSlice({ middle, angle, kind }: PatchPlace, u: number, v: number): [number, number] {
  const [back, down] = [-kind.back * u, -kind.down * v];
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [middle[0] + cos * back - sin * down, middle[1] + sin * back + cos * down];
}

/** Value at a fractional row and column, bilinear, the border's value outside. */
function sample(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  row: number,
  column: number,
): number {
  const clampedRow = Math.min(rows - 1.001, Math.max(0, row));
  const clampedColumn = Math.min(columns - 1.001, Math.max(0, column));
  const [r, c] = [Math.floor(clampedRow), Math.floor(clampedColumn)];
  const [fr, fc] = [clampedRow - r, clampedColumn - c];
  const i = r * columns + c;
  return (
    (values[i]! * (1 - fc) + values[i + 1]! * fc) * (1 - fr) +
    (values[i + columns]! * (1 - fc) + values[i + columns + 1]! * fc) * fr
  );
}

/** Signal of a patch, [row][column], before {@link standardise}. */
export function cutSignal(picture: CornerPicture, place: PatchPlace): Float32Array {
  const signal = new Float32Array(PATCH_SIZE * PATCH_SIZE);
  forEachPixel(place, (i, back, down) => {
    const [row, column] = [down / picture.spacing[1], back / picture.spacing[0]];
    signal[i] = sample(picture.values, picture.rows, picture.columns, row, column);
  });
  return signal;
}

/** Probabilities of body or sacrum, and of disc, of a patch: two maps, one after the other. */
export function cutTissue({ map, spacing }: CornerPicture, place: PatchPlace): Float32Array {
  const pixels = PATCH_SIZE * PATCH_SIZE;
  const tissue = new Float32Array(2 * pixels);
  forEachPixel(place, (i, back, down) => {
    const row = Math.round((down / spacing[1] + 0.5) / map.rowStep - 0.5);
    const column = Math.round((back / spacing[0] + 0.5) / map.columnStep - 0.5);
    if (row < 0 || column < 0 || row >= map.rows || column >= map.columns) return;
    const at = row * map.columns + column;
    tissue[i] = probability(map, TISSUE.body, at) + probability(map, TISSUE.sacrum, at);
    tissue[pixels + i] = probability(map, TISSUE.disc, at) + probability(map, TISSUE.lowestDisc, at);
  });
  return tissue;
}

function forEachPixel(place: PatchPlace, visit: (index: number, back: number, down: number) => void): void {
  for (let y = 0; y < PATCH_SIZE; y++)
    for (let x = 0; x < PATCH_SIZE; x++) {
      const [back, down] = patchToSlice(place, offset(x), offset(y));
      visit(y * PATCH_SIZE + x, back, down);
    }
}

/** mm from a patch's middle of a pixel's centre. */
function offset(index: number): number {
  return (index - (PATCH_SIZE - 1) / 2) * PATCH_STEP;
}

/** Signal with mean 0 and deviation 1 over the patch: scanner units have no meaning of their own. */
export function standardise(signal: Float32Array): Float32Array {
  const mean = signal.reduce((sum, value) => sum + value, 0) / signal.length;
  const variance = signal.reduce((sum, value) => sum + (value - mean) ** 2, 0) / signal.length;
  const deviation = Math.sqrt(variance) || 1;
  return signal.map((value) => (value - mean) / deviation);
}

/** The network's input for one patch: {@link PATCH_CHANNELS} x {@link PATCH_SIZE} x {@link PATCH_SIZE}. */
export function patchInput(signal: Float32Array, tissue: Float32Array): Float32Array {
  const pixels = PATCH_SIZE * PATCH_SIZE;
  const input = new Float32Array(PATCH_CHANNELS * pixels);
  input.set(standardise(signal));
  for (let i = 0; i < tissue.length; i++) input[pixels + i] = 2 * tissue[i]! - 1;
  return input;
}
