import { fromPatient, toPatient } from "../imaging/index.js";
import type { Vec3, Volume } from "../imaging/index.js";

/** A second series of the same patient (T1), and where in it a voxel of the first one lies. */
export interface Partner {
  readonly volume: Volume;
  /** Column, row and slice (fractional) of the partner at a column, row and slice of the first volume. */
  readonly place: (index: Vec3) => Vec3;
}

/** Two pictures without geometry show the same field of view if its sides differ by less than this share. */
const SAME_FIELD = 0.01;
/** Smallest share of the first volume's middle slice that a partner must show. */
const OVERLAP = 0.5;

/** Share of the middle slice's places that lie inside of the partner. */
function overlapOf(volume: Volume, { volume: other, place }: Partner): number {
  let inside = 0;
  const steps = 10;
  const slice = Math.floor(volume.slices / 2);
  for (let y = 0; y < steps; y++)
    for (let x = 0; x < steps; x++) {
      const [c, r, s] = place([
        (x + 0.5) * (volume.columns / steps),
        (y + 0.5) * (volume.rows / steps),
        slice,
      ]);
      if (
        c >= 0 &&
        r >= 0 &&
        c < other.columns &&
        r < other.rows &&
        Math.round(s) >= 0 &&
        Math.round(s) < other.slices
      )
        inside++;
    }
  return inside / steps ** 2;
}

/**
 * Finds where a T1 series shows what a T2 series shows: by patient coordinates, or for two pictures without geometry by
 * their equal field of view.
 * @returns undefined where the two do not show the same place
 */
export function partnerOf(volume: Volume, t1: Volume): Partner | undefined {
  if (volume.geometry !== t1.geometry) return undefined;
  if (volume.geometry === "patient") {
    const at = (index: Vec3): Vec3 | undefined => fromPatient(t1, toPatient(volume, index));
    // The way from one volume's indices to the other's is affine: four places tell all.
    const [origin, right, down, across] = [at([0, 0, 0]), at([1, 0, 0]), at([0, 1, 0]), at([0, 0, 1])];
    if (!origin || !right || !down || !across) return undefined;
    const along = ([c, r, s]: Vec3, axis: 0 | 1 | 2): number =>
      origin[axis] +
      c * (right[axis] - origin[axis]) +
      r * (down[axis] - origin[axis]) +
      s * (across[axis] - origin[axis]);
    const partner: Partner = {
      volume: t1,
      place: (index) => [along(index, 0), along(index, 1), along(index, 2)],
    };
    return overlapOf(volume, partner) < OVERLAP ? undefined : partner;
  }
  const sides = (of: Volume): [number, number] => [of.columns * of.spacing[0], of.rows * of.spacing[1]];
  const [[width, height], [otherWidth, otherHeight]] = [sides(volume), sides(t1)];
  const isSame = (a: number, b: number): boolean => Math.abs(a / b - 1) < SAME_FIELD;
  if (!isSame(width, otherWidth) || !isSame(height, otherHeight) || volume.slices !== t1.slices)
    return undefined;
  const [x, y] = [t1.columns / volume.columns, t1.rows / volume.rows];
  return { volume: t1, place: ([c, r, s]) => [(c + 0.5) * x - 0.5, (r + 0.5) * y - 0.5, s] };
}
