import { ImagingError } from "./errors.js";
import type { FileIndex, OtherFile } from "./folder/indexFiles.js";
import {
  countKinds,
  leftOutWords,
  type FileKind,
  type LeftOutCause,
  type LeftOutCount,
} from "./folder/kinds.js";
import type { Listing } from "./folder/listing.js";
import type { Problem, Series } from "./series.js";

/** Kinds that people look for in vain when a folder is read for its DICOM images. */
const MISSED: ReadonlySet<FileKind | LeftOutCause> = new Set([
  "zip",
  "archive",
  "nifti",
  "nrrd",
  "metaimage",
  "gzip",
]);

/** Everything that is listed and gives no DICOM image, by kind. */
export function leftOutOf(listing: Listing, { others, failures }: FileIndex): LeftOutCount[] {
  return countKinds([
    ...others.map(({ kind }) => kind),
    ...listing.failures.map((): LeftOutCause => "unreadable-folder"),
    ...failures.map((): LeftOutCause => "unreadable-file"),
  ]);
}

/** What could not be read may belong to any series, so each one says it. */
export function withFailures(series: readonly Series[], failures: readonly ImagingError[]): Series[] {
  const first = failures[0];
  if (first === undefined) return [...series];
  const more = failures.length > 1 ? ` The same holds for ${failures.length - 1} more.` : "";
  return withProblem(series, { code: first.code, message: `${first.message}${more}` });
}

/** What lies with DICOM images is told by each of their series, not read: it may be a mask, or a copy. */
export function withMissed(series: readonly Series[], others: readonly OtherFile[], name: string): Series[] {
  const missed = countKinds(others.map(({ kind }) => kind).filter((kind) => MISSED.has(kind)));
  if (missed.length === 0) return [...series];
  return withProblem(series, {
    code: "left-out",
    message: `${name} holds, beside these DICOM images, ${leftOutWords(missed)}, not read here; give one by itself to read it.`,
  });
}

/** Nothing that is read lies in a place of this name. */
export function noImages(others: readonly OtherFile[], name: string): ImagingError {
  const what = leftOutWords(countKinds(others.map(({ kind }) => kind)));
  return new ImagingError(
    "no-files",
    `${name} holds no DICOM images${what === "" ? "" : ` (files without one: ${others.length}): ${what}`}; choose the folder of a DICOM study, or name an image file.`,
  );
}

function withProblem(series: readonly Series[], problem: Problem): Series[] {
  return series.map((one) => ({ ...one, problems: [...one.problems, problem] }));
}
