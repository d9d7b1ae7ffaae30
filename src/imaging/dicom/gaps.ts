import { lowerQuantile } from "../../numbers/index.js";
import { dot, scale } from "../geometry.js";
import type { Problem } from "../series.js";
import type { Vec3 } from "../volume.js";
import type { Slice } from "./slice.js";

/** Slices further apart than this many times the usual gap belong to stacks of their own. */
const STACK_GAP = 4;
/** Shift of first voxels across the normal, in mm, from which a stack counts as sheared and not as imprecise. */
const SHEAR = 1;

/** Part of an offset that lies in the slice plane. */
function inPlane(from: Vec3, to: Vec3, normal: Vec3): Vec3 {
  const offset: Vec3 = [to[0] - from[0], to[1] - from[1], to[2] - from[2]];
  const across = scale(normal, dot(offset, normal));
  return [offset[0] - across[0], offset[1] - across[1], offset[2] - across[2]];
}

/**
 * Parallel slices whose first voxels lie above each other, group by group. A sheared stack, where every slice is
 * shifted against the last, stays whole: only groups of three slices or more count as stacks beside each other.
 */
export function splitBeside(slices: readonly Slice[], normal: Vec3): Slice[][] {
  const groups: Slice[][] = [];
  for (const slice of slices) {
    const place = slice.frame.position!;
    const group = groups.find(
      ([first]) => Math.hypot(...inPlane(first!.frame.position!, place, normal)) <= SHEAR,
    );
    if (group) group.push(slice);
    else groups.push([slice]);
  }
  return groups.every((group) => group.length >= 3) ? groups : [[...slices]];
}

/** Slices in order along the normal, cut where a gap is many times the usual one. */
export function splitApart(slices: readonly Slice[], along: (slice: Slice) => number): Slice[][] {
  const gaps = gapsOf(slices, along);
  if (gaps.length < 2) return [[...slices]];
  const limit = STACK_GAP * lowerQuantile(gaps, 0.5)!;
  const parts: Slice[][] = [[slices[0]!]];
  gaps.forEach((gap, i) => {
    if (gap > limit) parts.push([]);
    parts.at(-1)!.push(slices[i + 1]!);
  });
  return parts;
}

/** mm between neighbours. */
export function gapsOf(slices: readonly Slice[], along: (slice: Slice) => number): number[] {
  return slices.slice(1).map((slice, i) => along(slice) - along(slices[i]!));
}

/** Gaps that differ by more than 5 % or 0.1 mm: slices are missing where they are multiples of the usual one. */
export function gapProblems(gaps: readonly number[]): Problem[] {
  const smallest = Math.min(...gaps);
  const largest = Math.max(...gaps);
  const tolerance = Math.max(0.1, 0.05 * smallest);
  if (gaps.length < 2 || largest - smallest <= tolerance) return [];
  const step = lowerQuantile(gaps, 0.5)!;
  const steps = gaps.map((gap) => Math.max(1, Math.round(gap / step)));
  if (gaps.every((gap, i) => Math.abs(gap - steps[i]! * step) <= Math.max(0.1, 0.05 * step))) {
    const missing = steps.reduce((sum, count) => sum + count - 1, 0);
    return [
      {
        code: "missing-slices",
        message: `${missing} of ${gaps.length + 1 + missing} slices, ${step.toFixed(2)} mm apart, ${missing === 1 ? "is" : "are"} missing, so distances across slices are approximate; copy or export the series again.`,
      },
    ];
  }
  return [
    {
      code: "uneven-slices",
      message: `Slices lie ${smallest.toFixed(2)} to ${largest.toFixed(2)} mm apart, so distances across slices are approximate.`,
    },
  ];
}

/** First voxels that do not lie above each other: the slices are not at right angles to the way from one to the next. */
export function shearProblems(slices: readonly Slice[], normal: Vec3): Problem[] {
  const first = slices[0]!.frame.position!;
  const drifts = slices.map(({ frame }) => Math.hypot(...inPlane(first, frame.position!, normal)));
  const largest = Math.max(...drifts);
  if (largest <= SHEAR) return [];
  const last = slices.at(-1)!.frame.position!;
  const height = dot([last[0] - first[0], last[1] - first[1], last[2] - first[2]], normal);
  const degrees = (Math.atan2(drifts.at(-1)!, height) * 180) / Math.PI;
  return [
    {
      code: "sheared-slices",
      message: `Slices are shifted against each other by up to ${largest.toFixed(1)} mm (a shear of ${degrees.toFixed(1)} degrees); the geometry follows the first and last slice.`,
    },
  ];
}
