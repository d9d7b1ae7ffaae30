import type { Appearance } from "./appearance.js";
import { addFlowVoids, addGhosts, addGibbs, addMetal } from "./artefacts.js";
import type { Frame } from "./artefacts.js";
import type { Scene } from "./scene.js";

/** Mean of each value and its neighbours, as a scanner's point spread does. */
function blur(values: Float32Array, { rows, columns }: Frame, amount: number): Float32Array {
  const out = values.slice();
  for (let row = 1; row < rows - 1; row++)
    for (let i = row * columns + 1; i < (row + 1) * columns - 1; i++)
      out[i] =
        values[i]! * (1 - amount) +
        (amount * (values[i - 1]! + values[i + 1]! + values[i - columns]! + values[i + columns]!)) / 4;
  return out;
}

const mean = (values: Float32Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Gain of each column: surface coil and saturation band. */
function columnGains({ frame, profile }: Scene, look: Appearance): Float32Array {
  const [front, wall] = [mean(profile.front), mean(profile.wall)];
  return Float32Array.from({ length: frame.columns }, (_, column) => {
    const back = column * frame.pixel;
    const inBand = Math.min(1, Math.max(0, (front - look.band - back) / 10));
    return Math.exp((look.coil * (back - wall)) / 100) * (1 + (look.bandSignal - 1) * inBand);
  });
}

/** Slow gain over the picture, from cosine waves of half and one period along its axes. */
function applyBias(signal: Float32Array, { rows, columns }: Frame, bias: readonly number[]): void {
  const [a = 0, b = 0, c = 0, d = 0] = bias;
  const along = (count: number, half: number, whole: number): Float64Array =>
    Float64Array.from({ length: count }, (_, i) =>
      Math.exp(half * Math.cos((Math.PI * i) / count) + whole * Math.cos((2 * Math.PI * i) / count)),
    );
  const [byRow, byColumn] = [along(rows, a, b), along(columns, c, d)];
  for (let i = 0; i < signal.length; i++)
    signal[i]! *= byRow[Math.floor(i / columns)]! * byColumn[i % columns]!;
}

/**
 * What the scanner makes of one slice: point spread, coil, saturation band, the artefacts asked for, Rician noise.
 * @param signal of the tissues, relative to marrow; it is not changed
 * @param x lateral place of the slice, mm
 * @param out where the stored values go
 */
export function acquire(
  signal: Float32Array,
  scene: Scene,
  look: Appearance,
  x: number,
  out: Int16Array,
): void {
  const { frame, artefacts, profile, noise } = scene;
  const { rows, columns } = frame;
  const seen = blur(signal, frame, look.blur);
  if (artefacts.flowVoids !== undefined) addFlowVoids(seen, frame, profile, look, artefacts.flowVoids);
  addMetal(seen, frame, scene.metal, x);
  if (look.gamma !== 1) for (let i = 0; i < seen.length; i++) seen[i] = Math.max(0, seen[i]!) ** look.gamma;
  if (look.bias.length > 0) applyBias(seen, frame, look.bias);
  const gains = columnGains(scene, look);
  for (let i = 0, column = 0; i < seen.length; i++) {
    seen[i]! *= gains[column]!;
    if (++column === columns) column = 0;
  }
  if (artefacts.ghosts !== undefined) addGhosts(seen, frame, profile, artefacts.ghosts);
  if (artefacts.kSpace !== undefined) addGibbs(seen, frame, artefacts.kSpace);
  let at = Math.floor(scene.random.uniform() * noise.length);
  let other = (at + 7919) % noise.length;
  for (let i = 0; i < rows * columns; i++) {
    if (++at === noise.length) at = 0;
    if (++other === noise.length) other = 0;
    const real = seen[i]! + look.noise * noise[at]!;
    const imaginary = look.noise * noise[other]!;
    out[i] = Math.min(32767, Math.round(look.scale * Math.sqrt(real * real + imaginary * imaginary)));
  }
}
