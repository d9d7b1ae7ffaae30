import type { Body, Haemangioma, PhantomDisc } from "./frames.js";
import type { PhantomFamily, PhantomVariant } from "./options.js";
import type { Random } from "../numbers/index.js";

/** Ranges of waist, corner radius and factor on the endplates' hollow (mm, mm, 1) by family of outlines. */
export const OUTLINE: Readonly<Record<PhantomFamily, readonly (readonly [number, number])[]>> = {
  standard: [
    [1.5, 1.5],
    [2, 2],
    [1, 1],
  ],
  mixture: [
    [1.5, 1.5],
    [2, 2],
    [1, 1],
  ],
  varied: [
    [0.5, 3],
    [0.9, 3],
    [0.5, 1.3],
  ],
  boxy: [
    [0, 0.5],
    [0.4, 0.9],
    [0.2, 0.5],
  ],
  waisted: [
    [3, 4.5],
    [3, 4],
    [1.3, 1.8],
  ],
};

/** The bend to the side: shift in mm and roll at a place counted in bodies from the sacrum, and its Cobb angle. */
export function sideBend(random: Random, extra: Random, variant: PhantomVariant) {
  const usual = random.chance(0.3) ? random.boundedNormal(0, 4) : random.boundedNormal(0, 1);
  // One body with its disc is about 37 mm high; a sine's steepest slopes, at its ends, make the Cobb angle.
  const [period, step] = variant === "scoliosis" ? [7, 37] : [8 / 1.3, 37];
  const perAmplitude = Math.PI / (period * step);
  const wanted = ((extra.between(10, 25) / 2) * Math.PI) / 180;
  const side = extra.chance(0.5) ? 1 : -1;
  const amplitude = variant === "scoliosis" ? (side * Math.tan(wanted)) / perAmplitude : usual;
  const shift = (at: number): number => amplitude * Math.sin((at / period) * Math.PI);
  return {
    shift,
    roll: (at: number): number => amplitude * perAmplitude * Math.cos((at / period) * Math.PI),
    cobb: (2 * Math.atan(Math.abs(amplitude) * perAmplitude) * 180) / Math.PI,
  };
}

/** What differs from person to person about the lumbosacral border and the cord. */
export interface SpineForm {
  /** The disc of a sacralised L5: height and width over a healthy one's, and the turn (degrees) of L5 against the sacrum. */
  readonly rudiment: { readonly height: number; readonly width: number; readonly turn: number };
  /** Where the cord ends, in vertebrae below the lower third of L1. */
  readonly conus: number;
}

/** The cord ends in the lower third of L1 on average, from the middle of T12 to the upper third of L3 in 504 adults (Saifuddin et al., Spine 23:1452, 1998). */
const CONUS_DEVIATION = 0.5;

/** Draws what {@link SpineForm} tells. */
export function drawForm(random: Random): SpineForm {
  return {
    rudiment: {
      height: random.between(0.22, 0.42),
      width: random.between(0.62, 0.82),
      turn: random.between(2, 7),
    },
    conus: random.boundedNormal(0, CONUS_DEVIATION),
  };
}

/** How far a spur reaches at a disc of this condition, mm; the more worn, the likelier. */
function drawSpur(extra: Random, disc: PhantomDisc | undefined): number {
  const worn = ((disc?.condition?.degeneration ?? 1) - 2.5) / 2.5;
  const length = extra.between(1.5, 6);
  return extra.chance(0.5 * Math.max(0, worn)) ? length : 0;
}

function drawHaemangioma(extra: Random, halfBreadth: number): Haemangioma | undefined {
  const place = {
    u: extra.between(-8, 8),
    v: extra.between(-6, 6),
    lateral: extra.between(-0.5, 0.5) * halfBreadth,
    radius: extra.between(3, 8),
  };
  return extra.chance(0.02) ? place : undefined;
}

/** Bodies with spurs beside worn discs, and a haemangioma in some. Disc i lies below body i. */
export function withExtras(extra: Random, bodies: readonly Body[], discs: readonly PhantomDisc[]): Body[] {
  return bodies.map((body, i) => ({
    ...body,
    osteophytes: [drawSpur(extra, discs[i - 1]), drawSpur(extra, discs[i])],
    haemangioma: drawHaemangioma(extra, body.halfBreadth),
  }));
}
