import { drawCondition } from "./labels.js";
import type { DiscCondition } from "./labels.js";
import type { PhantomRandom } from "./random.js";

/** A place in the mid-sagittal plane, in mm: `back` from the picture's front edge, `down` from its top. */
export interface PlanePoint {
  readonly back: number;
  readonly down: number;
}

/** Something with a frame of its own: middle, tilt (radians, positive when the back is lower), lateral shift in mm. */
export interface Framed {
  readonly level: string;
  readonly centre: PlanePoint;
  readonly angle: number;
  readonly lateral: number;
}

/** A vertebral or sacral body; lengths in mm. */
export interface Body extends Framed {
  /** Front to back. */
  readonly width: number;
  readonly anteriorHeight: number;
  readonly posteriorHeight: number;
  /** Half of the width from side to side. */
  readonly halfBreadth: number;
  /** Depth of the endplates' hollow. */
  readonly hollow: number;
  readonly isSacral: boolean;
}

/** A disc; `condition` is undefined for the remnants between sacral bodies. */
export interface PhantomDisc extends Framed {
  readonly width: number;
  readonly anteriorHeight: number;
  readonly posteriorHeight: number;
  readonly halfBreadth: number;
  readonly condition: DiscCondition | undefined;
}

export interface Anatomy {
  /** T10 ... L5, from the top down. */
  readonly bodies: readonly Body[];
  /** S1 ... S5. */
  readonly sacrum: readonly Body[];
  /** T9-T10 (above the picture) ... L5-S1, from the top down. */
  readonly discs: readonly PhantomDisc[];
  readonly remnants: readonly PhantomDisc[];
  /** Front-to-back diameter of the dural sac at L1 and S1, mm. */
  readonly sac: readonly [number, number];
  readonly subcutaneousFat: number;
  readonly backMuscle: number;
  readonly belly: number;
}

const LEVELS = ["L5", "L4", "L3", "L2", "L1", "T12", "T11", "T10", "T9"] as const;
/** From L5 upward; specs: upper AP 35 mm, posterior height 24 to 26, anterior height of L5 30, +3 mm in the living. */
const WIDTH = [35, 35.5, 35, 34.5, 34, 32, 30, 29, 28];
const POSTERIOR_HEIGHT = [25, 26.5, 27.5, 28, 27.5, 26.5, 25, 24, 23];
const ANTERIOR_HEIGHT = [30, 29, 28.5, 28, 26.5, 25, 23.5, 22.5, 21.5];
const HALF_BREADTH = [25, 24, 23, 22, 21, 20, 18, 17, 16];
/** Mid height of healthy discs from L5-S1 upward. */
const DISC_HEIGHT = [11.5, 12.5, 11.5, 10.5, 9, 6.8, 5.4, 4.8, 4.4];
/** Front over mean height: lumbar discs are wedge-shaped. */
const DISC_WEDGE = [1.35, 1.25, 1.15, 1.1, 1.05, 1, 1, 1, 1];
/** Tilt in degrees of the bodies from L5 upward, for a typical back lying down. */
const TILT = [-23, -9, 0, 5, 8.5, 9.5, 8.5, 6.5, 4.5];

function move(point: PlanePoint, angle: number, back: number, down: number): PlanePoint {
  return {
    back: point.back + Math.cos(angle) * back - Math.sin(angle) * down,
    down: point.down + Math.sin(angle) * back + Math.cos(angle) * down,
  };
}

/** The place in the plane of (u back, v down) in something's frame. */
export function placeInPlane(
  { centre, angle }: Pick<Framed, "centre" | "angle">,
  u: number,
  v: number,
): PlanePoint {
  return move(centre, angle, u, v);
}

