import type { BodyCorners, SlicePoint, Spine } from "../../detection/index.js";
import type { Vec3 } from "../../imaging/index.js";
import { CROP_MM, CROP_SIZE, cropToSlice } from "../discCrop.js";
import { sampleHeat } from "./stack.js";
import type { Hotspot } from "./types.js";

/**
 * Where heat may lie, each place in the first that it belongs to: within {@link ENDPLATE_MM} of either endplate's line, in the disc
 * between these lines, in a body, in the canal up to {@link CANAL_MM} behind the rear wall, or elsewhere (in front of the spine).
 */
export const HEAT_REGIONS = ["endplates", "disc", "upperBody", "lowerBody", "canal", "elsewhere"] as const;
export type HeatRegion = (typeof HEAT_REGIONS)[number];
/** Share of something in each region; they sum to 1. */
export type RegionShares = Readonly<Record<HeatRegion, number>>;

/** Half the width (mm) of the band about an endplate's line: heat is told to 3 mm, corners to 0.7. */
export const ENDPLATE_MM = 2;
/** How far behind the rear wall the canal reaches at most, mm. */
export const CANAL_MM = 20;
/** Height (mm) of a body that was not found. */
const USUAL_BODY_MM = 27;

/** Corners of the bodies above and below a disc in one slice, in its pixels. */
export interface Neighbours {
  readonly upper: BodyCorners;
  readonly lower: BodyCorners;
}

/** Corners of a body that was not found, beyond an edge of the disc's box: `side` −1 for the upper body, 1 for the lower. */
function standIn(
  { centre, angle, width, height }: Spine["discs"][number],
  spacing: Vec3,
  side: -1 | 1,
): BodyCorners {
  const radians = (angle * Math.PI) / 180;
  const at = (back: number, down: number): SlicePoint => ({
    column: centre.column + (Math.cos(radians) * back - Math.sin(radians) * down) / spacing[0],
    row: centre.row + (Math.sin(radians) * back + Math.cos(radians) * down) / spacing[1],
  });
  const [near, far] = [(side * height) / 2, side * (height / 2 + USUAL_BODY_MM)];
  const [top, bottom] = side < 0 ? [far, near] : [near, far];
  return {
    anteriorSuperior: at(-width / 2, top),
    posteriorSuperior: at(width / 2, top),
    posteriorInferior: at(width / 2, bottom),
    anteriorInferior: at(-width / 2, bottom),
  };
}

/**
 * The bodies beside a disc in a slice: their corners there, those of their own middle slice where they were not measured there, or, of a
 * body that was not found, what lies beyond the disc's box.
 */
export function neighboursIn(
  { vertebrae, discs, stack }: Pick<Spine, "vertebrae" | "discs" | "stack">,
  level: string,
  slice: number,
): Neighbours {
  const disc = discs.find((one) => one.level === level);
  if (disc === undefined) throw new RangeError(`There is no disc ${level} in this spine.`);
  const [above, below] = level.split("-");
  const cornersOf = (name: string | undefined, side: -1 | 1): BodyCorners => {
    const body = vertebrae.find((vertebra) => vertebra.level === name);
    const here = body?.slices.find((one) => one.slice === slice);
    return here?.corners ?? body?.corners ?? standIn(disc, stack.volume.spacing, side);
  };
  return { upper: cornersOf(above, -1), lower: cornersOf(below, 1) };
}

type Point = readonly [x: number, y: number];

/** Whether a point lies inside of a polygon (even-odd rule). */
function isInside([x, y]: Point, polygon: readonly Point[]): boolean {
  let inside = false;
  polygon.forEach(([x1, y1], i) => {
    const [x2, y2] = polygon[(i + 1) % polygon.length]!;
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) inside = !inside;
  });
  return inside;
}

/** Whether a point lies beside a line from `a` to `b`, no further than `reach` from it. */
function isBeside([x, y]: Point, [ax, ay]: Point, [bx, by]: Point, reach: number): boolean {
  const length = Math.hypot(bx - ax, by - ay);
  const [ux, uy] = [(bx - ax) / length, (by - ay) / length];
  const along = (x - ax) * ux + (y - ay) * uy;
  return along >= 0 && along <= length && Math.abs((y - ay) * ux - (x - ax) * uy) <= reach;
}

