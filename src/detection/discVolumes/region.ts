import type { Volume } from "../../imaging/index.js";
import { sampleSlice } from "../sampleSlice.js";
import type { BodyCorners } from "../spine.js";

/** Share of both vertebral bodies that is in view above and below the disc (Niemeyer 2021: about 30 %). */
const BODY_SHARE = 0.3;
/** mm of canal in view behind the disc: CSF is the rater's reference for bright white. */
const CANAL_MM = 12;
/** mm in view in front of the disc. */
const FRONT_MM = 2;
/** Height of a lumbar body in mm, where the neighbour is not seen. */
const USUAL_BODY_MM = 27;
/** What surrounds the region once it is padded, in the units of a crop: black. */
export const PADDING = -1;

/** A disc in a slice, as detection finds it: centre in pixels, angle in degrees (positive when the back is lower), mm. */
export interface DiscBox {
  readonly centre: { readonly column: number; readonly row: number };
  readonly angle: number;
  readonly width: number;
  readonly height: number;
}

/** A rectangle along rows and columns: middle in pixels, sides in mm. */
export interface DiscRegion {
  readonly column: number;
  readonly row: number;
  readonly width: number;
  readonly height: number;
}

/**
 * The rectangle about a disc that Niemeyer's raters drew: the disc, about 30 % of both bodies and some canal. It is upright:
 * the smallest that holds this region of a tilted disc.
 * @param bodies heights of the bodies above and below in mm, `undefined` where one is not seen
 */
export function regionOfDisc(
  disc: DiscBox,
  spacing: readonly [number, number, number],
  bodies: readonly [number | undefined, number | undefined],
): DiscRegion {
  const radians = (disc.angle * Math.PI) / 180;
  const [cos, sin] = [Math.cos(radians), Math.sin(radians)];
  const [above, below] = bodies.map((body) => disc.height / 2 + BODY_SHARE * (body ?? USUAL_BODY_MM));
  const corners = [-(disc.width / 2 + FRONT_MM), disc.width / 2 + CANAL_MM].flatMap((u) =>
    [-above!, below!].map((v) => ({ x: cos * u - sin * v, y: sin * u + cos * v })),
  );
  const span = (axis: "x" | "y"): [number, number] => {
    const values = corners.map((corner) => corner[axis]);
    return [Math.min(...values), Math.max(...values)];
  };
  const [[left, right], [top, bottom]] = [span("x"), span("y")];
  return {
    column: disc.centre.column + (left + right) / 2 / spacing[0],
    row: disc.centre.row + (top + bottom) / 2 / spacing[1],
    width: right - left,
    height: bottom - top,
  };
}

/**
 * A region padded to 1:1, resampled to size x size, and its grey values scaled to [−1, 1] (the darkest and the brightest
 * pixel of the region); the padding is black. [row][column].
 */
export function cropRegion(volume: Volume, slice: number, region: DiscRegion, size: number): Float32Array {
  const side = Math.max(region.width, region.height);
  const step = side / size;
  // A pixel of the crop is the mean of what it covers, where the picture is finer.
  const points = Math.max(1, Math.ceil(step / Math.min(volume.spacing[0], volume.spacing[1]) - 1e-6));
  const values = new Float32Array(size * size).fill(NaN);
  let [low, high] = [Infinity, -Infinity];
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const [u, v] = [(x + 0.5) * step - side / 2, (y + 0.5) * step - side / 2];
      if (Math.abs(u) > region.width / 2 || Math.abs(v) > region.height / 2) continue;
      let sum = 0;
      for (let i = 0; i < points * points; i++) {
        const du = (((i % points) + 0.5) / points - 0.5) * step;
        const dv = ((Math.floor(i / points) + 0.5) / points - 0.5) * step;
        const column = region.column + (u + du) / volume.spacing[0];
        sum += sampleSlice(volume, slice, column, region.row + (v + dv) / volume.spacing[1]);
      }
      const value = sum / (points * points);
      values[y * size + x] = value;
      [low, high] = [Math.min(low, value), Math.max(high, value)];
    }
  const scale = high > low ? 2 / (high - low) : 0;
  return values.map((value) => (Number.isNaN(value) ? PADDING : (value - low) * scale - 1));
}

/** Mean of a body's anterior and posterior heights in mm. */
export function bodyHeight(corners: BodyCorners, spacing: readonly [number, number, number]): number {
  const distance = (a: BodyCorners["anteriorSuperior"], b: typeof a): number =>
    Math.hypot((a.column - b.column) * spacing[0], (a.row - b.row) * spacing[1]);
  return (
    (distance(corners.anteriorSuperior, corners.anteriorInferior) +
      distance(corners.posteriorSuperior, corners.posteriorInferior)) /
    2
  );
}

/** Heights of the bodies above and below a disc ("L4-L5"), from the bodies found, by level. */
export function neighbourHeights(
  level: string,
  heights: ReadonlyMap<string, number>,
): [number | undefined, number | undefined] {
  const [above, below] = level.split("-") as [string, string];
  return [heights.get(above), heights.get(below)];
}
