import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { commandOutput } from "../commandOutput.js";
import { LISTED_SERIES } from "../views/studyList.js";
import { CommandError, runSpinebook, type CommandOptions } from "../spinebookCommand.js";

/** A series as the viewer's page is given it. */
export interface LoadedVolume {
  /** A single uncompressed NIfTI-1 file. */
  readonly bytes: Uint8Array;
  /** Id of the series that was taken. */
  readonly series: string;
  /** Names the series without identity. */
  readonly title: string;
  /** What is wrong with the series, in sentences. */
  readonly problems: readonly string[];
}

/** What `spinebook read --nifti --json` prints, as far as it is used here. */
const READ_AND_WRITTEN = v.object({ series: v.array(LISTED_SERIES), written: v.optional(v.string()) });

/**
 * Reads a series by way of a temporary NIfTI file, which is gone when this ends, however it ends.
 *
 * @param series its id; without one the study's sagittal T2 series is taken
 * @throws CommandError with a sentence for people
 */
export async function loadVolume(
  extensionFolder: string,
  path: string,
  series: string | undefined,
  options: CommandOptions = {},
): Promise<LoadedVolume> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-viewer-"));
  try {
    const file = join(folder, "volume.nii");
    const chosen = series === undefined ? [] : ["--series", series];
    const output = await runSpinebook(
      extensionFolder,
      ["read", path, ...chosen, "--nifti", file, "--json"],
      options,
    );
    const written = await readFile(file).catch(() => {
      throw new CommandError("The spinebook command wrote no images.");
    });
    // A Buffer would reach the page as a list of numbers.
    const bytes = new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
    return { bytes, ...descriptionOf(output) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Id, title and problems of the series that was written, by what `spinebook read --nifti --json` wrote. */
export function descriptionOf(json: string): Omit<LoadedVolume, "bytes"> {
  const { series: all, written } = commandOutput(json, READ_AND_WRITTEN, "What the images are");
  const one = all.find(({ id }) => id === written);
  if (one === undefined) throw new CommandError("The spinebook command does not say which series it wrote.");
  const guessed = [one.orientation, one.contrast]
    .filter((word) => word !== "" && word !== "unknown")
    .join(" ");
  const title = one.description !== "" ? one.description : guessed;
  return {
    series: one.id,
    title: title === "" ? "Series" : title.charAt(0).toUpperCase() + title.slice(1),
    problems: one.problems.map(({ message }) => message),
  };
}
