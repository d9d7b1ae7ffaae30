import type { DataSet } from "dicom-parser";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { text } from "../dicom/values.js";
import { ImagingError } from "../errors.js";
import { diskFile, type FileSource } from "./source.js";

const DIRECTORY_RECORDS = "x00041220";
const RECORD_TYPE = "x00041430";
const REFERENCED_FILE = "x00041500";

/**
 * The images that a DICOMDIR names, each as folders and a file name (PS3.3 section F.3.2.2), or `undefined` for a data set that
 * is no directory.
 */
export function filesOfDirectory(dataSet: DataSet): string[][] | undefined {
  const records = dataSet.elements[DIRECTORY_RECORDS];
  if (records === undefined) return undefined;
  return (records.items ?? []).flatMap(({ dataSet: record }) => {
    if (record === undefined || text(record, RECORD_TYPE) !== "IMAGE") return [];
    const parts = text(record, REFERENCED_FILE)
      ?.split("\\")
      .map((part) => part.trim());
    return parts === undefined ? [] : [parts];
  });
}

/** A name as media compare them: CD readers show the same file in lower case, with a version or a trailing dot. */
const comparable = (name: string) => name.toUpperCase().replace(/;\d+$/, "").replace(/\.$/, "");

/** Whether a part of a file id stays in the folder it is joined to. */
const isPlainName = (part: string) => part !== "" && part !== "." && part !== ".." && !/[/\\:\0]/.test(part);

/**
 * The files of a DICOMDIR at `path` that lie beside or below it, and one error for all that do not, by name of the first.
 * File ids that lead elsewhere count as missing.
 */
export async function sourcesOfDirectory(
  path: string,
  named: readonly (readonly string[])[],
): Promise<{ sources: FileSource[]; failures: ImagingError[] }> {
  const folders = new Map<string, Promise<Map<string, string>>>();
  const namesIn = (folder: string) => {
    let names = folders.get(folder);
    if (names === undefined) {
      names = readdir(folder).then(
        (list) => new Map(list.map((name) => [comparable(name), name])),
        () => new Map<string, string>(),
      );
      folders.set(folder, names);
    }
    return names;
  };
  const found = new Map<string, FileSource>();
  const missing: string[] = [];
  for (const parts of named) {
    let place: string | undefined = dirname(path);
    for (const part of parts) {
      const name: string | undefined = isPlainName(part)
        ? (await namesIn(place)).get(comparable(part))
        : undefined;
      place = name === undefined ? undefined : join(place, name);
      if (place === undefined) break;
    }
    if (place === undefined) missing.push(parts.at(-1)!);
    else found.set(place, diskFile(place));
  }
  return { sources: [...found.values()], failures: missing.length === 0 ? [] : [missingFiles(missing)] };
}

function missingFiles(missing: readonly string[]): ImagingError {
  const first = missing[0]!.replace(/[^\w.-]/g, "?").slice(0, 16);
  const what =
    missing.length === 1
      ? `an image, ${first}, that is`
      : `${missing.length} images, such as ${first}, that are`;
  return new ImagingError(
    "no-files",
    `The DICOMDIR names ${what} not beside it; copy the whole medium, folders included.`,
  );
}
