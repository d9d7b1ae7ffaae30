import { TISSUES } from "../detection/index.js";
import type { Random } from "../numbers/index.js";
import { BACKGROUND_OR_SACRUM, UNKNOWN } from "./labelledSlice.js";
import type { LabelledSlice } from "./labelledSlice.js";

export interface CropSize {
  readonly rows: number;
  readonly columns: number;
}

/** An augmented crop at 1 mm: normalised intensities and tissue labels. */
export interface Crop {
  readonly values: Float32Array;
  readonly labels: Uint8Array;
}

/** Row and column about which a crop is taken: near a disc, often the lowest one, sometimes anywhere. */
function chooseCentre(slice: LabelledSlice, random: Random): [number, number] {
  const where = random.uniform();
  const pixels = where < 0.4 && slice.lowestPixels.length > 0 ? slice.lowestPixels : slice.discPixels;
  if (where > 0.92 || pixels.length === 0)
    return [random.uniform() * slice.rows, random.uniform() * slice.columns];
  const index = pixels[random.integer(pixels.length)]!;
  const jitter = (range: number): number => random.between(-range, range) / slice.spacing;
  return [Math.floor(index / slice.columns) + jitter(70), (index % slice.columns) + jitter(45)];
}

/** Mean of `values` over a 2 x 2 grid of points about (row, column), bilinear; outside the picture it is `outside`. */
function sample(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  row: number,
  column: number,
  outside: number,
): number {
  const [r, c] = [Math.floor(row), Math.floor(column)];
  if (r < 0 || c < 0 || r >= rows - 1 || c >= columns - 1) return outside;
  const [fr, fc] = [row - r, column - c];
  const i = r * columns + c;
  return (
    (values[i]! * (1 - fc) + values[i + 1]! * fc) * (1 - fr) +
    (values[i + columns]! * (1 - fc) + values[i + columns + 1]! * fc) * fr
  );
}

/** Rotated, scaled, stretched and shifted part of a slice, resampled to 1 mm. Rotation up to ±20°, scale 0.8 to 1.25. */
function geometricCrop(slice: LabelledSlice, size: CropSize, random: Random): Crop {
  const { rows, columns, spacing, scale, neighbour } = slice;
  const [centreRow, centreColumn] = chooseCentre(slice, random);
  const angle = (random.normal() * 8 * Math.PI) / 180;
  const zoom = Math.exp(random.between(-0.22, 0.22)) / spacing;
  const stretch = Math.exp(random.normal() * 0.06);
  const shear = random.normal() * 0.06;
  const [cos, sin] = [Math.cos(angle) * zoom, Math.sin(angle) * zoom];
  const mix = neighbour !== undefined && random.chance(0.4) ? random.between(0.2, 0.6) : 0;
  const air = (0 - scale.mean) / scale.deviation;
  const values = new Float32Array(size.rows * size.columns);
  const labels = new Uint8Array(size.rows * size.columns);
  for (let y = 0; y < size.rows; y++)
    for (let x = 0; x < size.columns; x++) {
      const [dy, dx] = [(y - size.rows / 2) * stretch, x - size.columns / 2];
      const row = centreRow + cos * dy + sin * (dx + shear * dy);
      const column = centreColumn - sin * dy + cos * (dx + shear * dy);
      const i = y * size.columns + x;
      const nearest = Math.round(row) * columns + Math.round(column);
      const inside = row >= 0 && column >= 0 && row < rows - 1 && column < columns - 1;
      labels[i] = inside ? slice.labels[nearest]! : BACKGROUND_OR_SACRUM;
      if (!inside) {
        values[i] = air;
        continue;
      }
      // Four points half a pixel of the result apart: a 1 mm pixel is the mean of what it covers.
      let sum = 0;
      for (const [oy, ox] of QUARTERS) {
        const [r, c] = [row + cos * oy + sin * ox, column - sin * oy + cos * ox];
        const value = sample(slice.values, rows, columns, r, c, 0);
        sum += mix > 0 ? value * (1 - mix) + sample(neighbour!, rows, columns, r, c, 0) * mix : value;
      }
      values[i] = (sum / 4 - scale.mean) / scale.deviation;
    }
  return { values, labels };
}

