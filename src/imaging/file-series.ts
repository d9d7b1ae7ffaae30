import { planeOf } from "./geometry.js";
import type { Problem, Series } from "./series.js";
import type { Volume } from "./volume.js";

/** What a header of a single-image file tells; everything of a Volume but its voxels. */
export type ImageHeader = Omit<Volume, "voxels">;

/**
 * The series of a file that holds one image and says nothing of modality or contrast. A picture without geometry is
 * assumed sagittal when it is one slice; a stack without geometry has an unknown plane.
 */
export function fileSeries(
  id: string,
  header: ImageHeader,
  problems: readonly Problem[],
  voxels: () => Volume["voxels"],
): Series {
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
    problems,
    // Decoding may throw; a promise that rejects is what callers of `load` await.
    load: () => Promise.resolve().then(() => ({ ...header, voxels: voxels() })),
  };
}

/** Problem text shared by the formats that may hold several volumes. */
export function severalVolumes(count: number, name: string): Problem[] {
  return count <= 1
    ? []
    : [{ code: "several-volumes", message: `${name} holds ${count} volumes; the first one is read.` }];
}

export function noOrientation(name: string): Problem {
  return {
    code: "no-orientation",
    message: `${name} does not say how the image lies in the patient, so its plane is unknown.`,
  };
}
