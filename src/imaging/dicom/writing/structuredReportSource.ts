import { cross, dot, unit } from "../../geometry.js";
import type { SliceSource } from "../../series.js";
import type { Vec3 } from "../../volume.js";
import { parseDicomFile } from "../dataset.js";
import { readHeader } from "../header.js";
import { isOwnPseudonym } from "../identity.js";
import type { ImageReference } from "./structuredReportItems.js";
import { text } from "../values.js";

/** One image, or one frame of an image, that a report was made from, with its place in patient space. */
export interface SourceFrame extends ImageReference {
  /** LPS mm of the first pixel's middle. */
  readonly position?: Vec3;
  /** Unit vectors along a row and along a column. */
  readonly orientation?: readonly [Vec3, Vec3];
  /** mm between rows, then between columns. */
  readonly pixelSpacing?: readonly [number, number];
  readonly rows: number;
  readonly columns: number;
}

/** The DICOM series that a report was made from, by its UIDs; no name and no other identifier of a person. */
export interface SourceSeries {
  readonly studyUid: string;
  readonly seriesUid: string;
  readonly frameOfReferenceUid?: string;
  readonly frames: readonly SourceFrame[];
  /**
   * The patient id of copies and phantoms of our own making, so that the report is filed beside them. No other id: what files
   * say of removed identity (0012,0062) is not believed.
   */
  readonly pseudonym?: string;
}

/**
 * Reads the UIDs and places of a series' files.
 * @returns `undefined` for files that are not DICOM, or that lack the UIDs by which they could be referred to.
 * @throws ImagingError where a file cannot be read any more.
 */
export async function readSource(files: readonly SliceSource[]): Promise<SourceSeries | undefined> {
  let series: Omit<SourceSeries, "frames"> | undefined;
  const frames: SourceFrame[] = [];
  for (const file of new Map(files.map((one) => [one.path, one])).values()) {
    const used = files.filter(({ path }) => path === file.path).map(({ frame }) => frame);
    const read = await readOne(file, used);
    if (read === undefined) return undefined;
    const { frames: ofFile, ...ofSeries } = read;
    series ??= ofSeries;
    frames.push(...ofFile);
  }
  return series && { ...series, frames };
}

/** A UID, or `undefined` for text in its place, which may be anything: UIDs are copied as they stand. */
const uidOf = (given: string | undefined): string | undefined =>
  given !== undefined && /^[\d.]{1,64}$/.test(given) ? given : undefined;

async function readOne(file: SliceSource, used: readonly number[]): Promise<SourceSeries | undefined> {
  const parsed = parseDicomFile(await file.read(), "An image");
  const header = parsed && readHeader(parsed, "An image");
  if (parsed === undefined || header === undefined) return undefined;
  const { dataSet } = parsed;
  const [sopClass, sopInstance, studyUid, seriesUid, frameOfReferenceUid] = [
    "x00080016",
    "x00080018",
    "x0020000d",
    "x0020000e",
    "x00200052",
  ].map((tag) => uidOf(text(dataSet, tag)));
  // RSNA's files leave their class out; without one, no reference to them is valid.
  if (!sopClass || !sopInstance || !studyUid || !seriesUid) return undefined;
  const patient = text(dataSet, "x00100020");
  const pseudonym = patient !== undefined && isOwnPseudonym(patient) ? patient : undefined;
  const { rows, columns, storedFrames } = header;
  const frames = [...new Set(used)].flatMap((index): SourceFrame[] => {
    const frame = header.frames.find(({ stored }) => stored === index);
    if (frame === undefined) return [];
    const reference = { sopClass, sopInstance, ...(storedFrames > 1 && { frame: index + 1 }), rows, columns };
    // A tile's place says nothing of the place of the mosaic's own pixels.
    if (frame.tile !== undefined) return [reference];
    const { position, orientation, pixelSpacing } = frame;
    return [
      {
        ...reference,
        ...(position && { position }),
        ...(orientation && { orientation }),
        ...(pixelSpacing && { pixelSpacing }),
      },
    ];
  });
  return {
    studyUid,
    seriesUid,
    ...(frameOfReferenceUid && { frameOfReferenceUid }),
    ...(pseudonym && { pseudonym }),
    frames,
  };
}

/** Farthest distance (mm) of an outline's corner from an image's plane at which the outline still lies in that image. */
const IN_PLANE_MM = 0.05;

/** An outline in an image: columns and rows, where 0, 0 is the corner of the first pixel (PS3.3 section C.18.6.1.1). */
export interface PlacedOutline {
  readonly frame: SourceFrame;
  readonly points: readonly (readonly [number, number])[];
}

/**
 * The image in whose plane an outline (LPS mm) lies, and the outline in its pixels; `undefined` where it lies in none, as
 * when the stack was cut anew.
 */
export function placeOutline(
  outline: readonly Vec3[],
  frames: readonly SourceFrame[],
): PlacedOutline | undefined {
  for (const frame of frames) {
    const { position, orientation, pixelSpacing } = frame;
    const normal = orientation && unit(cross(...orientation));
    if (!position || !pixelSpacing || !normal) continue;
    const offsets = outline.map(([x, y, z]): Vec3 => [x - position[0], y - position[1], z - position[2]]);
    if (offsets.some((offset) => Math.abs(dot(offset, normal)) > IN_PLANE_MM)) continue;
    const points = offsets.map((offset): [number, number] => [
      dot(offset, orientation[0]) / pixelSpacing[1] + 0.5,
      dot(offset, orientation[1]) / pixelSpacing[0] + 0.5,
    ]);
    const inside = points.every(
      ([column, row]) => column >= 0 && row >= 0 && column <= frame.columns && row <= frame.rows,
    );
    if (inside) return { frame, points };
  }
  return undefined;
}
