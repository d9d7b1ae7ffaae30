import { ImagingError } from "../errors.js";
import { imageAffine } from "../geometry.js";
import { fileSeries, type ImageHeader } from "./fileSeries.js";
import type { Problem, Series } from "../series.js";
import type { Vec3, Volume } from "../volume.js";

/** mm between the pixels of a picture; "auto": not known, and to be estimated from what the picture shows. */
export type PictureSpacing = number | "auto";

/** Width and height in pixels. */
export interface PictureSize {
  readonly columns: number;
  readonly rows: number;
}

/**
 * A picture, which carries no geometry, as the header of a volume of one slice.
 * @param name of the file, for the error
 * @throws ImagingError "no-spacing" where no spacing is told, or what is none
 */
export function pictureHeader(
  { columns, rows }: PictureSize,
  spacing: PictureSpacing | undefined,
  name: string,
): ImageHeader {
  if (spacing === undefined)
    throw new ImagingError(
      "no-spacing",
      `${name} carries no pixel spacing; give it in mm (spacing; --spacing MM; in a table a column spacing), or "auto" to have it estimated.`,
    );
  if (spacing !== "auto" && !(Number.isFinite(spacing) && spacing > 0))
    throw new ImagingError(
      "no-spacing",
      `The spacing given for ${name}, ${toldAs(spacing)}, is neither a number of mm above 0 nor "auto".`,
    );
  const told = spacing === "auto" ? 1 : spacing;
  return {
    columns,
    rows,
    slices: 1,
    spacing: [told, told, 1],
    affine: imageAffine([told, told, 1]),
    geometry: "image",
    ...(spacing === "auto" ? { scale: "unknown" as const } : {}),
  };
}

/** A value that a cell gave without its type being checked. */
function toldAs(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 40)) : String(value).slice(0, 40);
}

/** The series of one picture. @param gray its values, one a pixel, row by row */
export function pictureSeries(
  id: string,
  header: ImageHeader,
  name: string,
  gray: () => Volume["voxels"] | Promise<Volume["voxels"]>,
): Series {
  const problems: readonly Problem[] =
    header.scale === undefined
      ? []
      : [
          {
            code: "spacing-estimated",
            message: `${name} tells no pixel spacing; it is estimated from the size of the vertebral bodies, and so is every length.`,
          },
        ];
  return fileSeries(id, header, problems, gray);
}

/** A picture at another spacing (mm between columns, rows, slices) than it was read with. */
export function atSpacing(volume: Volume, spacing: Vec3): Volume {
  const { voxels, columns, rows, slices, geometry } = volume;
  return { voxels, columns, rows, slices, geometry, spacing, affine: imageAffine(spacing) };
}

/**
 * A picture at a spacing that was estimated.
 * @param millimetres between its pixels
 */
export function atEstimatedSpacing(volume: Volume, millimetres: number): Volume {
  return { ...atSpacing(volume, [millimetres, millimetres, volume.spacing[2]]), scale: "estimated" };
}