const QUARTERS = [
  [-0.25, -0.25],
  [-0.25, 0.25],
  [0.25, -0.25],
  [0.25, 0.25],
] as const;

/** Smooth multiplicative field, as from a surface coil: the product of a tilt and a bend, log-deviation about 0.3. */
function applyBias(values: Float32Array, { rows, columns }: CropSize, random: Random): void {
  const [tiltRow, tiltColumn, bend] = [
    random.normal() * 0.25,
    random.normal() * 0.35,
    random.normal() * 0.25,
  ];
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      const [u, v] = [(2 * y) / rows - 1, (2 * x) / columns - 1];
      const gain = Math.exp(tiltRow * u + tiltColumn * v + bend * (v * v - 0.3));
      const i = y * columns + x;
      // Values are standardised: the gain acts on signal, whose zero lies about 1.5 deviations below the mean.
      values[i] = (values[i]! + 1.5) * gain - 1.5;
    }
}

/** Random contrast: per tissue gain, monotone curve, occasional inversion (T1-like), noise, blur. */
function applyContrast(crop: Crop, size: CropSize, random: Random): void {
  const { values, labels } = crop;
  const gains = Array.from({ length: 256 }, () => 1);
  if (random.chance(0.6))
    for (let tissue = 0; tissue <= BACKGROUND_OR_SACRUM; tissue++)
      gains[tissue] = Math.exp(random.normal() * 0.22);
  gains[BACKGROUND_OR_SACRUM] = gains[0]!;
  const gamma = Math.exp(random.normal() * 0.3);
  const inverted = random.chance(0.06);
  const noise = random.chance(0.6) ? random.between(0, 0.25) : 0;
  for (let i = 0; i < values.length; i++) {
    let signal = Math.max(0, (values[i]! + 1.5) * gains[labels[i]!]!);
    signal = 3 * (signal / 3) ** gamma;
    if (inverted) signal = Math.max(0, 3 - signal);
    values[i] = signal - 1.5 + noise * random.normal();
  }
  if (random.chance(0.35)) blur(values, size, random.between(0.2, 0.5));
  const [gain, offset] = [Math.exp(random.normal() * 0.15), random.normal() * 0.2];
  for (let i = 0; i < values.length; i++) values[i] = values[i]! * gain + offset;
}

/** Mixes each value with its four neighbours' mean. */
function blur(values: Float32Array, { rows, columns }: CropSize, amount: number): void {
  const before = values.slice();
  for (let y = 1; y < rows - 1; y++)
    for (let x = 1; x < columns - 1; x++) {
      const i = y * columns + x;
      values[i] =
        before[i]! * (1 - amount) +
        (amount * (before[i - 1]! + before[i + 1]! + before[i - columns]! + before[i + columns]!)) / 4;
    }
}

/** One augmented crop of a slice for the detector. */
export function augmentedCrop(slice: LabelledSlice, size: CropSize, random: Random): Crop {
  const crop = geometricCrop(slice, size, random);
  applyBias(crop.values, size, random);
  applyContrast(crop, size, random);
  return crop;
}

/** Weight of each label in the loss: thin and rare tissues count more. */
const LABEL_WEIGHTS = [0.6, 1, 1, 2, 1, 4, 1.5, 0.6] as const;

/** Targets ("allowed classes") and pixel weights of a batch of crops; the weights sum to one. */
export function tissueTargets(crops: readonly Crop[]): { targets: Float32Array; weights: Float32Array } {
  const pixels = crops[0]!.labels.length;
  const classes = TISSUES.length;
  const targets = new Float32Array(crops.length * classes * pixels);
  const weights = new Float32Array(crops.length * pixels);
  crops.forEach(({ labels }, b) => {
    for (let p = 0; p < pixels; p++) {
      const label = labels[p]!;
      const at = b * classes * pixels + p;
      if (label === BACKGROUND_OR_SACRUM) {
        targets[at] = 1;
        targets[at + (classes - 1) * pixels] = 1;
      } else if (label !== UNKNOWN) targets[at + label * pixels] = 1;
      weights[b * pixels + p] = label === UNKNOWN ? 0 : LABEL_WEIGHTS[label]!;
    }
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return { targets, weights: weights.map((weight) => weight / sum) };
}
