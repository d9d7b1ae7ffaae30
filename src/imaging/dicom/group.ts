import { cross, dot, orientationOf, unit } from "../geometry.js";
import type { Problem } from "../series.js";
import type { Vec3 } from "../volume.js";
import type { FileHeader, FrameHeader } from "./header.js";

/** One frame with the file it lies in. */
export interface Slice {
  /** Full path, only for reading again. */
  readonly path: string;
  /** Base file name, for messages. */
  readonly name: string;
  readonly file: FileHeader;
  readonly frame: FrameHeader;
}

/** Slices of one series with a common plane and matrix, in order along the normal. */
export interface Stack {
  readonly key: string;
  readonly slices: readonly Slice[];
  readonly normal: Vec3 | undefined;
  /** mm between slices. */
  readonly sliceSpacing: number;
  readonly problems: readonly Problem[];
}

const round = (value: number, digits: number) => Number(value.toFixed(digits)) + 0;

/** Slices belong together when series, matrix, plane, pixel spacing and echo are the same. */
function stackKey({ path, file, frame }: Slice): string {
  const plane = frame.orientation?.flat().map((value) => round(value, 2)) ?? [];
  const spacing = frame.pixelSpacing?.map((value) => round(value, 3)) ?? [];
  const { rows, columns } = file.layout;
  const echo = frame.echoTime === undefined ? "" : round(frame.echoTime, 1);
  return [file.seriesUid || path, rows, columns, plane.join(), spacing.join(), echo].join("|");
}

export function stacksOf(slices: readonly Slice[]): Stack[] {
  const groups = new Map<string, Slice[]>();
  for (const slice of slices) {
    const key = stackKey(slice);
    const group = groups.get(key);
    if (group) group.push(slice);
    else groups.set(key, [slice]);
  }
  return [...groups].map(([key, group]) => orderStack(key, group)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** Order where positions are equal or missing: the acquisition's own numbers, then the frame, then the name. */
function byAcquisition(a: Slice, b: Slice): number {
  return a.frame.order - b.frame.order || a.frame.index - b.frame.index || (a.path < b.path ? -1 : 1);
}

function orderStack(key: string, group: Slice[]): Stack {
  const first = group[0]!;
  const axes = first.frame.orientation;
  const normal = axes && unit(cross(axes[0], axes[1]));
  const fallback = first.frame.sliceSpacing ?? 1;
  const problems: Problem[] = [];
  if (axes === undefined)
    problems.push({
      code: "no-orientation",
      message: `${first.name} has no valid ImageOrientationPatient (0020,0037), so its plane is unknown.`,
    });
  if (group.some((slice) => slice.frame.position === undefined))
    problems.push({
      code: "no-position",
      message: `${first.name} or another slice has no valid ImagePositionPatient (0020,0032), so slices cannot be ordered in space.`,
    });
  if (first.frame.pixelSpacing === undefined)
    problems.push({
      code: "no-spacing",
      message: `${first.name} has no valid PixelSpacing (0028,0030), so nothing can be measured in it.`,
    });
  if (normal === undefined || group.some((slice) => slice.frame.position === undefined))
    return { key, slices: group.sort(byAcquisition), normal: undefined, sliceSpacing: fallback, problems };

  const along = (slice: Slice) => dot(slice.frame.position!, normal);
  const sorted = group
    .map((slice) => ({ slice, at: along(slice) }))
    .sort((a, b) => a.at - b.at || byAcquisition(a.slice, b.slice));
  const distinct: { slice: Slice; at: number }[] = [];
  for (const entry of sorted) {
    const last = distinct.at(-1);
    // Sorting puts slices of one place beside each other up to rounding; the first acquired is kept.
    if (last === undefined || entry.at - last.at > 0.01) distinct.push(entry);
    else if (byAcquisition(entry.slice, last.slice) < 0)
      distinct[distinct.length - 1] = { slice: entry.slice, at: last.at };
  }
  if (distinct.length < sorted.length)
    problems.push({
      code: "duplicate-slices",
      message: `${sorted.length} images lie at ${distinct.length} positions; the first acquired at each position is used.`,
    });
  const gaps = distinct.slice(1).map((entry, i) => entry.at - distinct[i]!.at);
  problems.push(
    ...gapProblems(gaps),
    ...driftProblems(
      distinct.map(({ slice }) => slice),
      normal,
    ),
  );
  const spacing = gaps.length === 0 ? fallback : (distinct.at(-1)!.at - distinct[0]!.at) / gaps.length;
  return { key, slices: distinct.map(({ slice }) => slice), normal, sliceSpacing: spacing, problems };
}

/** Gaps that differ by more than 5 % or 0.1 mm from their mean: a slice is missing, or two stacks are mixed. */
function gapProblems(gaps: readonly number[]): Problem[] {
  const smallest = Math.min(...gaps);
  const largest = Math.max(...gaps);
  if (gaps.length < 2 || largest - smallest <= Math.max(0.1, 0.05 * smallest)) return [];
  return [
    {
      code: "inconsistent-slices",
      message: `Slices lie ${smallest.toFixed(2)} to ${largest.toFixed(2)} mm apart; slices may be missing, so distances across slices are approximate.`,
    },
  ];
}

/** First voxels that do not lie above each other make a sheared stack, which an affine of right angles misplaces. */
function driftProblems(slices: readonly Slice[], normal: Vec3): Problem[] {
  const first = slices[0]!.frame.position!;
  const drift = slices.map(({ frame }) => {
    const offset: Vec3 = [
      frame.position![0] - first[0],
      frame.position![1] - first[1],
      frame.position![2] - first[2],
    ];
    const height = dot(offset, normal);
    return Math.hypot(
      offset[0] - height * normal[0],
      offset[1] - height * normal[1],
      offset[2] - height * normal[2],
    );
  });
  const largest = Math.max(...drift);
  if (largest <= 1) return [];
  return [
    {
      code: "inconsistent-slices",
      message: `Slices are shifted against each other by up to ${largest.toFixed(1)} mm; the geometry follows the first and last slice.`,
    },
  ];
}

/** The plane of a stack. */
export function stackOrientation(stack: Stack) {
  return stack.normal === undefined ? ("unknown" as const) : orientationOf(stack.normal);
}
