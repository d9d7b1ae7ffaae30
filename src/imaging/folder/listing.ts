import { basename } from "node:path";
import type { ImagingError } from "../errors.js";
import { listArchive } from "./archive.js";
import { sourcesOfDirectory } from "./dicomdir.js";
import type { OtherFile } from "./indexFiles.js";
import { listFolder } from "./indexFolder.js";
import type { Recognised } from "./recognise.js";
import { systemError, type FileSource } from "./source.js";

/** Files that are read together, as they lie in one folder, archive or medium. */
export interface Listing {
  /** What holds them, on disk: a folder, or the file that packs or names them. */
  readonly path: string;
  /** The base name of `path`, for messages. */
  readonly name: string;
  readonly isFolder: boolean;
  readonly sources: readonly FileSource[];
  /** What is known already not to be readable: folders that cannot be listed, images that a DICOMDIR names in vain. */
  readonly failures: readonly ImagingError[];
}

/** The files of a folder, an archive or a DICOMDIR. Throws `ImagingError` where it cannot be listed at all. */
export async function listingOf(
  found: Extract<Recognised, { path: string }>,
  signal: AbortSignal | undefined,
): Promise<Listing> {
  const { what, path } = found;
  const place = { path, name: basename(path), isFolder: what === "folder" };
  if (what === "folder") return { ...place, ...(await listFolder(path, signal)) };
  if (what === "dicomdir") return { ...place, ...(await sourcesOfDirectory(path, found.named)) };
  return { ...place, sources: await listArchive(path, signal), failures: [] };
}

/**
 * The files in all archives that lie in a listed folder, together, as one series may be spread over them; and one error for
 * each archive that cannot be listed. Archives in an archive are not entered.
 */
export async function archivesIn(
  { path, name, isFolder }: Listing,
  others: readonly OtherFile[],
  signal: AbortSignal | undefined,
): Promise<{ packed: Listing; failures: ImagingError[] }> {
  const sources: FileSource[] = [];
  const failures: ImagingError[] = [];
  const isArchiveOnDisk = ({ source, kind }: OtherFile) => kind === "zip" && !source.path.includes("\0");
  for (const { source } of isFolder ? others.filter(isArchiveOnDisk) : [])
    try {
      sources.push(...(await listArchive(source.path, signal)));
    } catch (thrown) {
      signal?.throwIfAborted();
      failures.push(systemError(thrown, source.name));
    }
  return { packed: { path, name, isFolder: false, sources, failures: [] }, failures };
}
