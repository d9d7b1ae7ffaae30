import { cross, dot, orientationOf, unit } from "../geometry.js";
import type { Problem } from "../series.js";
import type { Vec3 } from "../volume.js";
import type { FrameHeader } from "./frameHeader.js";
import { gapProblems, gapsOf, shearProblems, splitApart, splitBeside } from "./gaps.js";
import { byAcquisition, groupedBy, splitRepeats, withoutCopies } from "./repeats.js";
import { withPositions } from "./positions.js";
import { gatherSeries } from "./seriesKey.js";
import type { Slice } from "./slice.js";

/** Slices of one series with a common plane and matrix, in order along the normal. */
export interface Stack {
  readonly key: string;
  readonly slices: readonly Slice[];
  readonly normal: Vec3 | undefined;
  /** mm between slices. */
  readonly sliceSpacing: number;
  readonly problems: readonly Problem[];
}

/** Largest difference of direction cosines within a plane: half a degree. */
const SAME_DIRECTION = 0.0087;
/** Largest relative difference of pixel spacings, and of echo times in ms, within a stack. */
const SAME_SPACING = 1e-3;
const SAME_ECHO = 0.05;

const round = (value: number, digits: number) => Number(value.toFixed(digits)) + 0;

/** What is the same throughout a stack of a series whatever the precision of its header: number, matrix and StackID. */
function exactKey({ file, frame }: Slice): string {
  return [file.seriesNumber, file.rows, file.columns, frame.stack].join("|");
}

function near(
  a: readonly number[] | undefined,
  b: readonly number[] | undefined,
  tolerance: (value: number) => number,
): boolean {
  if (a === undefined || b === undefined) return a === b;
  return a.every((value, i) => Math.abs(value - b[i]!) <= tolerance(value));
}

/** Whether two slices agree in plane, pixel spacing and echo, up to the precision that headers have. */
function isAlike(a: FrameHeader, b: FrameHeader): boolean {
  const echo = ({ echoTime }: FrameHeader) => (echoTime === undefined ? undefined : [echoTime]);
  return (
    near(a.orientation?.flat(), b.orientation?.flat(), () => SAME_DIRECTION) &&
    near(a.pixelSpacing, b.pixelSpacing, (value) => SAME_SPACING * value) &&
    near(echo(a), echo(b), () => SAME_ECHO)
  );
}

/** Slices that are alike, in the order of their first. */
function alike(slices: readonly Slice[]): Slice[][] {
  const groups: Slice[][] = [];
  for (const slice of slices) {
    const group = groups.find(([first]) => isAlike(first!.frame, slice.frame));
    if (group) group.push(slice);
    else groups.push([slice]);
  }
  return groups;
}

