/** Space as a camera sees it: pure. */

export type Point = readonly [x: number, y: number, z: number];

export const sum = (a: Point, b: Point): Point => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
export const difference = (a: Point, b: Point): Point => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
export const times = (a: Point, factor: number): Point => [a[0] * factor, a[1] * factor, a[2] * factor];
export const dot = (a: Point, b: Point): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
export const cross = (a: Point, b: Point): Point => [
  a[1] * b[2] - a[2] * b[1],
  a[2] * b[0] - a[0] * b[2],
  a[0] * b[1] - a[1] * b[0],
];

export function unit(a: Point): Point {
  const length = Math.hypot(...a);
  return length > 0 ? times(a, 1 / length) : [0, 0, 1];
}

/** Where a point is seen: to the right and up from the middle, in halves of the picture's height, and how far it is. */
export type See = (point: Point) => readonly [right: number, up: number, depth: number];

export interface Camera {
  readonly eye: Point;
  readonly center: Point;
  readonly up: Point;
  readonly isFlat: boolean;
}

/** Half of the angle that plotly's camera takes in from above down. */
const HALF_VIEW = Math.PI / 8;

export function seen({ eye, center, up, isFlat }: Camera): See {
  const towards = unit(difference(center, eye));
  const right = unit(cross(towards, up));
  const above = cross(right, towards);
  const focus = 1 / Math.tan(HALF_VIEW);
  return (point) => {
    const from = difference(point, eye);
    const depth = dot(from, towards);
    const scale = isFlat ? 1 : focus / Math.max(depth, 0.05);
    return [dot(from, right) * scale, dot(from, above) * scale, depth];
  };
}
