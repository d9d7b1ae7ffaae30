import type { DiscCondition } from "./labels.js";
import type { PhantomVariant } from "./options.js";

/** A place in the mid-sagittal plane, in mm: `back` from the picture's front edge, `down` from its top. */
export interface PlanePoint {
  readonly back: number;
  readonly down: number;
}

/** Something with a frame of its own. */
export interface Framed {
  readonly level: string;
  readonly centre: PlanePoint;
  /** Tilt in radians, positive when the back is lower. */
  readonly angle: number;
  /** Lateral shift in mm, and mm that it lies lower for each mm toward the patient's left (scoliosis). */
  readonly lateral: number;
  readonly roll: number;
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
  /** How far the walls are drawn in at mid height, and the radius of the outline's corners. */
  readonly waist: number;
  readonly corner: number;
  readonly isSacral: boolean;
  /** How far in mm bone reaches forward beyond the upper and lower front corner. */
  readonly osteophytes: readonly [number, number];
  readonly haemangioma: Haemangioma | undefined;
}

/** A round fatty growth in a body: place in the body's frame and lateral, mm. */
export interface Haemangioma {
  readonly u: number;
  readonly v: number;
  readonly lateral: number;
  readonly radius: number;
}

/** A disc; `condition` is undefined where there is nothing to grade: remnants, and the space in a block of fused bodies. */
export interface PhantomDisc extends Framed {
  readonly width: number;
  readonly anteriorHeight: number;
  readonly posteriorHeight: number;
  readonly halfBreadth: number;
  readonly condition: DiscCondition | undefined;
  /** Whether bone joins the bodies above and below. */
  readonly isFused: boolean;
}

export interface Anatomy {
  readonly variant: PhantomVariant;
  /** Number of lumbar vertebrae, a sacralised one among them. */
  readonly lumbar: number;
  /** Cobb angle of the curve to the side, degrees. */
  readonly cobb: number;
  /** Where the cord ends, in vertebrae below the lower third of L1. */
  readonly conus: number;
  /** From the top down to the last above the sacrum: T9 ... L5 in the usual spine, T10 ... L5, S1 in one with a lumbarised S1. */
  readonly bodies: readonly Body[];
  /** S1 (S2 with a lumbarised S1) ... S5. */
  readonly sacrum: readonly Body[];
  /** Disc i lies below body i: T9-T10 ... L5-S1, from the top down. */
  readonly discs: readonly PhantomDisc[];
  readonly remnants: readonly PhantomDisc[];
  /** Front-to-back diameter of the dural sac at L1 and S1, mm. */
  readonly sac: readonly [number, number];
  readonly subcutaneousFat: number;
  readonly backMuscle: number;
  readonly belly: number;
}

/** The place `back` and `down` from a point in a frame turned by `angle`. */
export function move(point: PlanePoint, angle: number, back: number, down: number): PlanePoint {
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

/** A part as the slice `x` mm beside the middle meets it: in scoliosis it lies higher or lower than in its own middle. */
export function atSlice<T extends Framed>(part: T, x: number): T {
  if (part.roll === 0) return part;
  const { back, down } = part.centre;
  return { ...part, centre: { back, down: down + part.roll * (x - part.lateral) } };
}
