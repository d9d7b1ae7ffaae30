/** Patient positions of a display: pure geometry in LPS millimetres. */

/** A point or direction in LPS mm, or (column, row, slice). */
export type Position = readonly [number, number, number];

/** The point in LPS mm at (column, row, slice). @param frame as in `SlicesPayload.frame` */
export function toPatient(frame: readonly number[], [column, row, slice]: Position): Position {
  const along = (axis: 0 | 1 | 2): number => {
    const [c, r, s, origin] = frame.slice(axis * 4, axis * 4 + 4);
    return c! * column + r! * row + s! * slice + origin!;
  };
  return [along(0), along(1), along(2)];
}

/** The slice, fractions included, in whose plane a point lies; NaN where slices have no distance from each other. */
export function sliceThrough(frame: readonly number[], point: Position): number {
  const step = (axis: 0 | 1 | 2): Position => [frame[axis]!, frame[4 + axis]!, frame[8 + axis]!];
  const normal = cross(step(0), step(1));
  const apart = dot(step(2), normal);
  const origin = toPatient(frame, [0, 0, 0]);
  const offset: Position = [point[0] - origin[0], point[1] - origin[1], point[2] - origin[2]];
  return Math.abs(apart) < 1e-9 ? NaN : dot(offset, normal) / apart;
}

/** Whether a payload's frame can be used: notebooks may be damaged or edited. */
export function isFrame(frame: readonly number[] | undefined): frame is readonly number[] {
  return frame?.length === 12 && frame.every(Number.isFinite);
}

function dot(a: Position, b: Position): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Position, b: Position): Position {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}
