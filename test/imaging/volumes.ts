import assert from "node:assert/strict";
import { readSeries, type Affine, type Vec3, type Volume } from "../../src/imaging/index.js";
import { close } from "./support.js";

/** A rotation by three angles in degrees, about x, then y, then z, as columns. */
function rotation(degrees: Vec3): readonly Vec3[] {
  const [a, b, c] = degrees.map((angle) => (angle * Math.PI) / 180) as [number, number, number];
  const turn = ([x, y, z]: Vec3): Vec3 => {
    const [y1, z1] = [y * Math.cos(a) - z * Math.sin(a), y * Math.sin(a) + z * Math.cos(a)];
    const [x2, z2] = [x * Math.cos(b) + z1 * Math.sin(b), -x * Math.sin(b) + z1 * Math.cos(b)];
    return [x2 * Math.cos(c) - y1 * Math.sin(c), x2 * Math.sin(c) + y1 * Math.cos(c), z2];
  };
  return ([[1, 0, 0], [0, 1, 0], [0, 0, 1]] as const).map(turn); // prettier-ignore
}

/** An affine of three spacings, a rotation and an origin; `mirrored` turns the slices' direction round. */
function oblique(spacing: Vec3, degrees: Vec3, origin: Vec3, mirrored: boolean): Affine {
  const axes = rotation(degrees).map((axis, i) =>
    axis.map((value) => value * spacing[i]! * (mirrored && i === 2 ? -1 : 1)),
  );
  return [0, 1, 2].flatMap((row) => [...axes.map((axis) => axis[row]!), origin[row]!]).concat([0, 0, 0, 1]);
}

const SHAPE = { columns: 5, rows: 6, slices: 4 } as const;

/**
 * Small volumes in many positions: along the axes, half turns (where a quaternion's first part is 0), oblique, of either
 * handedness, one slice, and a picture without geometry; each of whole and of broken numbers.
 */
export function volumesInManyPositions(): { name: string; volume: Volume }[] {
  const spacing: Vec3 = [0.6, 0.75, 4.4];
  const angles: readonly Vec3[] = [
    [0, 0, 0],
    [180, 0, 0],
    [0, 180, 0],
    [0, 0, 180],
    [90, 0, 90],
    [-90, 90, 0],
    [12, -7, 33],
    [171, 64, -100],
    [-3, 179.9, 2],
  ];
  const placed = angles.flatMap((degrees) =>
    [false, true].map((mirrored) => ({
      name: `${degrees.join(" ")} degrees${mirrored ? ", mirrored" : ""}`,
      shape: SHAPE,
      affine: oblique(spacing, degrees, [-31.25, 102.7, -455.125], mirrored),
      geometry: "patient" as const,
    })),
  );
  const single = {
    name: "one slice",
    shape: { ...SHAPE, slices: 1 },
    affine: oblique(spacing, [5, 80, -12], [1, 2, 3], false),
    geometry: "patient" as const,
  };
  const picture = {
    name: "without geometry",
    shape: SHAPE,
    affine: [0.6, 0, 0, 0, 0, 0.75, 0, 0, 0, 0, 4.4, 0, 0, 0, 0, 1],
    geometry: "image" as const,
  };
  return [...placed, single, picture].flatMap(({ name, shape, affine, geometry }) =>
    ([Int16Array, Float32Array] as const).map((type) => {
      const voxels = new type(shape.columns * shape.rows * shape.slices).map((_, i) =>
        type === Int16Array ? ((i * 7919) % 65536) - 32768 : Math.sin(i) * 1234.5,
      );
      return { name: `${name}, ${type.name}`, volume: { voxels, ...shape, spacing, affine, geometry } };
    }),
  );
}

/** Fails unless the two are the same volume, with the places of all voxels within `tolerance` mm. */
export function sameVolume(actual: Volume, expected: Volume, tolerance: number, name: string): void {
  assert.equal(actual.voxels.constructor, expected.voxels.constructor, name);
  assert.deepEqual(actual.voxels, expected.voxels, name);
  for (const key of ["columns", "rows", "slices", "geometry"] as const)
    assert.equal(actual[key], expected[key], `${name}: ${key}`);
  actual.spacing.forEach((value, axis) => {
    close(value, expected.spacing[axis]!, tolerance);
  });
  // Every step is multiplied by up to five voxels.
  actual.affine.forEach((value, i) => {
    close(value, expected.affine[i]!, i % 4 === 3 ? tolerance : tolerance / 5);
  });
}

/** The volume of the only series of a file, whatever its plane. */
export async function loadFile(path: string): Promise<Volume> {
  const series = await readSeries(path);
  assert.equal(series.length, 1, path);
  return series[0]!.load();
}