/** Draws the anatomy of one person. The sacral promontory is put at `origin`. */
export function drawAnatomy(
  random: PhantomRandom,
  severity: "mixed" | "healthy",
  origin: PlanePoint,
): Anatomy {
  const size = random.normal(1, 0.06);
  const lordosis = random.between(0.55, 1.4);
  const sacralSlope = ((-38 * (0.6 + 0.4 * lordosis) + random.normal(0, 4)) * Math.PI) / 180;
  const lean = random.normal(0, 2.5);
  const curve = random.chance(0.3) ? random.normal(0, 4) : random.normal(0, 1);
  const lateralAt = (index: number): number => curve * Math.sin((index / 8) * Math.PI * 1.3);

  const bodies: Body[] = [];
  const discs: PhantomDisc[] = [];
  let top = origin;
  let below = sacralSlope;
  LEVELS.forEach((level, i) => {
    const tilt = ((TILT[i]! * lordosis + lean + random.normal(0, 1.2)) * Math.PI) / 180;
    const condition = drawCondition(random, i, severity);
    const height = DISC_HEIGHT[i]! * size * random.normal(1, 0.08) * condition.heightFactor;
    const wedge = 1 + (DISC_WEDGE[i]! - 1) * Math.min(1, condition.heightFactor);
    const angle = (tilt + below) / 2;
    const width = WIDTH[i]! * size * random.normal(1, 0.03);
    const halfBreadth = HALF_BREADTH[i]! * size;
    discs.unshift({
      level: `${level}-${i === 0 ? "S1" : LEVELS[i - 1]!}`,
      centre: move(top, angle, -condition.slip / 2, -height / 2),
      angle,
      lateral: lateralAt(i),
      width: width * 0.98,
      anteriorHeight: height * wedge,
      posteriorHeight: height * (2 - wedge),
      halfBreadth,
      condition,
    });
    const bottom = move(top, angle, -condition.slip, -height);
    const [anteriorHeight, posteriorHeight] = [
      ANTERIOR_HEIGHT[i]! * size * random.normal(1, 0.04),
      POSTERIOR_HEIGHT[i]! * size * random.normal(1, 0.04),
    ];
    const mean = (anteriorHeight + posteriorHeight) / 2;
    bodies.unshift({
      level,
      centre: move(bottom, tilt, 0, -mean / 2),
      angle: tilt,
      lateral: lateralAt(i + 0.5),
      width,
      anteriorHeight,
      posteriorHeight,
      halfBreadth,
      hollow: random.between(0.6, 2),
      isSacral: false,
    });
    top = move(bottom, tilt, 0, -mean);
    below = tilt;
  });
  const { sacrum, remnants } = drawSacrum(random, size, origin, sacralSlope);
  return {
    bodies,
    sacrum,
    discs,
    remnants,
    sac: [random.normal(14.5, 1.4), random.normal(11, 1.3)],
    subcutaneousFat: random.between(6, 38),
    backMuscle: random.between(38, 55) * size,
    belly: random.between(60, 110),
  };
}

const SACRAL_HEIGHT = [29, 24, 20, 17, 15];
const SACRAL_WIDTH = [31, 22, 16, 12, 9];
/** Degrees that each sacral body is turned against the one above it: the sacrum is hollow in front. */
const SACRAL_TURN = [-8, -4, 8, 20, 25];

function drawSacrum(
  random: PhantomRandom,
  size: number,
  origin: PlanePoint,
  slope: number,
): { sacrum: Body[]; remnants: PhantomDisc[] } {
  const sacrum: Body[] = [];
  const remnants: PhantomDisc[] = [];
  let top = origin;
  let angle = slope;
  SACRAL_HEIGHT.forEach((height, i) => {
    angle += ((SACRAL_TURN[i]! + random.normal(0, 2)) * Math.PI) / 180;
    const tall = height * size;
    const width = SACRAL_WIDTH[i]! * size;
    sacrum.push({
      level: `S${i + 1}`,
      centre: move(top, angle, i === 0 ? 0 : -1, tall / 2),
      angle,
      lateral: 0,
      width,
      anteriorHeight: tall,
      posteriorHeight: tall * 0.9,
      halfBreadth: (40 - 6 * i) * size,
      hollow: 0.3,
      isSacral: true,
    });
    const bottom = move(top, angle, 0, tall);
    const gap = i === 0 ? random.between(1.8, 4) : random.between(0.9, 1.6);
    remnants.push({
      level: `S${i + 1}-S${i + 2}`,
      centre: move(bottom, angle, 0, gap / 2),
      angle,
      lateral: 0,
      width: width * random.between(0.6, 0.8),
      anteriorHeight: gap,
      posteriorHeight: gap,
      halfBreadth: 18,
      condition: undefined,
    });
    top = move(bottom, angle, 0, gap);
  });
  return { sacrum, remnants };
}
