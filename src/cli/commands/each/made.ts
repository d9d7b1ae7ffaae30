import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { lstat, readdir, readFile } from "node:fs/promises";
import { join, relative } from "node:path";
import * as v from "valibot";
import { NotebookError, writeAtomically } from "../../../notebook/index.js";
import { checkedJson, finiteNumber } from "../../../text/index.js";
import type { Schema } from "../../../text/index.js";
import type { EachTask } from "./tasks.js";

/** What became of one row. */
export interface MadeReport {
  /** Name of the report's file in the folder. */
  readonly file: string;
  /** What it was made from; another one where any of that has changed. */
  readonly key: string;
  /** `withheld`: not written, as it looks like it tells who the patient is. */
  readonly state: "made" | "failed" | "withheld";
  /** Why there is no report. */
  readonly message?: string | undefined;
  readonly warnings: readonly string[];
  readonly seconds: number;
  /** Columns of the manifest whose value tells who the patient is. */
  readonly hidden: readonly string[];
}

/** What is known of a folder of reports. It holds no value of the manifest. */
export interface MadeReports {
  /** Makes names of files that nobody can guess a path or a name by. */
  readonly salt: string;
  readonly reports: readonly MadeReport[];
}

const MADE: Schema<MadeReports> = v.object({
  salt: v.string(),
  reports: v.array(
    v.object({
      file: v.string(),
      key: v.string(),
      state: v.picklist(["made", "failed", "withheld"]),
      message: v.optional(v.string()),
      warnings: v.array(v.string()),
      seconds: finiteNumber(),
      hidden: v.array(v.string()),
    }),
  ),
});

/** Where it is kept, in the folder of the reports. */
const NAME = ".reports.json";

/**
 * What an earlier run has made in a folder.
 * @throws NotebookError where the folder holds an overview of something else, which would be overwritten
 */
export async function readMade(folder: string): Promise<MadeReports> {
  const text = await readFile(join(folder, NAME), "utf8").catch(() => undefined);
  if (text === undefined) {
    if (existsSync(join(folder, "index.html")))
      throw new NotebookError(
        `${folder} holds an index.html that is not of such reports; name another folder.`,
      );
    return { salt: randomBytes(16).toString("hex"), reports: [] };
  }
  const { value, problem } = checkedJson(text, MADE);
  if (problem !== undefined)
    throw new NotebookError(
      `${join(folder, NAME)}, which tells what was made, is damaged (${problem}). Delete it to make all reports again.`,
    );
  return value;
}

/** Writes it, whole or not at all. */
export async function writeMade(folder: string, made: MadeReports): Promise<void> {
  await writeAtomically(join(folder, NAME), `${JSON.stringify(made, null, 1)}\n`);
}

/** The name of a row's report: the same for the same parameters, in whatever order the rows stand. */
export function reportFile({ parameters }: EachTask, salt: string): string {
  return `report-${hashOf(salt, JSON.stringify(parameters)).slice(0, 10)}.html`;
}

/** What a row's report is made from: its parameters, its files as they are now, and what is the same for all rows. */
export async function keyOf({ parameters, inputs }: EachTask, common: string, salt: string): Promise<string> {
  const stamps = await Promise.all(inputs.map(({ path }) => stampOf(path)));
  return hashOf(salt, common, JSON.stringify(parameters), ...stamps);
}

/** Names, sizes and times of a file, or of all files below a folder; links are not followed. */
export async function stampOf(path: string): Promise<string> {
  const info = await lstat(path).catch(() => undefined);
  if (info === undefined) return "absent";
  if (!info.isDirectory()) return `${info.size}:${info.mtimeMs}`;
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name));
  const stamps = await Promise.all(
    files.sort().map(async (file) => {
      const { size, mtimeMs } = await lstat(file);
      return `${relative(path, file)}:${size}:${mtimeMs}`;
    }),
  );
  return stamps.join("\n");
}

function hashOf(...texts: readonly string[]): string {
  return createHash("sha256").update(JSON.stringify(texts)).digest("hex");
}