/** Tells the region of a place in the slice of these corners. */
export function regionsAbout(
  { upper, lower }: Neighbours,
  spacing: Vec3,
): (column: number, row: number) => HeatRegion {
  const mm = ({ column, row }: SlicePoint): Point => [column * spacing[0], row * spacing[1]];
  const outline = (corners: BodyCorners): Point[] =>
    [
      corners.anteriorSuperior,
      corners.posteriorSuperior,
      corners.posteriorInferior,
      corners.anteriorInferior,
    ].map(mm);
  const [above, below] = [outline(upper), outline(lower)];
  const [upperEnd, lowerEnd] = [[above[3]!, above[2]!] as const, [below[0]!, below[1]!] as const];
  const [dx, dy] = [0, 1].map(
    (axis) => upperEnd[1][axis]! - upperEnd[0][axis]! + lowerEnd[1][axis]! - lowerEnd[0][axis]!,
  ) as [number, number];
  const length = Math.hypot(dx, dy);
  const wall = [above[1]!, above[2]!, below[1]!, below[2]!];
  const behind = wall.map(([x, y]): Point => [x + (CANAL_MM * dx) / length, y + (CANAL_MM * dy) / length]);
  const polygons: readonly (readonly [HeatRegion, readonly Point[]])[] = [
    ["disc", [upperEnd[0], upperEnd[1], lowerEnd[1], lowerEnd[0]]],
    ["upperBody", above],
    ["lowerBody", below],
    ["canal", [...wall, ...behind.reverse()]],
  ];
  return (column, row) => {
    const point = mm({ column, row });
    if ([upperEnd, lowerEnd].some(([from, to]) => isBeside(point, from, to, ENDPLATE_MM))) return "endplates";
    return polygons.find(([, polygon]) => isInside(point, polygon))?.[0] ?? "elsewhere";
  };
}

/** The region of every pixel of a hotspot's crops, [slice][row][column] of {@link CROP_SIZE} squared. */
export function regionMap(
  { frame, slices }: Pick<Hotspot, "frame" | "slices">,
  spacing: Vec3,
  neighbours: (slice: number) => Neighbours,
): HeatRegion[] {
  const position = (i: number): number => ((i + 0.5) / CROP_SIZE - 0.5) * CROP_MM;
  return slices.flatMap((slice) => {
    const regionAt = regionsAbout(neighbours(slice), spacing);
    return Array.from({ length: CROP_SIZE * CROP_SIZE }, (_, i) => {
      const [u, v] = [position(i % CROP_SIZE), position(Math.floor(i / CROP_SIZE))];
      return regionAt(...cropToSlice(frame, spacing, u, v));
    });
  });
}

/** A hotspot's heat at every pixel of its crops, [slice][row][column] of {@link CROP_SIZE} squared. */
export function heatOnCrop(hotspot: Pick<Hotspot, "heat" | "size" | "slices">): Float32Array {
  const pixels = CROP_SIZE * CROP_SIZE;
  const place = (i: number): number => ((i + 0.5) / CROP_SIZE) * hotspot.size - 0.5;
  return Float32Array.from({ length: hotspot.slices.length * pixels }, (_, i) =>
    sampleHeat(
      hotspot,
      Math.floor(i / pixels),
      place(i % CROP_SIZE),
      place(Math.floor((i % pixels) / CROP_SIZE)),
    ),
  );
}

/** Heat that is the same wherever a hotspot could have some: what shares are compared with. */
export function evenHeat({
  size,
  margin,
  slices,
}: Pick<Hotspot, "size" | "margin" | "slices">): Float32Array {
  const isCovered = (i: number): boolean => i >= margin && i < size - margin;
  return Float32Array.from({ length: slices.length * size * size }, (_, i) =>
    Number(isCovered(i % size) && isCovered(Math.floor(i / size) % size)),
  );
}

/**
 * Share of heat in each region; undefined where there is no heat.
 * @param heat of each pixel, none negative
 * @param regions of the same pixels
 */
export function sharesByRegion(heat: Float32Array, regions: readonly HeatRegion[]): RegionShares | undefined {
  const sums = Object.fromEntries(HEAT_REGIONS.map((region) => [region, 0])) as Record<HeatRegion, number>;
  let total = 0;
  heat.forEach((value, i) => {
    sums[regions[i]!] += value;
    total += value;
  });
  if (!(total > 0)) return undefined;
  for (const region of HEAT_REGIONS) sums[region] /= total;
  return sums;
}
