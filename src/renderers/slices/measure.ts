/** Distances and angles in a slice: pure geometry, true to the millimetre where pixels are not square. */

import { lengthText } from "../../protocol/index.js";

/** (column, row) in display pixels; whole numbers are pixel centres. */
export type Point = readonly [number, number];

/** mm between columns and rows. */
export type PixelSpacing = readonly [number, number, ...number[]];

export type MeasurementKind = "distance" | "angle" | "cobb";

/** How many points each kind takes: two ends; an arm, the vertex, an arm; the ends of two lines. */
export const POINTS_OF: Readonly<Record<MeasurementKind, number>> = { distance: 2, angle: 3, cobb: 4 };

export interface Measurement {
  readonly kind: MeasurementKind;
  readonly slice: number;
  readonly points: readonly Point[];
}

/** Distance in mm. */
export function distance(a: Point, b: Point, spacing: PixelSpacing): number {
  return Math.hypot(...millimetres(a, b, spacing));
}

/** Angle at `vertex` between the arms to `a` and `b`, 0 to 180 degrees; 0 for an arm without length. */
export function angle(a: Point, vertex: Point, b: Point, spacing: PixelSpacing): number {
  return between(millimetres(vertex, a, spacing), millimetres(vertex, b, spacing));
}

/**
 * Cobb angle of two lines, 0 to 180 degrees. Both are read from left to right, in whichever direction they were drawn:
 * endplates run across the spine, so a curve of more than 90 degrees keeps its true angle.
 */
export function cobbAngle(points: readonly [Point, Point, Point, Point], spacing: PixelSpacing): number {
  const [a, b, c, d] = points;
  return between(rightwards(millimetres(a, b, spacing)), rightwards(millimetres(c, d, spacing)));
}

/** mm or degrees of a complete measurement. @throws RangeError when points are missing */
export function valueOf({ kind, points }: Measurement, spacing: PixelSpacing): number {
  if (points.length !== POINTS_OF[kind])
    throw new RangeError(
      `a measurement of kind ${kind} takes ${POINTS_OF[kind]} points, not ${points.length}`,
    );
  const [a, b, c, d] = points as unknown as readonly [Point, Point, Point, Point];
  if (kind === "distance") return distance(a, b, spacing);
  return kind === "angle" ? angle(a, b, c, spacing) : cobbAngle([a, b, c, d], spacing);
}

/** A measurement's value for people, such as `23.4 mm` or `Cobb 41.2°`. */
export function valueText(measurement: Measurement, spacing: PixelSpacing, lengths?: "estimated"): string {
  const value = valueOf(measurement, spacing).toFixed(1);
  if (measurement.kind === "distance") return lengthText(value, lengths);
  return measurement.kind === "cobb" ? `Cobb ${value}°` : `${value}°`;
}

/** The pairs of points that are joined by a line, as far as there are points. */
export function segments(
  kind: MeasurementKind,
  points: readonly Point[],
): readonly (readonly [Point, Point])[] {
  const joined =
    kind === "cobb"
      ? [
          [0, 1],
          [2, 3],
        ]
      : [
          [0, 1],
          [1, 2],
        ];
  return joined.flatMap(([from, to]) => {
    const [a, b] = [points[from!], points[to!]];
    return a && b ? [[a, b] as const] : [];
  });
}

/** Distance in mm of a point from a line between two points. */
export function distanceToSegment(
  point: Point,
  [a, b]: readonly [Point, Point],
  spacing: PixelSpacing,
): number {
  const along = millimetres(a, b, spacing);
  const to = millimetres(a, point, spacing);
  const length = along[0] ** 2 + along[1] ** 2;
  const share = length === 0 ? 0 : (to[0] * along[0] + to[1] * along[1]) / length;
  const nearest = Math.min(1, Math.max(0, share));
  return Math.hypot(to[0] - along[0] * nearest, to[1] - along[1] * nearest);
}

function millimetres(from: Point, to: Point, spacing: PixelSpacing): Point {
  return [(to[0] - from[0]) * spacing[0], (to[1] - from[1]) * spacing[1]];
}

function rightwards([x, y]: Point): Point {
  return x < 0 || (x === 0 && y < 0) ? [-x, -y] : [x, y];
}

/** Angle of two directions in degrees. */
function between(a: Point, b: Point): number {
  const across = a[0] * b[1] - a[1] * b[0];
  const along = a[0] * b[0] + a[1] * b[1];
  return (Math.abs(Math.atan2(across, along)) * 180) / Math.PI;
}
