import type { Predictor } from "../engine/index.js";
import type { Volume } from "../imaging/index.js";
import { bodyRegions, bodyShape, firstSacralBody, frameBetween, neighbourBody } from "./bodies.js";
import type { BodyShape } from "./bodies.js";
import { refineCorners } from "./corners/refine.js";
import type { BodyOutline, RefinedOutline } from "./corners/refine.js";
import { vertebraName } from "./naming.js";
import type { Naming } from "./naming.js";
import { sameDisc } from "./readings.js";
import type { SliceReading } from "./readings.js";
import type { BodyCorners, Disc, SlicePoint, Vertebra, VertebraSlice } from "./spine.js";
import { TISSUE } from "./tissue.js";
import { toSlice } from "./tissueMap.js";

/** A body in one slice before its corners are refined. */
interface Found {
  readonly level: string;
  readonly reading: SliceReading;
  readonly shape: BodyShape;
}

/** Bodies of neighbouring slices whose centres lie farther apart than this (mm) are not the same one. */
const SAME_BODY = 9;
/** A body's area changes by no more than this factor from one slice to the anchor's. */
const AREA_FACTOR = 1.6;

/** Mean height of a body, between its upper and lower corners, in pixels of the map (1 mm). */
function heightOf({ corners: [frontTop, backTop, backBottom, frontBottom] }: BodyShape): number {
  const distance = (a: readonly [number, number], b: readonly [number, number]): number =>
    Math.hypot(a[0] - b[0], a[1] - b[1]);
  return (distance(frontTop, frontBottom) + distance(backTop, backBottom)) / 2;
}

/** The bodies beside the named discs in one slice, with S1 below L5-S1 where the sacrum was recognised. */
function bodiesOfSlice(reading: SliceReading, { named, numbering }: Naming): Found[] {
  const bodies = bodyRegions(reading.map, TISSUE.body);
  // The anchor's disc where this slice shows none there.
  const discs = named.map(({ candidate, index }) => ({
    index,
    disc: sameDisc(reading, candidate) ?? candidate,
  }));
  const found: Found[] = [];
  discs.forEach(({ disc, index }, i) => {
    const above = neighbourBody(bodies, disc, -1);
    const angleAbove = discs[i - 1]?.disc.box.angle ?? disc.box.angle;
    const shape =
      above === undefined
        ? undefined
        : bodyShape(reading.map, above, TISSUE.body, frameBetween([disc.box.angle, angleAbove]));
    if (shape !== undefined) found.push({ level: vertebraName(index, numbering), reading, shape });
    const sacral =
      index === 0 && numbering.sacrumInView
        ? firstSacralBody(reading.map, disc, shape === undefined ? undefined : heightOf(shape))
        : undefined;
    if (sacral !== undefined) {
      const frame = frameBetween([disc.box.angle]);
      found.push({ level: "S1", reading, shape: bodyShape(reading.map, sacral, TISSUE.sacrum, frame) });
    }
  });
  return found;
}

/** Area of a body's quadrilateral in mm². */
function areaOf({ corners }: BodyShape): number {
  const doubled = corners.reduce((sum, [row, column], i) => {
    const [nextRow, nextColumn] = corners[(i + 1) % 4]!;
    return sum + column * nextRow - nextColumn * row;
  }, 0);
  return Math.abs(doubled) / 2;
}

/** Whether a body of one slice is the same as that of another: near it and about as large. */
export function isSameBody(one: BodyShape, other: BodyShape): boolean {
  const ratio = areaOf(one) / Math.max(1, areaOf(other));
  const distance = Math.hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1]);
  return distance < SAME_BODY && ratio < AREA_FACTOR && ratio > 1 / AREA_FACTOR;
}

/** Corners in mm of the slice, from corners in pixels of the map. */
function outlineOf({ corners }: BodyShape, { map }: SliceReading, volume: Volume): BodyOutline {
  return corners.map(([row, column]) => {
    const place = toSlice(map, row, column);
    return [place.column * volume.spacing[0], place.row * volume.spacing[1]] as const;
  }) as unknown as BodyOutline;
}

