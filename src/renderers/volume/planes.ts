/** Which of the volume's own axes each view shows, and how they lie on the screen. */
import { AXES, cross, dot, lengthOf, stepOf, type Affine, type Axis, type Vec3 } from "./affine.js";
import type { Volume } from "./nifti.js";

export type PlaneName = "sagittal" | "coronal" | "axial";

export const PLANE_NAMES: readonly PlaneName[] = ["sagittal", "coronal", "axial"];

/** A way along one of the volume's axes: with the indices (1) or against them (-1). */
export interface Direction {
  readonly axis: Axis;
  readonly sign: 1 | -1;
}

/** A view of the volume in radiological convention: the patient's right on the left, head and front at the top. */
export interface Plane {
  readonly name: PlaneName;
  /** From the left of the picture to its right, and from the top to the bottom. */
  readonly across: Direction;
  readonly down: Direction;
  /** The axis along which its slices are stacked. */
  readonly through: Axis;
  /** Voxels across and down, and number of slices. */
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** mm per voxel across, down and from slice to slice. */
  readonly spacing: Vec3;
  /** What lies at the left, right, top and bottom; empty texts where the file does not say. */
  readonly letters: readonly [string, string, string, string];
  /** Degrees between the picture and the true anatomical plane. */
  readonly tilt: number;
}

/** Screen directions in patient axes: 0 left, 1 back, 2 head; across, down and through. */
const LAYOUT: Readonly<
  Record<
    PlaneName,
    { readonly across: [Axis, 1 | -1]; readonly down: [Axis, 1 | -1]; readonly through: Axis }
  >
> = {
  sagittal: { across: [1, 1], down: [2, -1], through: 0 },
  coronal: { across: [0, 1], down: [2, -1], through: 1 },
  axial: { across: [0, 1], down: [1, 1], through: 2 },
};

/** Letters toward and against each patient axis. */
const LETTERS: readonly (readonly [string, string])[] = [
  ["L", "R"],
  ["P", "A"],
  ["H", "F"],
];

const PERMUTATIONS: readonly (readonly [Axis, Axis, Axis])[] = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
];

/** For each patient axis (left, back, head) the volume's axis that runs closest along it; each is taken once. */
export function nearestAxes(affine: Affine): readonly [Direction, Direction, Direction] {
  const steps = AXES.map((axis) => stepOf(affine, axis));
  const along = (axis: Axis, patient: Axis): number => steps[axis]![patient] / lengthOf(steps[axis]!);
  const fit = (order: readonly [Axis, Axis, Axis]): number =>
    AXES.reduce<number>((sum, patient) => sum + Math.abs(along(order[patient], patient)), 0);
  const best = PERMUTATIONS.reduce((a, b) => (fit(b) > fit(a) + 1e-9 ? b : a));
  return AXES.map((patient) => ({
    axis: best[patient],
    sign: along(best[patient], patient) < 0 ? -1 : 1,
  })) as unknown as readonly [Direction, Direction, Direction];
}

/**
 * A volume that does not say where the patient lies is taken for a sagittal stack as it is stored: its columns run to the
 * back, its rows to the feet.
 */
const UNORIENTED: readonly [Direction, Direction, Direction] = [
  { axis: 2, sign: 1 },
  { axis: 0, sign: 1 },
  { axis: 1, sign: -1 },
];

/** The three views of a volume. */
export function planesOf(
  volume: Pick<Volume, "affine" | "size" | "oriented">,
): Readonly<Record<PlaneName, Plane>> {
  const axes = volume.oriented ? nearestAxes(volume.affine) : UNORIENTED;
  const plane = (name: PlaneName): Plane => planeOf(volume, name, axes);
  return { sagittal: plane("sagittal"), coronal: plane("coronal"), axial: plane("axial") };
}