/** The stacks that a set of slices forms, in a stable order. */
export function stacksOf(slices: readonly Slice[]): Stack[] {
  const stacks = gatherSeries([...slices].sort(byAcquisition)).flatMap((series) =>
    [...groupedBy(series.slices, exactKey)].flatMap(([key, group]) =>
      alike(group).flatMap((part) =>
        stacksOfPlane(`${series.key}|${key}|${planeKey(part[0]!)}`, part, series.problems),
      ),
    ),
  );
  return stacks.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function planeKey({ frame }: Slice): string {
  const plane = frame.orientation?.flat().map((value) => round(value, 4)) ?? [];
  const spacing = frame.pixelSpacing?.map((value) => round(value, 3)) ?? [];
  return [plane.join(), spacing.join(), frame.echoTime === undefined ? "" : round(frame.echoTime, 2)].join(
    "|",
  );
}

/** The stacks of slices that are alike: beside each other, over each other, far apart. */
function stacksOfPlane(key: string, group: readonly Slice[], ofSeries: readonly Problem[]): Stack[] {
  const { slices: images, copies, sharing } = withoutCopies(group);
  const { slices, problems: ofPlaces } = withPositions(images);
  const told = [...ofSeries, ...ofPlaces, ...copyProblems(copies), ...sharedUidProblems(sharing)];
  const axes = group[0]!.frame.orientation;
  const normal = axes && unit(cross(axes[0], axes[1]));
  if (normal === undefined || slices.some(({ frame }) => frame.position === undefined))
    return [unplaced(key, slices, told)];
  const along = (slice: Slice) => dot(slice.frame.position!, normal);
  const volumes = splitBeside(slices, normal).flatMap((beside) => {
    const repeats = splitRepeats(beside, along);
    return repeats.flatMap((repeat, i) =>
      splitApart(repeat, along).map((part) => ({
        part,
        problems: repeatProblems(i, repeats.length),
      })),
    );
  });
  return volumes.map(({ part, problems }, i) => {
    const gaps = gapsOf(part, along);
    const spacing =
      gaps.length === 0
        ? (part[0]!.frame.sliceSpacing ?? 1)
        : (along(part.at(-1)!) - along(part[0]!)) / gaps.length;
    return {
      key: `${key}|${String(i).padStart(5, "0")}`,
      slices: part,
      normal,
      sliceSpacing: spacing,
      problems: [
        ...spacingProblems(part),
        ...scaleProblems(part),
        ...told,
        ...problems,
        ...gapProblems(gaps),
        ...shearProblems(part, normal),
      ],
    };
  });
}

/** A stack that cannot be ordered in space keeps the order of acquisition. */
function unplaced(key: string, slices: readonly Slice[], told: readonly Problem[]): Stack {
  const first = slices[0]!;
  const problems: Problem[] = [];
  if (first.frame.orientation === undefined)
    problems.push({
      code: "no-orientation",
      message: `${first.name} has no valid ImageOrientationPatient (0020,0037), so its plane is unknown.`,
    });
  const without = slices.find((slice) => slice.frame.position === undefined);
  if (without)
    problems.push({
      code: "no-position",
      message: `${without.name} has no valid ImagePositionPatient (0020,0032), so its slices cannot be ordered in space.`,
    });
  return {
    key,
    slices: [...slices].sort(byAcquisition),
    normal: undefined,
    sliceSpacing: first.frame.sliceSpacing ?? 1,
    problems: [...problems, ...spacingProblems(slices), ...told],
  };
}

function spacingProblems(slices: readonly Slice[]): Problem[] {
  const { name, frame } = slices[0]!;
  if (frame.pixelSpacing !== undefined) return [];
  return [
    {
      code: "no-spacing",
      message: `${name} has no valid PixelSpacing (0028,0030), so nothing can be measured in it.`,
    },
  ];
}

/** Slices whose values are scaled each by itself, as the console shows them, are not bright alike. */
function scaleProblems(slices: readonly Slice[]): Problem[] {
  const scales = slices.flatMap(({ frame }) =>
    frame.privateScale === undefined ? [] : [frame.slope * frame.privateScale],
  );
  const [low, high] = [Math.min(...scales), Math.max(...scales)];
  if (scales.length === 0 || high - low <= SAME_SPACING * Math.abs(high)) return [];
  return [
    {
      code: "unsupported-pixels",
      message: `${slices[0]!.name} and its series have a private scale slope (2005,100E) that differs from slice to slice and is not applied, so their values are not comparable; export the series with one scale.`,
    },
  ];
}

function copyProblems(copies: number): Problem[] {
  if (copies === 0) return [];
  return [
    {
      code: "duplicate-slices",
      message: `${copies} image${copies === 1 ? " is a copy" : "s are copies"} of another by SOPInstanceUID (0008,0018) and ${copies === 1 ? "is" : "are"} left out.`,
    },
  ];
}

function sharedUidProblems(sharing: number): Problem[] {
  if (sharing === 0) return [];
  return [
    {
      code: "repaired",
      message: `${sharing} images share a SOPInstanceUID (0008,0018) with another at a different place or of a different number; each is read as an image of its own.`,
    },
  ];
}

function repeatProblems(repeat: number, repeats: number): Problem[] {
  if (repeats === 1) return [];
  return [
    {
      code: "several-volumes",
      message: `The series holds ${repeats} volumes at the same place, each listed as a series; this is number ${repeat + 1}.`,
    },
  ];
}

/** The plane of a stack. */
export function stackOrientation(stack: Stack) {
  return stack.normal === undefined ? ("unknown" as const) : orientationOf(stack.normal);
}
