import type { Volume } from "../imaging/index.js";
import { drawAnatomy } from "./anatomy.js";
import type { Anatomy } from "./anatomy.js";
import { drawAppearance } from "./appearance.js";
import type { Appearance } from "./appearance.js";
import { paintBackground } from "./background.js";
import { paintBody, paintDisc } from "./bodies.js";
import type { Canvas } from "./canvas.js";
import { paintPosterior } from "./posterior.js";
import { profileOf } from "./profile.js";
import type { Profile } from "./profile.js";
import { PhantomRandom } from "./random.js";
import { truthOf } from "./truth.js";
import type { PhantomTruth } from "./truth.js";

export interface PhantomOptions {
  readonly seed: number;
  readonly columns?: number;
  readonly rows?: number;
  readonly slices?: number;
  /** mm between pixels. */
  readonly inPlane?: number;
  /** mm between slices. */
  readonly sliceSpacing?: number;
  /** "mixed" draws all grades about equally often, "healthy" grades 1 and 2 with few findings. */
  readonly severity?: "mixed" | "healthy";
  /** T2 contrast as physics has it, or widely random. */
  readonly appearance?: "physics" | "random";
}

/** A rendered phantom. */
export interface Phantom {
  /** Sagittal T2-like volume: columns front to back, rows head to feet, slices from the patient's left to right. */
  readonly volume: Volume;
  /** Dominant tissue of each voxel ({@link import("./canvas.js").PHANTOM_TISSUE}), in the order of the voxels. */
  readonly tissue: Uint8Array;
  readonly truth: PhantomTruth;
}

/** A slice is the mean of what is seen at these shares of its thickness: partial volume. */
const SUB_SLICES = [-0.28, 0.28];

function paintSlice(
  canvas: Canvas,
  anatomy: Anatomy,
  profile: Profile,
  look: Appearance,
  x: number,
  vesselSide: number,
): void {
  canvas.tissue.fill(0);
  paintBackground(canvas, anatomy, profile, look, x, vesselSide);
  for (const body of anatomy.bodies) paintPosterior(canvas, body, look, x, 2 + anatomy.sac[0]);
  for (const disc of [...anatomy.remnants, ...anatomy.discs]) paintDisc(canvas, disc, look, x);
  const column = [...anatomy.bodies, ...anatomy.sacrum];
  column.forEach((body, i) => {
    const [above, below] =
      body.isSacral && body.level !== "S1"
        ? [undefined, undefined]
        : [anatomy.discs[i], body.isSacral ? undefined : anatomy.discs[i + 1]];
    paintBody(canvas, body, { above, below }, look, x);
  });
}

/** Mean of each value and its neighbours, as a scanner's point spread does. */
function blur(values: Float32Array, rows: number, columns: number, amount: number): Float32Array {
  const out = values.slice();
  for (let row = 1; row < rows - 1; row++)
    for (let i = row * columns + 1; i < (row + 1) * columns - 1; i++)
      out[i] =
        values[i]! * (1 - amount) +
        (amount * (values[i - 1]! + values[i + 1]! + values[i - columns]! + values[i + columns]!)) / 4;
  return out;
}

/** Coil gain, saturation band, noise and scaling of one slice. */
function acquire(
  signal: Float32Array,
  canvas: Canvas,
  profile: Profile,
  look: Appearance,
  noise: Float32Array,
  random: PhantomRandom,
  out: Int16Array,
): void {
  const { rows, columns, pixel } = canvas;
  const blurred = blur(signal, rows, columns, look.blur);
  const front = profile.front.reduce((sum, value) => sum + value, 0) / rows;
  const wall = profile.wall.reduce((sum, value) => sum + value, 0) / rows;
  const gains = Float32Array.from({ length: columns }, (_, column) => {
    const back = column * pixel;
    const inBand = Math.min(1, Math.max(0, (front - look.band - back) / 10));
    return Math.exp((look.coil * (back - wall)) / 100) * (1 + (look.bandSignal - 1) * inBand);
  });
  let at = Math.floor(random.uniform() * noise.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      at = at + 1 < noise.length ? at + 1 : 0;
      const real = blurred[i]! * gains[column]! + look.noise * noise[at]!;
      const imaginary = look.noise * noise[(at + 7919) % noise.length]!;
      out[i] = Math.min(32767, Math.round(look.scale * Math.hypot(real, imaginary)));
    }
}

/** Renders a lumbar spine from a seed, with everything that is true of it. */
export function renderPhantom(options: PhantomOptions): Phantom {
  const random = new PhantomRandom(options.seed);
  const inPlane = options.inPlane ?? random.between(0.6, 0.78);
  const columns = options.columns ?? 16 * Math.round(random.between(384, 448) / 16);
  const rows = options.rows ?? 16 * Math.round(random.between(295, 335) / inPlane / 16);
  const slices = options.slices ?? 11 + 2 * Math.floor(random.between(0, 4));
  const sliceSpacing = options.sliceSpacing ?? random.between(3.6, 5);
  const origin = {
    back: columns * inPlane * random.between(0.42, 0.5),
    down: Math.max(rows * inPlane * random.between(0.7, 0.78), Math.min(232, rows * inPlane * 0.82)),
  };
  const anatomy = drawAnatomy(random, options.severity ?? "mixed", origin);
  const look = drawAppearance(random, options.appearance ?? "physics");
  const profile = profileOf(anatomy, rows, inPlane);
  const vesselSide = random.between(-16, 16);
  const noise = Float32Array.from({ length: 65521 }, () => random.normal());

  const size = rows * columns;
  const voxels = new Int16Array(slices * size);
  const tissue = new Uint8Array(slices * size);
  const canvas: Canvas = {
    rows,
    columns,
    pixel: inPlane,
    signal: new Float32Array(size),
    tissue: new Uint8Array(size),
  };
  for (let slice = 0; slice < slices; slice++) {
    const mean = new Float32Array(size);
    for (const share of SUB_SLICES) {
      const x = ((slices - 1) / 2 - slice - share) * sliceSpacing;
      paintSlice(canvas, anatomy, profile, look, x, vesselSide);
      for (let i = 0; i < size; i++) mean[i]! += canvas.signal[i]! / SUB_SLICES.length;
    }
    tissue.set(canvas.tissue, slice * size);
    acquire(mean, canvas, profile, look, noise, random, voxels.subarray(slice * size, (slice + 1) * size));
  }
  const first = ((slices - 1) / 2) * sliceSpacing;
  const affine = [
    0,
    0,
    -sliceSpacing,
    first,
    inPlane,
    0,
    0,
    -columns * inPlane * 0.5,
    0,
    -inPlane,
    0,
    rows * inPlane * 0.5,
    0,
    0,
    0,
    1,
  ];
  const volume: Volume = {
    voxels,
    columns,
    rows,
    slices,
    spacing: [inPlane, inPlane, sliceSpacing],
    affine,
    geometry: "patient",
  };
  return { volume, tissue, truth: truthOf(anatomy, volume) };
}
