import { mapBounded } from "../folder/bounded.js";
import { ImagingError, type ImagingCode } from "../errors.js";
import { affineOf, imageAffine, scale } from "../geometry.js";
import { voxelCount } from "../limits.js";
import { hashId, type Problem, type Series } from "../series.js";
import { rescale } from "../formats/voxels.js";
import type { Affine, Vec3, Volume } from "../volume.js";
import { parseDicomFile, type ParsedFile } from "./dataset.js";
import { guessContrast, protocolWords } from "./describe.js";
import { stackOrientation, stacksOf, type Stack } from "./group.js";
import { decodeFrame, pixelProblems, tileOf } from "./pixels.js";
import type { StoredValues } from "./pixels.js";
import type { Slice } from "./slice.js";

/** Files of a series that are read and decoded at the same time. */
const FILES_AT_ONCE = 4;

/** Step per slice: from the first to the last slice, so that a slightly sheared stack ends where its header says. */
function sliceStep(stack: Stack, normal: Vec3): Vec3 {
  const first = stack.slices[0]!.frame.position!;
  const last = stack.slices.at(-1)!.frame.position!;
  const count = stack.slices.length - 1;
  if (count === 0) return scale(normal, stack.sliceSpacing);
  return [(last[0] - first[0]) / count, (last[1] - first[1]) / count, (last[2] - first[2]) / count];
}

function stackGeometry(stack: Stack): { spacing: Vec3; affine: Affine; geometry: Volume["geometry"] } {
  const { orientation, pixelSpacing, position } = stack.slices[0]!.frame;
  const [rowSpacing, columnSpacing] = pixelSpacing ?? [1, 1];
  const spacing: Vec3 = [columnSpacing, rowSpacing, stack.sliceSpacing];
  if (orientation === undefined || position === undefined || stack.normal === undefined)
    return { spacing, affine: imageAffine(spacing), geometry: "image" };
  const [alongRow, alongColumn] = orientation;
  const affine = affineOf(
    scale(alongRow, columnSpacing),
    scale(alongColumn, rowSpacing),
    sliceStep(stack, stack.normal),
    position,
  );
  return { spacing, affine, geometry: "patient" };
}

async function reparse(slice: Slice): Promise<ParsedFile> {
  const parsed = parseDicomFile(await slice.read(), slice.name);
  if (parsed === undefined)
    throw new ImagingError("unreadable-file", `${slice.name} changed while it was being read; try again.`);
  return parsed;
}

/** Neighbouring slices that lie in one file. */
function runsOf(slices: readonly Slice[]): Slice[][] {
  const runs: Slice[][] = [];
  for (const slice of slices) {
    const last = runs.at(-1);
    if (last?.[0]!.path === slice.path) last.push(slice);
    else runs.push([slice]);
  }
  return runs;
}

/** Decodes slices of one file, each of its frames once however many tiles of it are used. */
async function decodeRun(run: readonly Slice[]): Promise<Volume["voxels"][]> {
  const { dataSet } = await reparse(run[0]!);
  const planes: Volume["voxels"][] = [];
  let decoded: { stored: number; values: StoredValues } | undefined;
  for (const { frame, file, name } of run) {
    if (decoded?.stored !== frame.stored)
      decoded = { stored: frame.stored, values: await decodeFrame(dataSet, file, frame.stored, name) };
    planes.push(rescale(tileOf(decoded.values, file, frame.tile), frame.slope, frame.intercept));
  }
  return planes;
}

/** Decodes every slice of a stack, a few files at a time. */
async function loadStack(stack: Stack): Promise<Volume> {
  const { rows, columns } = stack.slices[0]!.file;
  voxelCount([columns, rows, stack.slices.length], stack.slices[0]!.name);
  const planes = (await mapBounded(runsOf(stack.slices), FILES_AT_ONCE, decodeRun)).flat();
  const size = rows * columns;
  const whole = planes.every((plane) => plane instanceof Int16Array);
  const voxels = whole ? new Int16Array(size * planes.length) : new Float32Array(size * planes.length);
  planes.forEach((plane, i) => {
    voxels.set(plane, i * size);
  });
  return { voxels, columns, rows, slices: planes.length, ...stackGeometry(stack) };
}

/** Codes that stand for many things, which are told each by itself. */
const TOLD_APART: ReadonlySet<ImagingCode> = new Set(["repaired", "malformed"]);

/** Problems of a stack and its files, each message once. */
function problemsOf(stack: Stack): Problem[] {
  const files = new Map(stack.slices.map((slice) => [slice.path, slice]));
  const perFile = [...files.values()].flatMap(({ file, name }) =>
    [...file.problems, ...pixelProblems(file.layout, name)].map((problem) => ({
      problem,
      kind: TOLD_APART.has(problem.code) ? problem.message.replace(name, "") : problem.code,
    })),
  );
  const modality = stack.slices[0]!.file.modality;
  const notMr: Problem[] =
    modality === "" || modality === "MR"
      ? []
      : [{ code: "not-mr", message: `The series is ${modality}, not MR; choose an MR series.` }];
  // One line per kind of problem is enough for a person, however many files share it.
  const byKind = new Map<string, Problem[]>();
  for (const { problem, kind } of perFile) {
    const known = byKind.get(kind);
    if (known === undefined) byKind.set(kind, [problem]);
    else known.push(problem);
  }
  const summed = [...byKind.values()].map(([first, ...more]) =>
    more.length === 0
      ? first!
      : { code: first!.code, message: `${first!.message} The same holds for ${more.length} more.` },
  );
  return [...notMr, ...stack.problems, ...summed];
}

function seriesOf(stack: Stack): Series {
  const { file, frame } = stack.slices[0]!;
  const { spacing, geometry, affine } = stackGeometry(stack);
  return {
    id: hashId(stack.key),
    ...(file.studyUid === "" ? {} : { study: hashId(`study ${file.studyUid}`) }),
    description: protocolWords(file.rawDescription),
    modality: file.modality,
    contrast: guessContrast({
      echoTime: frame.echoTime,
      repetitionTime: frame.repetitionTime,
      inversionTime: frame.inversionTime,
      scanningSequence: `${file.scanningSequence}${frame.isInversionRecovery ? " IR" : ""}`,
      description: file.rawDescription,
      scanOptions: file.scanOptions,
      imageType: file.imageType,
      suppression: frame.suppression,
    }),
    orientation: stackOrientation(stack),
    rows: file.rows,
    columns: file.columns,
    slices: stack.slices.length,
    spacing,
    geometry,
    affine,
    problems: problemsOf(stack),
    load: () => loadStack(stack),
    subject: () => file.subject,
    sources: () =>
      stack.slices.map((slice) => ({
        path: slice.path,
        frame: slice.frame.stored,
        read: () => slice.read(),
      })),
  };
}

/** The series that a set of slices forms, in a stable order. */
export function dicomSeries(slices: readonly Slice[]): Series[] {
  return stacksOf(slices).map(seriesOf);
}
