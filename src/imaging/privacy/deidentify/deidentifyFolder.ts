import { mkdir, opendir, readFile, stat, writeFile } from "node:fs/promises";
import { basename, join, relative, resolve, sep } from "node:path";
import { ImagingError } from "../../errors.js";
import { MAX_FILE_BYTES } from "../../limits.js";
import { deidentify, type DeidentifyOptions, type LeftOut } from "./deidentify.js";

/** What became of a folder. No name of a file is told: names of files may carry names of persons. */
export interface DeidentifyResult {
  readonly written: number;
  readonly patients: number;
  readonly studies: number;
  readonly series: number;
  /** Of how many patients the files give more than one name under one id: perhaps two people; absent where there are none. */
  readonly severalNames?: number;
  /** How many files have no copy, by the reason. */
  readonly leftOut: Readonly<Partial<Record<LeftOut, number>>>;
}

/** Called after every file. */
export type OnFile = (done: number) => void;

/** Files below a path one by one, so that any number of them needs no memory; links are not followed. */
async function* filesBelow(path: string): AsyncGenerator<string> {
  if ((await stat(path)).isFile()) yield path;
  else
    for await (const entry of await opendir(path))
      if (entry.isDirectory()) yield* filesBelow(join(path, entry.name));
      else if (entry.isFile()) yield join(path, entry.name);
}

/** Whether `inner` is `outer` or lies in it. */
function isWithin(inner: string, outer: string): boolean {
  const way = relative(resolve(outer), resolve(inner));
  return way === "" || !(way === ".." || way.startsWith(`..${sep}`));
}

async function copyOf(path: string, options: DeidentifyOptions) {
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) return "unreadable" as const;
    return await deidentify(await readFile(path), options);
  } catch (thrown) {
    if (thrown instanceof ImagingError) throw thrown;
    return "unreadable" as const;
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

/**
 * Writes copies without identity ({@link deidentify}) of every DICOM image below `input` as
 * `output/PATIENT/STUDY/SERIES/IMAGE.dcm`, all of them pseudonyms. Files are read one by one.
 * @throws ImagingError "no-files" where `input` is not there or `output` lies in it.
 */
export async function deidentifyFolder(
  input: string,
  output: string,
  options: DeidentifyOptions,
  onFile: OnFile = () => undefined,
): Promise<DeidentifyResult> {
  const there = await stat(input).catch(() => undefined);
  if (there === undefined)
    throw new ImagingError("no-files", `${basename(input)} does not exist; check the path.`);
  if (isWithin(output, input))
    throw new ImagingError(
      "no-files",
      "The folder for the copies lies in the folder to be copied; choose one outside of it.",
    );
  const [patients, studies, series] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const names = new Map<string, Set<string>>();
  const leftOut: Partial<Record<LeftOut, number>> = {};
  const leave = (why: LeftOut) => {
    leftOut[why] = (leftOut[why] ?? 0) + 1;
  };
  let [written, done] = [0, 0];
  for await (const path of filesBelow(input)) {
    const copy = await copyOf(path, options);
    if (typeof copy === "string") leave(copy);
    else {
      const folder = join(output, copy.patient, copy.study, copy.series);
      await mkdir(folder, { recursive: true });
      if (await writtenOnce(join(folder, `${copy.instance}.dcm`), copy.bytes)) {
        patients.add(copy.patient);
        studies.add(copy.study);
        series.add(copy.series);
        if (copy.name !== "") names.set(copy.patient, (names.get(copy.patient) ?? new Set()).add(copy.name));
        written++;
      } else leave("same-uid");
    }
    onFile(++done);
  }
  const severalNames = [...names.values()].filter(({ size }) => size > 1).length;
  return {
    written,
    patients: patients.size,
    studies: studies.size,
    series: series.size,
    ...(severalNames > 0 ? { severalNames } : {}),
    leftOut,
  };
}
