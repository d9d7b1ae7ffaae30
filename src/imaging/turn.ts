import { affineOf, isNearIsotropic, scale, step, unit } from "./geometry.js";
import { toPatient, type Vec3, type Volume } from "./volume.js";

export type Axis = 0 | 1 | 2;

/** For each axis wanted (columns, rows, slices) the axis at hand that becomes it, and whether it runs backwards. */
export interface Turn {
  readonly source: readonly [Axis, Axis, Axis];
  readonly flipped: readonly boolean[];
}

type Header = Omit<Volume, "voxels">;

/** Spacings that differ by more than this part are told apart when the coarse one is looked for. */
const COARSER = 1.1;

const AXES: readonly Axis[] = [0, 1, 2];

function sizesOf({ columns, rows, slices }: Header): Vec3 {
  return [columns, rows, slices];
}

/**
 * The axis that a stack was cut along, whatever order a file keeps its axes in: the one of a single step, else that of the
 * widest spacing, else (a spacing that tells nothing) one that is far shorter than the others; 2, the slices, in doubt.
 */
export function coarseAxis(header: Header): Axis {
  const sizes = sizesOf(header);
  const single = AXES.filter((axis) => sizes[axis] === 1);
  if (single.length > 0) return single.includes(2) || single.length > 1 ? 2 : single[0]!;
  const [widest, next] = [...AXES].sort((a, b) => header.spacing[b] - header.spacing[a]) as [
    Axis,
    Axis,
    Axis,
  ];
  if (header.spacing[widest] > COARSER * header.spacing[next]) return widest;
  const [shortest, second] = [...AXES].sort((a, b) => sizes[a] - sizes[b]) as [Axis, Axis, Axis];
  return !isNearIsotropic(header) && 2 * sizes[shortest] < sizes[second] ? shortest : 2;
}

/** Where the columns and rows of a picture run to (LPS), by the axis of the patient that its slices follow. */
const PICTURE_AXES: readonly (readonly [Vec3, Vec3, Vec3])[] = [
  [[0, 1, 0], [0, 0, -1], [1, 0, 0]], // sagittal: posterior, feet, left
  [[1, 0, 0], [0, 0, -1], [0, 1, 0]], // coronal: left, feet, posterior
  [[1, 0, 0], [0, 1, 0], [0, 0, 1]], // axial: left, posterior, head
]; // prettier-ignore

const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [1, 0, 2],
  [0, 2, 1],
  [2, 0, 1],
  [1, 2, 0],
  [2, 1, 0],
];

/** The turn that brings axes with these directions (unit vectors) nearest to the wanted ones; with `slice`, that axis last. */
export function nearestTurn(along: readonly Vec3[], wanted: readonly Vec3[], slice?: Axis): Turn {
  const cosine = (axis: Axis, i: number) =>
    along[axis]!.reduce((sum, value, k) => sum + value * wanted[i]![k]!, 0);
  const fit = (order: readonly [Axis, Axis, Axis]) =>
    order.reduce<number>((sum, axis, i) => sum + Math.abs(cosine(axis, i)), 0);
  const source = PERMUTATIONS.filter((order) => slice === undefined || order[2] === slice).reduce(
    (best, order) => (fit(order) > fit(best) + 1e-9 ? order : best),
  );
  return { source, flipped: source.map((axis, i) => cosine(axis, i) < 0) };
}

/**
 * The turn that makes slices of the axis that a stack was cut along, upright as its plane is shown; `undefined` where they
 * are slices already, or where the axes have no directions.
 */
export function turnToSlices(header: Header): Turn | undefined {
  const slice = coarseAxis(header);
  const along = AXES.map((axis) => unit(step(header.affine, axis))).filter((axis) => axis !== undefined);
  if (slice === 2 || along.length < 3) return undefined;
  const parts = along[slice]!.map(Math.abs);
  return nearestTurn(along, PICTURE_AXES[parts.indexOf(Math.max(...parts))]!, slice);
}

/** The index at hand that a turned index was. */
export function unturned(header: Header, { source, flipped }: Turn, index: Vec3): Vec3 {
  const sizes = sizesOf(header);
  const original: [number, number, number] = [0, 0, 0];
  source.forEach((axis, i) => {
    original[axis] = flipped[i] ? sizes[axis] - 1 - index[i]! : index[i]!;
  });
  return original;
}

/** What a volume says of itself when it is turned; its affine leads to the same places. */
export function turnedHeader(header: Header, turn: Turn): Header {
  const { source, flipped } = turn;
  const sizes = sizesOf(header);
  const [columns, rows, slices] = source.map((axis) => sizes[axis]) as [number, number, number];
  const steps = source.map((axis, i) => scale(step(header.affine, axis), flipped[i] ? -1 : 1));
  return {
    columns,
    rows,
    slices,
    spacing: source.map((axis) => header.spacing[axis]) as unknown as Vec3,
    affine: affineOf(steps[0]!, steps[1]!, steps[2]!, toPatient(header, unturned(header, turn, [0, 0, 0]))),
    geometry: header.geometry,
  };
}

/** Voxels in the turned order. */
export function turnedVoxels(volume: Volume, turn: Turn): Volume["voxels"] {
  const { source, flipped } = turn;
  const sizes = sizesOf(volume);
  const strides = [1, volume.columns, volume.columns * volume.rows];
  const [columnStep, rowStep, sliceStep] = source.map(
    (axis, i) => (flipped[i] ? -1 : 1) * strides[axis]!,
  ) as [number, number, number];
  const [columns, rows, slices] = source.map((axis) => sizes[axis]) as [number, number, number];
  const first = unturned(volume, turn, [0, 0, 0]);
  const start = first[0] + first[1] * strides[1]! + first[2] * strides[2]!;
  const result =
    volume.voxels instanceof Int16Array
      ? new Int16Array(volume.voxels.length)
      : new Float32Array(volume.voxels.length);
  let target = 0;
  for (let slice = 0; slice < slices; slice++)
    for (let row = 0; row < rows; row++) {
      let from = start + slice * sliceStep + row * rowStep;
      for (let column = 0; column < columns; column++, from += columnStep)
        result[target++] = volume.voxels[from]!;
    }
  return result;
}
