import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { ImagingError } from "../../errors.js";
import { listFolder } from "../../folder/indexFolder.js";
import { countKinds, KIND_BYTES, kindOf, type FileKind, type LeftOutCount } from "../../folder/kinds.js";
import { diskFile, readWhole, type FileSource } from "../../folder/source.js";
import {
  deidentify,
  requireSecret,
  type DeidentifiedFile,
  type DeidentifyOptions,
  type LeftOut,
} from "./deidentify.js";

/** What became of a folder. No name of a file is told: names of files may carry names of persons. */
export interface DeidentifyResult {
  readonly written: number;
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  /** Of how many patients the files give more than one name under one id: perhaps two people; absent where there are none. */
  readonly severalNames?: number;
  /** The same of birth dates. */
  readonly severalBirthDates?: number;
  /** How many files have no copy, by the reason; and how many folders could not be listed. */
  readonly leftOut: Readonly<Partial<Record<LeftOut | "unreadable-folder", number>>>;
  /** What the files are that are no DICOM; archives among them may hold images. Absent where there are none. */
  readonly notDicom?: readonly LeftOutCount[];
}

/** Called after every file. */
export type OnFile = (done: number) => void;

/** The files at or below a path, also under names that are not UTF-8, and how many folders there could not be listed. */
async function filesAt(path: string): Promise<{ sources: readonly FileSource[]; unlisted: number }> {
  if ((await stat(path)).isFile()) return { sources: [diskFile(path)], unlisted: 0 };
  const { sources, failures } = await listFolder(path);
  return { sources, unlisted: failures.length };
}

/** Whether `inner` is `outer` or lies in it. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`));
}

/** A file's copy, or why it has none, and what a file is that is no DICOM. Whatever is wrong with one, the others have theirs. */
async function copyOf(
  source: FileSource,
  options: DeidentifyOptions,
): Promise<{ copy: DeidentifiedFile | LeftOut; kind?: FileKind }> {
  try {
    const bytes = await readWhole(source);
    const copy = await deidentify(bytes, options);
    return copy === "not-dicom" ? { copy, kind: kindOf(bytes.subarray(0, KIND_BYTES)) } : { copy };
  } catch {
    return { copy: "unreadable" };
  }
}

/** Writes a new file, or finds it there already with the same bytes; `false` where others are there. */
async function writtenOnce(path: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await writeFile(path, bytes, { flag: "wx" });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
    return Buffer.compare(await readFile(path), bytes) === 0;
  }
}

/** What the files tell of each patient, to find those of whom they tell several things. */
class Told {
  private readonly of = new Map<string, Set<string>>();

  /** "" is nothing that was told. */
  add(patient: string, what: string): void {
    if (what !== "") this.of.set(patient, (this.of.get(patient) ?? new Set()).add(what));
  }

  /** Of how many patients several things were told. */
  get several(): number {
    return [...this.of.values()].filter(({ size }) => size > 1).length;
  }
}

/**
 * Writes copies without identity ({@link deidentify}) of every DICOM image below `input` as
 * `output/PATIENT/STUDY/SERIES/IMAGE.dcm`, all of them pseudonyms. Files are listed as {@link listFolder} does, then read one
 * by one; what cannot be read is left out and counted.
 * @throws ImagingError "no-files" where `input` is not there or `output` lies in it, "unreadable-file" where `input` may not be
 * listed, "malformed" for a secret that is too short; an error of the system where a copy cannot be written.
 */
export async function deidentifyFolder(
  input: string,
  output: string,
  options: DeidentifyOptions,
  onFile: OnFile = () => undefined,
): Promise<DeidentifyResult> {
  requireSecret(options);
  const there = await stat(input).catch(() => undefined);
  if (there === undefined)
    throw new ImagingError("no-files", `${basename(input)} does not exist; check the path.`);
  if (isWithin(output, input))
    throw new ImagingError(
      "no-files",
      "The folder for the copies lies in the folder to be copied; choose one outside of it.",
    );
  const [patients, studies, series] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const [names, births] = [new Told(), new Told()];
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const leave = (why: LeftOut) => {
    leftOut[why] = (leftOut[why] ?? 0) + 1;
  };
  const notDicom: FileKind[] = [];
  const { sources, unlisted } = await filesAt(input);
  let [written, done] = [0, 0];
  for (const source of sources) {
    const { copy, kind } = await copyOf(source, options);
    if (kind !== undefined) notDicom.push(kind);
    if (typeof copy === "string") leave(copy);
    else {
      const folder = join(output, copy.patient, copy.study, copy.series);
      await mkdir(folder, { recursive: true });
      if (await writtenOnce(join(folder, `${copy.instance}.dcm`), copy.bytes)) {
        patients.add(copy.patient);
        studies.add(copy.study);
        series.add(copy.series);
        names.add(copy.patient, copy.name);
        births.add(copy.patient, copy.birth);
        written++;
      } else leave("same-uid");
    }
    onFile(++done);
  }
  const [severalNames, severalBirthDates] = [names.several, births.several];
  return {
    written,
    patients: patients.size,
    studies: studies.size,
    series: series.size,
    ...(severalNames > 0 ? { severalNames } : {}),
    ...(severalBirthDates > 0 ? { severalBirthDates } : {}),
    leftOut: { ...leftOut, ...(unlisted > 0 ? { "unreadable-folder": unlisted } : {}) },
    ...(notDicom.length > 0 ? { notDicom: countKinds(notDicom) } : {}),
  };
}