/** Whether four corners in order enclose a convex body that is neither upside down nor mirrored. */
function isConvex(outline: BodyOutline): boolean {
  return outline.every((corner, i) => {
    const [next, afterNext] = [outline[(i + 1) % 4]!, outline[(i + 2) % 4]!];
    const turn =
      (next[0] - corner[0]) * (afterNext[1] - next[1]) - (next[1] - corner[1]) * (afterNext[0] - next[0]);
    return turn > 0;
  });
}

function toPixels(outline: BodyOutline, volume: Volume): BodyCorners {
  const [anteriorSuperior, posteriorSuperior, posteriorInferior, anteriorInferior] = outline.map(
    ([back, down]): SlicePoint => ({ column: back / volume.spacing[0], row: down / volume.spacing[1] }),
  );
  return {
    anteriorSuperior: anteriorSuperior!,
    posteriorSuperior: posteriorSuperior!,
    posteriorInferior: posteriorInferior!,
    anteriorInferior: anteriorInferior!,
  };
}

/** Refined corners of the bodies of one slice. */
async function cornersOfSlice(
  network: Predictor,
  volume: Volume,
  reading: SliceReading,
  found: readonly Found[],
): Promise<VertebraSlice[]> {
  const { rows, columns } = volume;
  const values = volume.voxels.subarray(reading.slice * rows * columns, (reading.slice + 1) * rows * columns);
  const picture = {
    values,
    rows,
    columns,
    spacing: [volume.spacing[0], volume.spacing[1]] as const,
    map: reading.map,
  };
  const outlines = found.map(({ shape }) => outlineOf(shape, reading, volume));
  const refined = await refineCorners(network, picture, outlines);
  return refined.map(({ corners, certainty }: RefinedOutline, i) => {
    const isUsable = isConvex(corners);
    return {
      slice: reading.slice,
      corners: toPixels(isUsable ? corners : outlines[i]!, volume),
      certainty: isUsable ? certainty.reduce((sum, value) => sum + value, 0) / 4 : 0,
    };
  });
}

function centreOf({
  anteriorSuperior,
  posteriorSuperior,
  posteriorInferior,
  anteriorInferior,
}: BodyCorners): SlicePoint {
  const all = [anteriorSuperior, posteriorSuperior, posteriorInferior, anteriorInferior];
  const mean = (key: keyof SlicePoint): number => all.reduce((sum, point) => sum + point[key], 0) / 4;
  return { column: mean("column"), row: mean("row") };
}

/** The slice of the disc below a vertebra (above S1): where the vertebra's own middle is. */
function middleSlice(
  level: string,
  { named, numbering }: Naming,
  discs: readonly Disc[],
  anchor: SliceReading,
): number {
  const beside = named.find(({ index }) =>
    level === "S1" ? index === 0 : vertebraName(index, numbering) === level,
  );
  return discs.find((disc) => disc.level === beside?.level)?.slice ?? anchor.slice;
}

/**
 * The bodies beside the named discs, from the top down, each with its corners in every slice that shows it.
 * @param network places corners ({@link import("./corners/network.js").cornerNetwork})
 */
export async function findVertebrae(
  network: Predictor,
  volume: Volume,
  naming: Naming,
  readings: readonly SliceReading[],
  anchor: SliceReading,
  discs: readonly Disc[],
): Promise<Vertebra[]> {
  const ofAnchor = bodiesOfSlice(anchor, naming);
  const bySlice = new Map<string, VertebraSlice[]>(ofAnchor.map(({ level }) => [level, []]));
  for (const reading of readings) {
    const found =
      reading === anchor
        ? ofAnchor
        : bodiesOfSlice(reading, naming).filter(({ level, shape }) => {
            const known = ofAnchor.find((one) => one.level === level);
            return known !== undefined && isSameBody(shape, known.shape);
          });
    const corners = await cornersOfSlice(network, volume, reading, found);
    found.forEach(({ level }, i) => bySlice.get(level)!.push(corners[i]!));
  }
  return ofAnchor.map(({ level, shape }) => {
    const slices = bySlice.get(level)!;
    const wanted = middleSlice(level, naming, discs, anchor);
    const own =
      slices.find(({ slice }) => slice === wanted) ?? slices.find(({ slice }) => slice === anchor.slice)!;
    return {
      level,
      confidence: shape.confidence,
      slice: own.slice,
      centre: centreOf(own.corners),
      corners: own.corners,
      slices,
    };
  });
}
