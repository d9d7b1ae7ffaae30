import { dot, imageAffine, planeOf, step, unit } from "../geometry.js";
import type { Problem, Series } from "../series.js";
import { turnedHeader, turnedVoxels, turnToSlices } from "../turn.js";
import type { Affine, Vec3, Volume } from "../volume.js";

/** Cosine of 89.5 degrees. */
const SHEAR_COSINE = 0.0087;

/** What a header of a single-image file tells; everything of a Volume but its voxels. */
export type ImageHeader = Omit<Volume, "voxels">;

/**
 * The series of a file that holds one image and says nothing of modality or contrast. Its slices lie across the axis that the
 * stack was cut along, whichever axis of the file that is: programs store the same stack in many orders. A picture without
 * geometry is assumed sagittal when it is one slice; a stack without geometry has an unknown plane.
 */
export function fileSeries(
  id: string,
  stored: ImageHeader,
  problems: readonly Problem[],
  voxels: () => Volume["voxels"] | Promise<Volume["voxels"]>,
): Series {
  const turn = stored.geometry === "patient" ? turnToSlices(stored) : undefined;
  const header = turn === undefined ? stored : turnedHeader(stored, turn);
  const { rows, columns, slices, spacing, geometry, affine } = header;
  const orientation = geometry === "patient" ? planeOf(affine) : slices === 1 ? "sagittal" : "unknown";
  return {
    id,
    description: "",
    modality: "",
    contrast: "unknown",
    orientation,
    rows,
    columns,
    slices,
    spacing,
    geometry,
    affine,
    problems,
    load: async () => {
      const read = await voxels();
      return {
        ...header,
        voxels: turn === undefined ? read : turnedVoxels({ ...stored, voxels: read }, turn),
      };
    },
  };
}

/** Problem text shared by the formats that may hold several volumes. */
export function severalVolumes(count: number, name: string): Problem[] {
  return count <= 1
    ? []
    : [{ code: "several-volumes", message: `${name} holds ${count} volumes; the first one is read.` }];
}

function noOrientation(name: string): Problem {
  return {
    code: "no-orientation",
    message: `${name} does not say how the image lies in the patient, so its plane is unknown.`,
  };
}

/** Tells axes that are not at right angles, as a tilted stack's; by more than half a degree. */
function sheared(affine: Affine, name: string): Problem[] {
  const axes = ([0, 1, 2] as const).map((axis) => unit(step(affine, axis)));
  const [column, row, slice] = axes;
  if (!column || !row || !slice) return [];
  const cosine = Math.max(...[dot(column, row), dot(row, slice), dot(slice, column)].map(Math.abs));
  if (cosine < SHEAR_COSINE) return [];
  const degrees = Number(((Math.asin(Math.min(1, cosine)) * 180) / Math.PI).toFixed(1));
  return [
    {
      code: "sheared-slices",
      message: `${name} has axes that lean by ${degrees} degrees, so angles measured across its slices are approximate.`,
    },
  ];
}

/** Where an image lies, and what is to be told of that: by its affine, or of a file that has none by its spacing alone. */
export function placementOf(
  affine: Affine | undefined,
  spacing: Vec3,
  name: string,
): Pick<Volume, "affine" | "geometry"> & { readonly problems: readonly Problem[] } {
  return affine
    ? { affine, geometry: "patient", problems: sheared(affine, name) }
    : { affine: imageAffine(spacing), geometry: "image", problems: [noOrientation(name)] };
}
