import { sampleSlice } from "../detection/index.js";
import type { Disc } from "../detection/index.js";
import type { Vec3, Volume } from "../imaging/index.js";
import { lowerQuantile } from "../numbers/index.js";
import type { Partner } from "./partner.js";

/** Side of the square cut out about a disc, in mm: the disc, more than 30 % of both bodies, and the canal (Niemeyer's region). */
export const CROP_MM = 48;
/** The square's middle lies this far behind the disc's, in mm, so that the canal is inside. */
export const BACKWARD_SHIFT = 3;
/**
 * Version of what the graders are fed: crops, their normalisation, and the measures in their order. Raised with every change, so that
 * weights that were trained on other inputs are refused.
 */
export const GRADER_INPUTS = 1;
/** Rows and columns of a crop. */
export const CROP_SIZE = 64;
/**
 * Channels of a crop: over the bodies' median, over the CSF's level, the row's position from −1 (top) to 1, and the T1
 * partner's signal over its marrow (0 throughout where there is none).
 */
export const CROP_CHANNELS = 4;

/** Where and how a crop is cut: the disc's place with an optional deviation, for augmentation. */
export interface CropFrame {
  /** Column and row (pixels of the slice) of the disc's middle. */
  readonly column: number;
  readonly row: number;
  /** Degrees, as in {@link Disc}. */
  readonly angle: number;
  /** Factor on the crop's side. */
  readonly scale: number;
}

/** The frame of a detected disc. */
export function frameOf(disc: Pick<Disc, "centre" | "angle">): CropFrame {
  return { ...disc.centre, angle: disc.angle, scale: 1 };
}

/** Position in the slice (column, row) of a position in the crop's millimetres (backward u, downward v from its middle). */
export function cropToSlice(
  frame: CropFrame,
  spacing: readonly [number, number, number],
  u: number,
  v: number,
): [number, number] {
  const radians = (frame.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const back = (u + BACKWARD_SHIFT) * frame.scale;
  const down = v * frame.scale;
  return [
    frame.column + (cos * back - sin * down) / spacing[0],
    frame.row + (sin * back + cos * down) / spacing[1],
  ];
}

/** The picture of a disc, turned level, before normalisation: [row][column], {@link CROP_SIZE} squared. */
export function cutOut(volume: Volume, slice: number, frame: CropFrame): Float32Array {
  const values = new Float32Array(CROP_SIZE * CROP_SIZE);
  const step = CROP_MM / CROP_SIZE;
  const corner = step / 2 - CROP_MM / 2;
  // Places of pixels are linear in row and column: three of them tell all.
  const first = cropToSlice(frame, volume.spacing, corner, corner);
  const [right, below] = [
    cropToSlice(frame, volume.spacing, corner + step, corner),
    cropToSlice(frame, volume.spacing, corner, corner + step),
  ];
  for (let y = 0; y < CROP_SIZE; y++)
    for (let x = 0; x < CROP_SIZE; x++) {
      const column = first[0] + x * (right[0] - first[0]) + y * (below[0] - first[0]);
      const row = first[1] + x * (right[1] - first[1]) + y * (below[1] - first[1]);
      values[y * CROP_SIZE + x] = sampleSlice(volume, slice, column, row);
    }
  return values;
}

/** The same square in the T1 partner: where it does not reach, 0. */
export function cutOutPartner(
  partner: Partner,
  slice: number,
  frame: CropFrame,
  spacing: Vec3,
): Float32Array {
  const values = new Float32Array(CROP_SIZE * CROP_SIZE);
  const step = CROP_MM / CROP_SIZE;
  const corner = step / 2 - CROP_MM / 2;
  for (let y = 0; y < CROP_SIZE; y++)
    for (let x = 0; x < CROP_SIZE; x++) {
      const [column, row] = cropToSlice(frame, spacing, corner + x * step, corner + y * step);
      const [c, r, s] = partner.place([column, row, slice]);
      const nearest = Math.round(s);
      if (nearest < 0 || nearest >= partner.volume.slices) continue;
      values[y * CROP_SIZE + x] = sampleSlice(partner.volume, nearest, c, r);
    }
  return values;
}

/** Signal levels that scanner units are compared with: the marrow of both bodies (median) and CSF (bright quantile behind the disc). */
export function referenceLevels(values: Float32Array, discHeight: number): { bone: number; csf: number } {
  const step = CROP_MM / CROP_SIZE;
  const bone: number[] = [];
  const canal: number[] = [];
  for (let y = 0; y < CROP_SIZE; y++)
    for (let x = 0; x < CROP_SIZE; x++) {
      const u = (x + 0.5) * step - CROP_MM / 2 + BACKWARD_SHIFT;
      const v = Math.abs((y + 0.5) * step - CROP_MM / 2);
      const value = values[y * CROP_SIZE + x]!;
      if (Math.abs(u) < 11 && v > discHeight / 2 + 4 && v < discHeight / 2 + 14) bone.push(value);
      if (u > 16) canal.push(value);
    }
  const boneLevel = lowerQuantile(bone, 0.5) ?? 0;
  return { bone: boneLevel, csf: Math.max(lowerQuantile(canal, 0.93) ?? 0, 0.3 * boneLevel) };
}

/** Intensities are taken up to this multiple of the reference level. */
const CEILING = 3;

/**
 * The network's input for one slice of a disc: {@link CROP_CHANNELS} x {@link CROP_SIZE} x {@link CROP_SIZE}.
 * A disc's grade rests on its signal beside marrow and CSF, never on scanner units.
 */
export function normaliseCrop(values: Float32Array, discHeight: number, t1?: Float32Array): Float32Array {
  const { bone, csf } = referenceLevels(values, discHeight);
  const pixels = CROP_SIZE * CROP_SIZE;
  const input = new Float32Array(CROP_CHANNELS * pixels);
  for (let i = 0; i < pixels; i++) {
    const value = Math.max(0, values[i]!);
    input[i] = Math.min(CEILING, value / Math.max(bone, 1e-6)) - 1;
    input[pixels + i] = 2 * Math.min(CEILING / 2, value / Math.max(csf, 1e-6)) - 1;
    input[2 * pixels + i] = (2 * Math.floor(i / CROP_SIZE)) / (CROP_SIZE - 1) - 1;
  }
  if (t1 !== undefined) {
    const marrow = Math.max(referenceLevels(t1, discHeight).bone, 1e-6);
    for (let i = 0; i < pixels; i++)
      input[3 * pixels + i] = Math.min(CEILING, Math.max(0, t1[i]!) / marrow) - 1;
  }
  return input;
}
