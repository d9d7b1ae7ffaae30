import { affineOf, cross, dot, scale, spacingOf, spansSpace, step, unit } from "../../geometry.js";
import type { Affine, Vec3 } from "../../volume.js";

/** The two places where a NIfTI header says how the image lies in the patient, in RAS, in the file's unit. */
export interface Placements {
  /** 0 none, 1 scanner, 2 aligned to another image, 3 Talairach, 4 MNI, 5 another template. */
  readonly qformCode: number;
  readonly sformCode: number;
  /** qfac, then voxel sizes: pixdim[0] to pixdim[3]. */
  readonly pixdim: readonly number[];
  /** b, c, d. */
  readonly quaternion: Vec3;
  readonly offset: Vec3;
  /** srow_x, srow_y and srow_z. */
  readonly sform: readonly number[];
}

/** Codes of a form that keeps the patient's own size: scanner or aligned. A template's may stretch the patient. */
const OWN_SIZE: ReadonlySet<number> = new Set([1, 2]);

/** RAS to LPS and back: x and y change sign. */
export function flipXY(affine: Affine): Affine {
  return affine.map((value, i) => (i < 8 ? -value + 0 : value));
}

/**
 * The affine in RAS from the quaternion form (nifti1.h, method 2); `undefined` where the three numbers are no rotation.
 * A header keeps b, c and d; a makes the length 1.
 */
function quaternionAffine({ quaternion, pixdim, offset }: Placements): Affine | undefined {
  const length = Math.hypot(...quaternion);
  if (!(length < 1.001)) return undefined;
  // Rounding may make them longer than 1, which is half a turn.
  const [b, c, d] = length > 1 ? scale(quaternion, 1 / length) : quaternion;
  const a = Math.sqrt(Math.max(0, 1 - b * b - c * c - d * d));
  const size = (axis: 1 | 2 | 3) => Math.abs(pixdim[axis]!) || 1;
  const [x, y, z] = [size(1), size(2), size(3) * (pixdim[0]! < 0 ? -1 : 1)];
  return affineOf(
    [(a * a + b * b - c * c - d * d) * x, 2 * (b * c + a * d) * x, 2 * (b * d - a * c) * x],
    [2 * (b * c - a * d) * y, (a * a + c * c - b * b - d * d) * y, 2 * (c * d + a * b) * y],
    [2 * (b * d + a * c) * z, 2 * (c * d - a * b) * z, (a * a + d * d - c * c - b * b) * z],
    offset,
  );
}

/** The quaternion form of an affine; `undefined` where its axes are not at right angles, which it cannot say. */
export function quaternionOf(affine: Affine): { quaternion: Vec3; qfac: 1 | -1 } | undefined {
  const columns = ([0, 1, 2] as const).map((axis) => unit(step(affine, axis)));
  const [i, j, k] = columns;
  if (!i || !j || !k || Math.max(...[dot(i, j), dot(j, k), dot(k, i)].map(Math.abs)) > 1e-4) return undefined;
  const qfac = dot(cross(i, j), k) < 0 ? -1 : 1;
  const m = [i, j, scale(k, qfac)] as const;
  // The four squares add up to 1, so the largest is at least a quarter and may divide (Shepperd 1978).
  const squares = [
    1 + m[0][0] + m[1][1] + m[2][2],
    1 + m[0][0] - m[1][1] - m[2][2],
    1 - m[0][0] + m[1][1] - m[2][2],
    1 - m[0][0] - m[1][1] + m[2][2],
  ];
  const largest = squares.indexOf(Math.max(...squares));
  const twice = Math.sqrt(squares[largest]!);
  const [yz, zx, xy] = [m[1][2] - m[2][1], m[2][0] - m[0][2], m[0][1] - m[1][0]];
  const [ys, zs, xs] = [m[1][2] + m[2][1], m[2][0] + m[0][2], m[0][1] + m[1][0]];
  const four = [
    [twice * twice, yz, zx, xy],
    [yz, twice * twice, xs, zs],
    [zx, xs, twice * twice, ys],
    [xy, zs, ys, twice * twice],
  ][largest]!.map((value) => value / (2 * twice));
  const sign = four[0]! < 0 ? -1 : 1;
  return { quaternion: [sign * four[1]!, sign * four[2]!, sign * four[3]!], qfac };
}

function usable(affine: Affine | undefined): affine is Affine {
  return affine !== undefined && spansSpace(affine);
}

/**
 * The affine in RAS, or `undefined` where the file gives no orientation, and whether the two forms differ by more than
 * a voxel's tenth at the image's far corner. The sform is taken where its code is scanner or aligned, as most programs
 * do: it is written with more digits and can say a shear. A template's sform (codes 3 to 5) may stretch the patient, so
 * a qform of the scanner goes before it; sizes are measured in this patient's millimetres.
 */
export function niftiAffine(
  places: Placements,
  shape: Vec3,
): { affine: Affine; which: "sform" | "qform"; differs: boolean } | undefined {
  const sform = places.sformCode > 0 ? [...places.sform, 0, 0, 0, 1] : undefined;
  const qform = places.qformCode > 0 ? quaternionAffine(places) : undefined;
  if (!usable(sform)) return usable(qform) ? { affine: qform, which: "qform", differs: false } : undefined;
  if (!usable(qform)) return { affine: sform, which: "sform", differs: false };
  const first = OWN_SIZE.has(places.sformCode) || !OWN_SIZE.has(places.qformCode);
  const apart = [0, 4, 8].map((row) => {
    const at = (corner: Vec3) =>
      [...corner, 1].reduce((sum, index, i) => sum + (sform[row + i]! - qform[row + i]!) * index, 0);
    return Math.max(Math.abs(at([0, 0, 0])), Math.abs(at(shape)));
  });
  const differs = Math.hypot(...apart) > 0.1 * Math.min(...spacingOf(sform));
  return first ? { affine: sform, which: "sform", differs } : { affine: qform, which: "qform", differs };
}
