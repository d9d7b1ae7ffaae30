import type { Appearance } from "./appearance.js";
import { noiseAt } from "./canvas.js";
import { truncateFrequencies } from "./fourier.js";
import { placeInPlane } from "./frames.js";
import type { Anatomy, PlanePoint } from "./frames.js";
import type { PhantomArtefacts } from "./options.js";
import type { Profile } from "./profile.js";
import type { Random } from "../numbers/index.js";

/** Size of a picture: rows, columns, mm between pixels. */
export interface Frame {
  readonly rows: number;
  readonly columns: number;
  readonly pixel: number;
}

/** A contrast with the coil, band and noise that were asked for. */
export function withArtefacts(look: Appearance, artefacts: PhantomArtefacts): Appearance {
  const { saturationBand, coilGain, signalToNoise } = artefacts;
  return {
    ...look,
    bandSignal: saturationBand ?? look.bandSignal,
    coil: coilGain === undefined ? look.coil : Math.log(coilGain) / 2,
    noise: signalToNoise === undefined ? look.noise : look.marrow / signalToNoise,
  };
}

/** Moves the part of the signal that is fat backward by a number of pixels, along the read-out direction. */
export function shiftFat(
  signal: Float32Array,
  fat: Float32Array,
  { rows, columns }: Frame,
  pixels: number,
): void {
  const whole = Math.floor(pixels);
  const part = pixels - whole;
  for (let row = 0; row < rows; row++)
    for (let column = columns - 1; column >= 0; column--) {
      const i = row * columns + column;
      const at = (back: number): number => fat[row * columns + Math.max(0, column - back)]!;
      signal[i] = Math.max(0, signal[i]! - fat[i]! + at(whole) * (1 - part) + at(whole + 1) * part);
    }
}

/** Rings the edges along both axes. */
export function addGibbs(signal: Float32Array, { rows, columns }: Frame, share: number): void {
  const rowStarts = Array.from({ length: rows }, (_, row) => row * columns);
  truncateFrequencies(signal, rowStarts, columns, 1, share);
  const columnStarts = Array.from({ length: columns }, (_, column) => column);
  truncateFrequencies(signal, columnStarts, rows, columns, share);
  for (let i = 0; i < signal.length; i++) signal[i] = Math.abs(signal[i]!);
}

/** Repeats what moves (the belly's wall and the CSF) along the head-feet direction, at even distances. */
export function addGhosts(
  signal: Float32Array,
  { rows, columns, pixel }: Frame,
  profile: Profile,
  strength: number,
): void {
  const moving = new Float32Array(signal.length);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const back = column * pixel;
      const isBelly = back < profile.skin[row]! + 12;
      const isCsf = back > profile.sacFront[row]! && back < profile.sacBack[row]!;
      if (isBelly || isCsf) moving[row * columns + column] = signal[row * columns + column]!;
    }
  const period = Math.round(rows / 5.3);
  for (const [times, share] of [
    [1, 1],
    [2, 0.5],
  ] as const)
    for (const side of [-1, 1])
      for (let row = 0; row < rows; row++) {
        // What leaves the picture on one side comes back on the other.
        const from = (((row + side * times * period) % rows) + rows) % rows;
        for (let column = 0; column < columns; column++)
          signal[row * columns + column]! += strength * share * moving[from * columns + column]!;
      }
}

/** Takes CSF's signal away in streaks where it flows, most of all behind the cord. */
export function addFlowVoids(
  signal: Float32Array,
  { rows, columns, pixel }: Frame,
  profile: Profile,
  look: Appearance,
  strength: number,
): void {
  for (let row = 0; row < rows; row++) {
    const depth = profile.sacBack[row]! - profile.sacFront[row]!;
    if (depth < 2) continue;
    const first = Math.max(0, Math.ceil(profile.sacFront[row]! / pixel));
    const last = Math.min(columns - 1, Math.floor(profile.sacBack[row]! / pixel));
    for (let column = first; column <= last; column++) {
      const position = (column * pixel - profile.sacFront[row]!) / depth;
      const wave = noiseAt(look.coarse, row >> 1, column * 4 + 128) - 0.3 + (position - 0.5) * 0.8;
      const loss = strength * Math.min(1, Math.max(0, wave));
      signal[row * columns + column]! *= 1 - loss;
    }
  }
}

/** A screw's void: place in the plane, lateral (mm), radius (mm). */
export interface Metal {
  readonly at: PlanePoint;
  readonly lateral: number;
  readonly radius: number;
}

/** Screws in the pedicles of two neighbouring vertebrae of the lower back. */
export function placeMetal(anatomy: Anatomy, random: Random, radius: number): Metal[] {
  const upper = anatomy.bodies.length - 2 - Math.floor(random.between(0, 2));
  return [upper, upper + 1].flatMap((i) => {
    const body = anatomy.bodies[i]!;
    const at = placeInPlane(body, body.width / 2 + 6, -body.posteriorHeight * 0.2);
    return [-1, 1].map((side) => ({ at, lateral: body.lateral + side * 13, radius }));
  });
}

/** Voids about metal, with the bright rim where displaced signal piles up. */
export function addMetal(
  signal: Float32Array,
  { rows, columns, pixel }: Frame,
  metal: readonly Metal[],
  x: number,
): void {
  for (const { at, lateral, radius } of metal) {
    const cut = Math.sqrt(Math.max(0, radius ** 2 - (0.6 * (x - lateral)) ** 2));
    if (cut < 1) continue;
    const reach = cut * 1.6;
    for (let row = Math.max(0, Math.floor((at.down - reach) / pixel)); row < rows; row++) {
      if (row * pixel > at.down + reach) break;
      for (let column = Math.max(0, Math.floor((at.back - reach) / pixel)); column < columns; column++) {
        const [dx, dy] = [column * pixel - at.back, row * pixel - at.down];
        if (dx > reach) break;
        // The void is longer along the read-out direction, and signal piles up at one of its ends.
        const from = Math.hypot(dx / 1.35, dy) / cut;
        const i = row * columns + column;
        if (from < 1) signal[i]! *= 0.04 + 0.96 * Math.max(0, (from - 0.9) / 0.1);
        else if (from < 1.2 && dx < 0) signal[i] = signal[i]! * 1.4 + 0.5 * (1.2 - from) * 5;
      }
    }
  }
}
