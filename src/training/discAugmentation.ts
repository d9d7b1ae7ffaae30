import type { Random } from "../numbers/index.js";
import { CROP_SIZE, cutOut, cutOutPartner, frameOf, normaliseCrop } from "../grading/index.js";
import type { CropFrame } from "../grading/index.js";
import type { DiscSample } from "./samples/index.js";

/** An augmented disc: the network's input, where it was cut, and whether it was then turned upside down (upper and lower labels change places). */
export interface AugmentedDisc {
  readonly input: Float32Array;
  readonly frame: CropFrame;
  readonly upsideDown: boolean;
}

/** Turns rows round, so that the upper endplate becomes the lower one. */
function flipRows(values: Float32Array): Float32Array {
  const flipped = new Float32Array(values.length);
  for (let row = 0; row < CROP_SIZE; row++)
    flipped.set(values.subarray(row * CROP_SIZE, (row + 1) * CROP_SIZE), (CROP_SIZE - 1 - row) * CROP_SIZE);
  return flipped;
}

/** Gamma, bias field and noise of one series, in place. */
function distort(values: Float32Array, random: Random): void {
  let level = 1e-6;
  for (const value of values) level = Math.max(level, value);
  const gamma = Math.exp(random.normal() * 0.12);
  const [tiltRow, tiltColumn] = [random.normal() * 0.1, random.normal() * 0.15];
  const noise = random.chance(0.5) ? random.between(0, 0.04) : 0;
  for (let i = 0; i < values.length; i++) {
    const [y, x] = [Math.floor(i / CROP_SIZE) / 32 - 1, (i % CROP_SIZE) / 32 - 1];
    values[i] = Math.max(
      0,
      (values[i]! / level) ** gamma * Math.exp(tiltRow * y + tiltColumn * x) + noise * random.normal(),
    );
  }
}

/** Share of samples whose T1 partner is withheld: a grader must also do without. */
const WITHOUT_PARTNER = 0.4;

/**
 * Shift (1.5 mm), rotation (7°), scale (6 %), bias field, gamma, noise and, for a quarter, upside down. Intensity changes
 * come before normalisation, as a scanner's would. The T1 partner lies up to a millimetre off, as patients move.
 */
export function augmentDisc(sample: DiscSample, random: Random): AugmentedDisc {
  const { volume, slice, disc, partner } = sample;
  const { spacing } = volume;
  const place = frameOf(disc);
  const frame = {
    column: place.column + (random.normal() * 1.5) / spacing[0],
    row: place.row + (random.normal() * 1.2) / spacing[1],
    angle: place.angle + random.normal() * 7,
    scale: Math.exp(random.normal() * 0.06),
  };
  const values = cutOut(volume, slice, frame);
  distort(values, random);
  const upsideDown = random.chance(0.25);
  const turned = (one: Float32Array): Float32Array => (upsideDown ? flipRows(one) : one);
  let t1: Float32Array | undefined;
  if (partner !== undefined && !random.chance(WITHOUT_PARTNER)) {
    const moved = {
      ...frame,
      column: frame.column + (random.normal() * 0.5) / spacing[0],
      row: frame.row + (random.normal() * 0.5) / spacing[1],
    };
    const cut = cutOutPartner(partner, slice, moved, spacing);
    distort(cut, random);
    t1 = turned(cut);
  }
  return { input: normaliseCrop(turned(values), disc.height, t1), frame, upsideDown };
}

/** Key of the feature whose label an upside-down disc takes: upper and lower change places. */
export function labelKey(key: string, upsideDown: boolean): string {
  if (!upsideDown) return key;
  if (key.startsWith("upper")) return key.replace("upper", "lower");
  return key.startsWith("lower") ? key.replace("lower", "upper") : key;
}
