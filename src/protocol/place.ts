/** Where pictures lie and whose they are, so that nothing is drawn over a picture that it does not belong to. */

/** What tells the pictures of one series from all others: hashes and geometry, no identity. */
export interface SeriesPlace {
  /** Id of the series as `spinebook read` lists it; absent where it is not known. */
  readonly series?: string | undefined;
  /** Hash that the series of one examination share. */
  readonly study?: string | undefined;
  /** Columns, rows, slices. */
  readonly size: readonly number[];
  /** Voxel indices to LPS mm, row by row: three rows of four numbers, and what follows is not looked at. */
  readonly affine: readonly number[];
}

/** mm by which the same voxel may lie elsewhere: files store positions in single precision and as decimal text. */
const SAME_MM = 0.1;

/** Why what was found in one series must not be drawn over another one, as a sentence; `undefined` where they are the same. */
export function placeMismatch(found: SeriesPlace | undefined, shown: SeriesPlace): string | undefined {
  if (!isPlace(found))
    return "What was found does not say in which pictures, so it is not drawn over these; find it again.";
  if (differs(found.series, shown.series))
    return "What was found belongs to another series and is not drawn over this one; find it again here.";
  if (differs(found.study, shown.study))
    return "What was found belongs to another study and is not drawn over this one; find it again here.";
  if ([0, 1, 2].some((axis) => found.size[axis] !== shown.size[axis]))
    return `What was found lies in pictures of ${grid(found)} voxels and is not drawn over these of ${grid(shown)}.`;
  return farthest(found, shown) <= SAME_MM
    ? undefined
    : "What was found lies in pictures of another place in the patient and is not drawn over these.";
}

function isPlace(place: SeriesPlace | undefined): place is SeriesPlace {
  return Array.isArray(place?.size) && Array.isArray(place.affine) && place.affine.length >= 12;
}

function differs(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function grid({ size }: SeriesPlace): string {
  return size.slice(0, 3).join(" × ");
}

/** How far apart (mm) the two put the corners of their grid; not a number, and so no match, where a number is missing. */
function farthest(one: SeriesPlace, other: SeriesPlace): number {
  const corners = Array.from({ length: 8 }, (_, bits) =>
    one.size.slice(0, 3).map((count, axis) => (bits & (1 << axis) ? count - 1 : 0)),
  );
  const apart = corners.map((corner) => {
    const [a, b] = [patient(one.affine, corner), patient(other.affine, corner)];
    return Math.hypot(...a.map((value, axis) => value - b[axis]!));
  });
  return apart.some(Number.isNaN) ? NaN : Math.max(...apart);
}

function patient(affine: readonly number[], [c = 0, r = 0, s = 0]: readonly number[]): number[] {
  return [0, 4, 8].map(
    (row) => affine[row]! * c + affine[row + 1]! * r + affine[row + 2]! * s + affine[row + 3]!,
  );
}
