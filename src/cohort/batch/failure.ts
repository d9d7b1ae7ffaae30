import { readdir } from "node:fs/promises";
import { basename, extname } from "node:path";
import { DetectionError } from "../../detection/index.js";
import { ImagingError } from "../../imaging/index.js";

/** Why a study could not be graded, as it may be kept and shown. */
export interface Failure {
  readonly code: string;
  readonly message: string;
}

/** Names of the folders and files that a study was read from, the longest first. */
async function namesIn(paths: readonly string[]): Promise<string[]> {
  const below = await Promise.all(
    paths.map((path) => readdir(path, { recursive: true }).catch((): string[] => [])),
  );
  const names = [...paths, ...below.flat()].map((path) => basename(path)).filter((name) => name !== "");
  return [...new Set(names)].sort((a, b) => b.length - a.length);
}

/** A sentence without the names of files and folders: they may be those of patients, which an unreadable file cannot tell. */
function withoutNames(message: string, names: readonly string[]): string {
  let said = message;
  for (const name of names)
    said = said.replaceAll(name, extname(name) === "" ? "the folder" : `a ${extname(name)} file`);
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}`;
}

/** What is kept of an error. What reading and detection say is meant for people; any other error may quote a path. */
export async function failureOf(thrown: unknown, paths: readonly string[]): Promise<Failure> {
  if (thrown instanceof ImagingError || thrown instanceof DetectionError)
    return { code: thrown.code, message: withoutNames(thrown.message, await namesIn(paths)) };
  const kind = thrown instanceof Error ? thrown.name : typeof thrown;
  return {
    code: "unexpected",
    message: `It could not be graded for an unexpected reason (${kind}); grade it alone to see more.`,
  };
}