function planeOf(
  { affine, size, oriented }: Pick<Volume, "affine" | "size" | "oriented">,
  name: PlaneName,
  axes: readonly [Direction, Direction, Direction],
): Plane {
  const layout = LAYOUT[name];
  const direction = ([patient, sign]: readonly [Axis, 1 | -1]): Direction => ({
    axis: axes[patient].axis,
    sign: axes[patient].sign === sign ? 1 : -1,
  });
  const letters = ([patient, sign]: readonly [Axis, 1 | -1]): readonly [string, string] => {
    const [toward, against] = LETTERS[patient]!;
    return sign === 1 ? [against, toward] : [toward, against];
  };
  const [across, down, through] = [
    direction(layout.across),
    direction(layout.down),
    axes[layout.through].axis,
  ];
  return {
    name,
    across,
    down,
    through,
    columns: size[across.axis],
    rows: size[down.axis],
    slices: size[through],
    spacing: [
      lengthOf(stepOf(affine, across.axis)),
      lengthOf(stepOf(affine, down.axis)),
      lengthOf(stepOf(affine, through)),
    ],
    letters: oriented
      ? ([...letters(layout.across), ...letters(layout.down)] as [string, string, string, string])
      : ["", "", "", ""],
    tilt: oriented ? tiltOf(stepOf(affine, across.axis), stepOf(affine, down.axis), layout.through) : 0,
  };
}

/** Degrees between the normal of two steps and a patient axis. */
function tiltOf(across: Vec3, down: Vec3, patient: Axis): number {
  const normal = cross(across, down);
  const axis: Vec3 = [patient === 0 ? 1 : 0, patient === 1 ? 1 : 0, patient === 2 ? 1 : 0];
  return (Math.acos(Math.min(1, Math.abs(dot(normal, axis)) / lengthOf(normal))) * 180) / Math.PI;
}

/** Picture position (columns, rows; whole numbers are the middles of pixels) of voxel indices. */
export function toPicture(plane: Plane, index: Vec3): readonly [number, number] {
  const along = ({ axis, sign }: Direction, count: number): number =>
    sign === 1 ? index[axis] : count - 1 - index[axis];
  return [along(plane.across, plane.columns), along(plane.down, plane.rows)];
}

/** Voxel indices of a picture position in a slice; the way back from {@link toPicture}. */
export function toIndex(plane: Plane, [column, row]: readonly [number, number], slice: number): Vec3 {
  const index: [number, number, number] = [0, 0, 0];
  index[plane.across.axis] = plane.across.sign === 1 ? column : plane.columns - 1 - column;
  index[plane.down.axis] = plane.down.sign === 1 ? row : plane.rows - 1 - row;
  index[plane.through] = slice;
  return index;
}

/** Unit vectors in patient space (LPS) that point across and down the picture. */
export function screenAxes(plane: Plane, affine: Affine): { readonly across: Vec3; readonly down: Vec3 } {
  const unit = ({ axis, sign }: Direction): Vec3 => {
    const step = stepOf(affine, axis);
    return step.map((value) => (value * sign) / lengthOf(step)) as unknown as Vec3;
  };
  return { across: unit(plane.across), down: unit(plane.down) };
}

/** Tilt in degrees from which a reader should know of it. */
const NOTABLE_TILT = 5;

/** What a reader should know about how the views lie; empty for nothing. */
export function remarkOn(planes: Readonly<Record<PlaneName, Plane>>, oriented: boolean): string {
  if (!oriented)
    return "The file does not say how the patient lies: the slices are taken to be sagittal, and positions are mm in the image.";
  const tilted = PLANE_NAMES.map((name) => planes[name]).filter(({ tilt }) => tilt > NOTABLE_TILT);
  if (tilted.length === 0) return "";
  const list = tilted.map(({ name, tilt }) => `${name} by ${Math.round(tilt)}°`).join(", ");
  return `The views follow the axes of the acquisition, which are tilted against the body's planes: ${list}.`;
}
