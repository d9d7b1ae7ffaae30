import type { DataSet } from "dicom-parser";
import { cross, dot, scale, unit } from "../geometry.js";
import type { Vec3 } from "../volume.js";
import { csaValues } from "./csa.js";
import type { FrameHeader } from "./frameHeader.js";
import { numbers, text, vec3 } from "./values.js";

/** A Siemens mosaic: one image whose tiles, row by row from the top left, are the slices of a volume. */
export interface Mosaic {
  /** Number of slices; the last tiles may be empty. */
  readonly slices: number;
  /** Tiles along each side of the image. */
  readonly across: number;
  /** Direction from one slice to the next (LPS). */
  readonly normal: Vec3;
}

/** Most slices that any mosaic holds. */
const MOST_SLICES = 1024;

/** Whether ImageType (0008,0008) calls the image a mosaic. */
export function isMosaic(dataSet: DataSet): boolean {
  return /\bMOSAIC\b/.test(text(dataSet, "x00080008") ?? "");
}

/** Elements with the number `element` in the private blocks of `group` that a creator like `creator` reserved (PS3.5 7.8.1). */
function privateTags(dataSet: DataSet, group: string, creator: RegExp, element: string): string[] {
  return Object.keys(dataSet.elements)
    .filter(
      (tag) =>
        new RegExp(`^x${group}00[1-9a-f][0-9a-f]$`).test(tag) && creator.test(text(dataSet, tag) ?? ""),
    )
    .map((tag) => `x${group}${tag.slice(-2)}${element}`)
    .filter((tag) => dataSet.elements[tag] !== undefined);
}

/** The values of a CSA image header element (0029,xx10). */
function csa(dataSet: DataSet, name: string): string[] {
  for (const tag of privateTags(dataSet, "0029", /^SIEMENS CSA HEADER/, "10")) {
    const { dataOffset, length } = dataSet.elements[tag]!;
    const values = csaValues(dataSet.byteArray.subarray(dataOffset, dataOffset + length), name);
    if (values.length > 0) return values;
  }
  return [];
}

function sliceCount(dataSet: DataSet): number | undefined {
  const stated = privateTags(dataSet, "0019", /^SIEMENS MR HEADER/, "0a").map((tag) =>
    dataSet.elements[tag]!.length === 2 ? dataSet.uint16(tag) : numbers(dataSet, tag, 1)?.[0],
  );
  return [...stated, Number(csa(dataSet, "NumberOfImagesInMosaic")[0])].find(
    (count) => count !== undefined && Number.isInteger(count) && count >= 1 && count <= MOST_SLICES,
  );
}

/**
 * How the tiles of a mosaic of `rows` x `columns` pixels lie, or `undefined` where its private elements do not say or
 * contradict its size.
 */
export function readMosaic(dataSet: DataSet, rows: number, columns: number): Mosaic | undefined {
  const slices = sliceCount(dataSet);
  if (slices === undefined) return undefined;
  const across = Math.ceil(Math.sqrt(slices));
  if (rows % across !== 0 || columns % across !== 0) return undefined;
  // Without it nobody knows on which side of a slice the next one lies.
  const direction = csa(dataSet, "SliceNormalVector").map(Number);
  const normal = direction.length === 3 ? unit(vec3(direction)) : undefined;
  return normal && { slices, across, normal };
}

/**
 * The slices of a mosaic frame. ImagePositionPatient is where the corner of one slice as large as the whole mosaic
 * would lie, with the same centre, so the first tile begins half of the difference further in.
 */
export function mosaicFrames(
  frame: FrameHeader,
  mosaic: Mosaic,
  rows: number,
  columns: number,
): FrameHeader[] {
  const { orientation, pixelSpacing, position, sliceSpacing } = frame;
  const [tileRows, tileColumns] = [rows / mosaic.across, columns / mosaic.across];
  const across = orientation && unit(cross(orientation[0], orientation[1]));
  // Rounded in its own header, so the exact normal of rows and columns is taken, in the direction that is stated.
  const normal = across && scale(across, dot(mosaic.normal, across) < 0 ? -1 : 1);
  const place = (slice: number): Vec3 | undefined => {
    if (!orientation || !pixelSpacing || !position || !normal || sliceSpacing === undefined) return undefined;
    const alongRow = ((columns - tileColumns) / 2) * pixelSpacing[1];
    const alongColumn = ((rows - tileRows) / 2) * pixelSpacing[0];
    return vec3(
      position.map(
        (value, axis) =>
          value +
          alongRow * orientation[0][axis]! +
          alongColumn * orientation[1][axis]! +
          slice * sliceSpacing * normal[axis]!,
      ),
    );
  };
  return Array.from({ length: mosaic.slices }, (_, slice) => ({
    ...frame,
    index: frame.stored * mosaic.slices + slice,
    position: place(slice),
    tile: {
      row: Math.floor(slice / mosaic.across) * tileRows,
      column: (slice % mosaic.across) * tileColumns,
    },
  }));
}
