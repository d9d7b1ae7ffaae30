import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError, runSpinebook, type CommandOptions } from "../spinebookCommand.js";

/** A series as the viewer's page is given it. */
export interface LoadedVolume {
  /** A single uncompressed NIfTI-1 file. */
  readonly bytes: Uint8Array;
  /** Id of the series that was taken, where it is known. */
  readonly series: string | undefined;
  /** Names the series without identity. */
  readonly title: string;
  /** What is wrong with the series, in sentences. */
  readonly problems: readonly string[];
}

/** What `spinebook read --json` says of a series, as far as it is used here. */
interface ListedSeries {
  readonly id: string;
  readonly description: string;
  readonly orientation: string;
  readonly contrast: string;
  readonly problems: readonly { readonly message: string }[];
}

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
    const log: string[] = [];
    const chosen = series === undefined ? [] : ["--series", series];
    const output = await runSpinebook(extensionFolder, ["read", path, ...chosen, "--nifti", file, "--json"], {
      ...options,
      onLog: (line) => {
        log.push(line);
        options.onLog?.(line);
      },
    });
    const written = await readFile(file).catch(() => {
      throw new CommandError("The spinebook command wrote no images.");
    });
    // A Buffer would reach the page as a list of numbers.
    const bytes = new Uint8Array(written.buffer, written.byteOffset, written.byteLength);
    return { bytes, ...descriptionOf(output, series, log) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Id, title and problems of the series that was written: of several, the log tells which. */
export function descriptionOf(
  json: string,
  series: string | undefined,
  log: readonly string[],
): Omit<LoadedVolume, "bytes"> {
  const { series: all } = JSON.parse(json) as { readonly series: readonly ListedSeries[] };
  const one =
    all.length === 1 ? all[0] : all.find(({ id }) => id === series || log.some((line) => line.includes(id)));
  if (one === undefined) return { series, title: "Series", problems: [] };
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
