import { cross, dot, scale, unit } from "../geometry.js";
import type { Problem } from "../series.js";
import type { Vec3 } from "../volume.js";
import { byAcquisition } from "./repeats.js";
import type { Slice } from "./slice.js";

/** The part of a direction along the patient's axis that it is nearest to, with its sign. */
function mainPart(direction: Vec3): number {
  return direction.reduce((main, part) => (Math.abs(part) > Math.abs(main) ? part : main), 0);
}

/** How SliceLocation becomes mm along the normal: as the slices that have a position say, else as the patient's axis runs. */
function alongByLocation(slices: readonly Slice[], normal: Vec3): ((location: number) => number) | undefined {
  const placed = slices.filter(({ frame }) => frame.position !== undefined && frame.location !== undefined);
  const known = placed.map(({ frame }) => ({ at: frame.location!, along: dot(frame.position!, normal) }));
  const first = known[0];
  if (first === undefined) return (location) => location * Math.sign(mainPart(normal));
  const last = known.find(({ at }) => Math.abs(at - first.at) > 0.1);
  if (last === undefined) return undefined;
  const slope = (last.along - first.along) / (last.at - first.at);
  return (location) => first.along + slope * (location - first.at);
}

/** `slice` at `along` mm on the normal through `origin`. */
function placedAt(slice: Slice, normal: Vec3, along: number, origin: Vec3): Slice {
  const across = scale(normal, dot(origin, normal));
  const position = origin.map(
    (value, axis) => value - across[axis]! + along * normal[axis]!,
  ) as unknown as Vec3;
  return { ...slice, frame: { ...slice.frame, position } };
}

function problem(missing: number, name: string, how: string): Problem {
  const whose = missing === 1 ? `${name} has` : `${missing} images, such as ${name}, have`;
  return {
    code: "no-position",
    message: `${whose} no valid ImagePositionPatient (0020,0032); ${how}`,
  };
}

/**
 * Slices of one plane with places for those that state none: by SliceLocation (0020,1041), which gives their order and
 * distances, else one after another by InstanceNumber, as far apart as the header says. Where in the plane they lie, and of
 * numbered ones which end is which, nobody knows. Unchanged, without a problem, where nothing is missing or nothing helps.
 */
export function withPositions(slices: readonly Slice[]): {
  slices: readonly Slice[];
  problems: readonly Problem[];
} {
  const missing = slices.filter(({ frame }) => frame.position === undefined);
  const axes = slices[0]?.frame.orientation;
  const normal = axes && unit(cross(axes[0], axes[1]));
  if (missing.length === 0 || normal === undefined) return { slices, problems: [] };
  const name = missing[0]!.name;
  const origin = slices.find(({ frame }) => frame.position)?.frame.position ?? [0, 0, 0];
  const locations = new Set(slices.map(({ frame }) => frame.location?.toFixed(2)));
  const byLocation = alongByLocation(slices, normal);
  // A header that leaves the location at 0 in every slice says nothing by it.
  const isTelling = !locations.has(undefined) && (locations.size > 1 || slices.length === 1);
  if (isTelling && byLocation !== undefined)
    return {
      slices: slices.map((slice) =>
        slice.frame.position ? slice : placedAt(slice, normal, byLocation(slice.frame.location!), origin),
      ),
      problems: [
        problem(
          missing.length,
          name,
          "order and distance of the slices are those of SliceLocation (0020,1041), and where they lie in the patient is not known.",
        ),
      ],
    };
  const spacing = slices[0]!.frame.sliceSpacing;
  const numbers = new Set(slices.map(({ frame }) => `${frame.order} ${frame.index}`));
  // Pictures of several times may lie at one place, and nobody knows how many do.
  const times = new Set(slices.map(({ frame }) => frame.repeatKeys[0]));
  const isNumbered = numbers.size === slices.length && times.size === 1;
  if (missing.length < slices.length || !isNumbered || spacing === undefined) return { slices, problems: [] };
  const sorted = [...slices].sort(byAcquisition);
  return {
    slices: sorted.map((slice, i) => placedAt(slice, normal, i * spacing, origin)),
    problems: [
      problem(
        missing.length,
        name,
        `slices are put one after another by InstanceNumber (0020,0013), ${Number(spacing.toFixed(3))} mm apart as the header says: which end is which, and where they lie in the patient, is not known.`,
      ),
    ],
  };
}
