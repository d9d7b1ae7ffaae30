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

/** A patch's pixels in the slice, mm: the first one's place and the steps from column to column and from row to row. */
interface PatchGrid {
  readonly first: readonly [number, number];
  readonly along: readonly [number, number];
  readonly down: readonly [number, number];
}

function gridOf(place: PatchPlace): PatchGrid {
  const corner = (-(PATCH_SIZE - 1) / 2) * PATCH_STEP;
  const first = patchToSlice(place, corner, corner);
  const [right, below] = [
    patchToSlice(place, corner + PATCH_STEP, corner),
    patchToSlice(place, corner, corner + PATCH_STEP),
  ];
  return {
    first,
    along: [right[0] - first[0], right[1] - first[1]],
    down: [below[0] - first[0], below[1] - first[1]],
  };
}

/** Signal of a patch, [row][column], before {@link standardise}: bilinear, the border's value outside of the slice. */
export function cutSignal(
  { values, rows, columns, spacing }: CornerPicture,
  place: PatchPlace,
): Float32Array {
  const { first, along, down } = gridOf(place);
  const signal = new Float32Array(PATCH_SIZE * PATCH_SIZE);
  for (let y = 0; y < PATCH_SIZE; y++)
    for (let x = 0; x < PATCH_SIZE; x++) {
      const column = (first[0] + x * along[0] + y * down[0]) / spacing[0];
      const row = (first[1] + x * along[1] + y * down[1]) / spacing[1];
      const inColumn = Math.min(columns - 1.001, Math.max(0, column));
      const inRow = Math.min(rows - 1.001, Math.max(0, row));
      const [c, r] = [Math.floor(inColumn), Math.floor(inRow)];
      const [fc, fr] = [inColumn - c, inRow - r];
      const i = r * columns + c;
      signal[y * PATCH_SIZE + x] =
        (values[i]! * (1 - fc) + values[i + 1]! * fc) * (1 - fr) +
        (values[i + columns]! * (1 - fc) + values[i + columns + 1]! * fc) * fr;
    }
  return signal;
}

/** Probabilities of body or sacrum, and of disc, of a patch: two maps, one after the other. */
export function cutTissue({ map, spacing }: CornerPicture, place: PatchPlace): Float32Array {
  const { first, along, down } = gridOf(place);
  const pixels = PATCH_SIZE * PATCH_SIZE;
  const size = map.rows * map.columns;
  const { probabilities } = map;
  const tissue = new Float32Array(2 * pixels);
  for (let y = 0; y < PATCH_SIZE; y++)
    for (let x = 0; x < PATCH_SIZE; x++) {
      const back = first[0] + x * along[0] + y * down[0];
      const below = first[1] + x * along[1] + y * down[1];
      const column = Math.round((back / spacing[0] + 0.5) / map.columnStep - 0.5);
      const row = Math.round((below / spacing[1] + 0.5) / map.rowStep - 0.5);
      if (row < 0 || column < 0 || row >= map.rows || column >= map.columns) continue;
      const at = row * map.columns + column;
      const i = y * PATCH_SIZE + x;
      tissue[i] = probabilities[TISSUE.body * size + at]! + probabilities[TISSUE.sacrum * size + at]!;
      tissue[pixels + i] =
        probabilities[TISSUE.disc * size + at]! + probabilities[TISSUE.lowestDisc * size + at]!;
    }
  return tissue;
}

/** Signal with mean 0 and deviation 1 over the patch: scanner units have no meaning of their own. */
export function standardise(signal: Float32Array): Float32Array {
  let sum = 0;
  for (const value of signal) sum += value;
  const mean = sum / signal.length;
  let squares = 0;
  for (const value of signal) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / signal.length) || 1;
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
