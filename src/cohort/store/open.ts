import { constants, existsSync } from "node:fs";
import { access, open } from "node:fs/promises";
import type { DuckDBInstance } from "@duckdb/node-api";
import { basename, dirname } from "node:path";
import { CohortError } from "../errors.js";
import { diskFull, isDiskFull } from "../files.js";
import { temporaryPlace } from "./temporary.js";

/** The settings of every database: nothing is ever fetched from a network. */
const SETTINGS = { autoinstall_known_extensions: "false", autoload_known_extensions: "false" };

/** Newest form of DuckDB's files that the version in use reads; its own errors hide a newer one behind a checksum. */
const NEWEST_STORAGE = 68;
/** Numbers beyond this are no version, but bytes that were written over. */
const MOST_STORAGE = 9999;

/** A database that is open, and how. */
export interface Opened {
  readonly instance: DuckDBInstance;
  /** Why it can only be read, as a sentence; absent where it can be written. */
  readonly readOnly?: string;
  /** Takes away what it left in the system's temporary folder. */
  readonly clear: () => void;
}

/** Number of the form of a DuckDB file; undefined for anything else. */
async function storageOf(path: string): Promise<number | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(20), 0, 20, 0);
    if (bytesRead < 20 || buffer.toString("latin1", 8, 12) !== "DUCK") return undefined;
    return Number(buffer.readBigUInt64LE(12));
  } catch {
    return undefined;
  } finally {
    await file.close();
  }
}

const isHeld = (said: string): boolean => /set lock on file|being used by another process/i.test(said);

/** What DuckDB says when it cannot open a file, as one sentence that tells the cases apart. */
async function openError(said: string, path: string): Promise<CohortError> {
  const name = basename(path);
  const error = (code: CohortError["code"], text: string): CohortError =>
    new CohortError(code, `${name} ${text}`);
  if (isDiskFull({ message: said })) return diskFull();
  const holder = /PID (\d+)/.exec(said)?.[1];
  if (isHeld(said))
    return error(
      "in-use",
      `is open in another process${holder === undefined ? "" : ` (number ${holder})`}; close the cohort there, or wait until its batch is done.`,
    );
  if (/is a directory/i.test(said))
    return error("not-a-cohort", "is a folder, and a cohort is one file; name a file.");
  const storage = await storageOf(path);
  if (
    (storage !== undefined && storage > NEWEST_STORAGE && storage <= MOST_STORAGE) ||
    /newer version of DuckDB|version number \d+, but/i.test(said)
  )
    return error(
      "newer-version",
      `was written by a newer DuckDB (its form ${storage ?? "unknown"}, read here up to ${NEWEST_STORAGE}); update Spinebook, or export it to Parquet there.`,
    );
  if (said.includes("not a valid DuckDB"))
    return error("not-a-cohort", "is no cohort: it exists and is something else; name another file.");
  if (/Corrupt|checksum|Could not read enough|truncated|Failed to read|deserializ|replay|WAL/i.test(said))
    return error(
      "damaged",
      `is damaged: its content is not what was written; take a copy, or the Parquet files that were exported of it.`,
    );
  if (existsSync(path) && /Permission denied|Read-only/i.test(said))
    return error("cannot-open", "may not be read here; ask whoever owns it, or copy it to a place of yours.");
  if (/No such file|Permission denied|Read-only|Not a directory|cannot open/i.test(said))
    return error("cannot-open", "cannot be made there: the folder is missing or may not be written.");
  return error("cannot-open", "cannot be opened as a cohort, for a reason that DuckDB does not tell.");
}

async function mayWrite(path: string): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => true,
    () => false,
  );
}

/** Why a file that is there cannot be written, as the end of a sentence; undefined where it can. */
async function whyNotWritten(path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  if (!(await mayWrite(path))) return "the file may not be written here";
  // Beside a file DuckDB keeps what is not in it yet.
  return (await mayWrite(dirname(path))) ? undefined : "its folder may not be written";
}

const textOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

/**
 * Opens a DuckDB file for reading and writing, or makes it. One that may not be written, or that another process has open for
 * reading, is opened for reading only. What does not fit into memory goes beside a file, else into the system's temporary
 * folder.
 * @param path `:memory:` for one without a file
 * @throws CohortError "in-use", "not-a-cohort", "newer-version", "damaged", "cannot-open"
 */
export async function openDuckDb(path: string): Promise<Opened> {
  // 68 MB of native code: loaded only by those who use a cohort.
  const { DuckDBInstance } = await import("@duckdb/node-api");
  const elsewhere = async (settings: Record<string, string>, readOnly?: string): Promise<Opened> => {
    const temporary = temporaryPlace();
    try {
      const instance = await DuckDBInstance.create(path, {
        ...SETTINGS,
        ...settings,
        temp_directory: temporary.path,
      });
      return { instance, clear: temporary.remove, ...(readOnly === undefined ? {} : { readOnly }) };
    } catch (thrown) {
      temporary.remove();
      throw thrown;
    }
  };
  const reading = (why: string): Promise<Opened> =>
    elsewhere(
      { access_mode: "READ_ONLY" },
      `${basename(path)} is open for reading only: ${why}. To add to it, copy it to a place that may be written.`,
    );
  try {
    if (path === ":memory:") return await elsewhere({});
    const why = await whyNotWritten(path);
    if (why !== undefined) return await reading(why);
    try {
      return { instance: await DuckDBInstance.create(path, SETTINGS), clear: () => undefined };
    } catch (thrown) {
      if (!isHeld(textOf(thrown))) throw thrown;
      const holder = /PID (\d+)/.exec(textOf(thrown))?.[1];
      return await reading(
        `another process${holder === undefined ? "" : ` (number ${holder})`} has it open for reading`,
      );
    }
  } catch (thrown) {
    throw await openError(textOf(thrown), path);
  }
}
