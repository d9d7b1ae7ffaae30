/**
 * Stacks as a notebook's author is to read them: without the kernel's and Node's own frames, and without the paths of
 * this machine, which do not belong into a notebook that is passed on.
 */
import path from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { Error, Reflect, RegExp, String } from "./primordials.js";
import { HOST } from "../compile/names.js";
import { keep } from "./intrinsics.js";
import { attempt, errorMessage, errorName, propertyOf, textOf } from "./safely.js";

/** The file name, below the notebook's folder, of the script through which cells import. */
export const IMPORTER = "notebook.cell.js";

const homeFolder = process.cwd();
/** Where the kernel and the package that cells import are built: an author can do nothing about a line in there. */
const OWN_FOLDER = path.join(path.dirname(fileURLToPath(import.meta.url)), "..", path.sep);
const OWN_ADDRESS = pathToFileURL(OWN_FOLDER).href;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with each error as its `this`
const errorToString = Error.prototype.toString;

/** A line of a stack: what stands before its file, the file, what stands behind. */
const FRAME = /^(\s+at (?:async )?(?:.*? \()?)(.+?)((?::\d+){1,2}\)?(?:[\s,{}\]'"+\\]|\\n)*)$/;
const HOST_MEMBER = new RegExp(`^(\\s+at (?:async )?(?:new )?)${HOST}\\.(?:result\\.|bindings\\.)?`);
/** Where a file's address begins in a line that is no frame, up to its end. */
const URL_IN_TEXT = /file:\/\/[^\s:)'"`]+/g;
const QUOTED_PATH = /(['"`])((?:[A-Za-z]:)?[\\/][^'"`\n]*)\1/g;
const PATH_IN_TEXT = /(?<=[\s('"`]|^)(?:[A-Za-z]:)?[\\/][^\s:()'"`]+/g;

/** A text whose lines may be those of a stack, such as what `console.error(error)` writes. */
export function tidyText(text: string): string {
  return text.includes("at ") ? dropFrames(text.split("\n")).map(shortenFrame).join("\n") : text;
}

/** The lines of an error's report. */
export function tidyReport(text: string): string[] {
  return dropFrames(text.split("\n")).map((line) =>
    FRAME.test(line) ? shortenFrame(line) : shortenPaths(line),
  );
}

/** The lines but for frames of the kernel's, the package's and Node's; the brace that opens an error's properties moves up. */
function dropFrames(lines: readonly string[]): string[] {
  const kept: string[] = [];
  for (const line of lines) {
    if (isForPeople(line)) kept.push(withoutHost(line));
    else if (/ \{\s*$/.test(line) && kept.length > 0) kept.push(`${kept.pop()!} {`);
  }
  return kept;
}

/** The engine names a function after what it is assigned to, as `__spinebook__.result.later` for a cell's last value. */
function withoutHost(line: string): string {
  return line.includes(HOST) ? line.replace(HOST_MEMBER, "$1") : line;
}

function isForPeople(line: string): boolean {
  if (!/^\s+at /.test(line)) return true;
  return (
    !/\(node:|at (?:async )?node:/.test(line) &&
    !line.includes(OWN_ADDRESS) &&
    !line.includes(OWN_FOLDER) &&
    !line.includes(`${path.sep}${IMPORTER}:`)
  );
}

function shortenFrame(line: string): string {
  const match = FRAME.exec(line);
  return match === null ? line : `${match[1]!}${shortFile(match[2]!)}${match[3]!}`;
}

/** A text without the paths of this machine: only what is below the notebook's folder stays. */
export function shortenPaths(text: string): string {
  return text
    .replace(URL_IN_TEXT, shortFile)
    .replace(QUOTED_PATH, (whole, quote: string, file: string) =>
      isPattern(file) ? whole : quote + shortFile(file) + quote,
    )
    .replace(PATH_IN_TEXT, (file) => (isPattern(file) ? file : shortFile(file)));
}

/** Whether what looks like a path is rather a regular expression, as in `Invalid regular expression: /a**\/`. */
function isPattern(text: string): boolean {
  return /^\/.*[*+?^$|].*\/\w*$|^\/[^/\\]*\/?\w*$/.test(text);
}

/** A file's name as it may be told; what is no absolute path or address of a file stays as it is. */
function shortFile(name: string): string {
  const isUrl = name.startsWith("file:");
  const file = isUrl
    ? attempt(
        () => fileURLToPath(name.replace(/[?#].*$/, "")),
        () => name.slice(name.lastIndexOf("/") + 1),
      )
    : name;
  if (!path.isAbsolute(file) && !/^[A-Za-z]:[\\/]/.test(file)) return file;
  const local = path.relative(homeFolder, file);
  if (local !== "" && !local.startsWith("..") && !path.isAbsolute(local)) return local;
  const packages = file.lastIndexOf("node_modules");
  return packages === -1 ? path.basename(file) : file.slice(packages);
}

/**
 * Has every stack formed without frames of the kernel's, so that `error.stack` tells none either.
 * @param map what is made of a stack's text, where no other thread will map its positions
 */
export function tidyStacks(map: (text: string) => string = String): void {
  Error.prepareStackTrace = (error, frames) =>
    attempt(
      () => map(tidyStack(error, frames)),
      // A cell has broken what texts are made with: the header alone, which needs none of it.
      () => headerOf(error),
    );
  keep(Error, ["prepareStackTrace"]);
}

function tidyStack(error: Error, frames: readonly NodeJS.CallSite[]): string {
  const lines = dropFrames(frames.map((frame) => `    at ${String(frame)}`)).map(shortenFrame);
  return [headerOf(error), ...lines].join("\n");
}

/** An error's first line, as Node writes it: with the code of an error of its own. */
function headerOf(error: Error): string {
  return attempt(
    () => {
      const header = Reflect.apply(errorToString, error, []);
      // Node's own errors, and those of packages that follow it, have such a code.
      const isNodes = /^ERR_/.test(textOf(propertyOf(error, "code")));
      const { name, code } = error as NodeJS.ErrnoException;
      return isNodes && header.startsWith(name) ? `${name} [${code}]${header.slice(name.length)}` : header;
    },
    () => {
      const message = errorMessage(error);
      return message === "" ? errorName(error) : `${errorName(error)}: ${message}`;
    },
  );
}

/** The present stack as text, whatever cells have made of the way in which stacks are formed. */
export function presentStack(): string {
  return attempt(
    () => {
      // eslint-disable-next-line @typescript-eslint/unbound-method -- put back as it was
      const { prepareStackTrace, stackTraceLimit } = Error;
      Error.prepareStackTrace = (_, frames) => frames.map(String).join("\n");
      Error.stackTraceLimit = 50;
      const { stack } = new Error();
      Error.prepareStackTrace = prepareStackTrace;
      Error.stackTraceLimit = stackTraceLimit;
      return typeof stack === "string" ? stack : "";
    },
    () => "",
  );
}

/** The frame of whoever has called the kernel just now: a cell's, an author's file's or a package's; `undefined` where there is none. */
export function askingFrame(): string | undefined {
  return presentStack()
    .split("\n")
    .find(
      (frame) =>
        !/\(?(?:node:|<anonymous>|native\b)/.test(frame) &&
        !frame.includes(OWN_ADDRESS) &&
        !frame.includes(OWN_FOLDER),
    );
}
