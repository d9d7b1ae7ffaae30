import { SourceMap, type SourceMapPayload } from "node:module";
import { fileURLToPath } from "node:url";
import { inspect, types } from "node:util";
import process from "node:process";
import path from "node:path";
import type { Compiled } from "./compile/index.js";
import { markLine, type Report } from "./report.js";
import { encodeURIComponent, Error, JSON, Map, Math, Object, RegExp, String } from "./primordials.js";

/** A text that ran; the latest are kept, so that an error that comes late still finds the lines that ran. */
interface RanText {
  /** How people call it, such as `Cell [3]`. */
  readonly title: string;
  readonly compiled: Compiled;
  map?: SourceMap;
}

const SCHEME = "spinebook-cell:";
const texts = new Map<string, RanText>();
/** How many texts are kept, and how many characters of them. */
const TEXTS_KEPT = 5000;
const CHARACTERS_KEPT = 50_000_000;
let charactersKept = 0;
const POSITION = new RegExp(`${SCHEME}([^\\s:()]+):(\\d+)(?::(\\d+))?`, "g");
const homeFolder = process.cwd();

/** Registers a text that is about to run; the answer is its script's file name. */
export function registerText(key: string, title: string, compiled: Compiled): string {
  const name = encodeURIComponent(key).replace(/[()]/g, "_");
  forget(name);
  texts.set(name, { title, compiled });
  charactersKept += sizeOf(compiled);
  while (texts.size > 1 && (texts.size > TEXTS_KEPT || charactersKept > CHARACTERS_KEPT))
    forget(texts.keys().next().value!);
  return SCHEME + name;
}

function forget(name: string): void {
  const text = texts.get(name);
  if (!text) return;
  texts.delete(name);
  charactersKept -= sizeOf(text.compiled);
}

function sizeOf({ code, map, source }: Compiled): number {
  return code.length + map.length + source.length;
}

/** Replaces each position in compiled code by the cell and the line and column that its author wrote. */
export function mapPositions(text: string): string {
  if (!text.includes(SCHEME)) return text;
  return text.replace(POSITION, (whole, name: string, line: string, column: string | undefined) => {
    const position = originalPosition(name, +line, column === undefined ? 1 : +column);
    return position ? `${position.title}, line ${position.line}:${position.column}` : whole;
  });
}

interface Position {
  readonly title: string;
  readonly line: number;
  readonly column: number;
  readonly source: string;
}

function originalPosition(name: string, line: number, column: number): Position | undefined {
  const text = texts.get(name);
  if (!text) return undefined;
  text.map ??= new SourceMap(JSON.parse(text.compiled.map) as SourceMapPayload);
  const entry = text.map.findEntry(line - 1, column - 1);
  if (!("originalLine" in entry)) return { title: text.title, line, column, source: text.compiled.source };
  const shift = entry.originalLine === 0 ? text.compiled.columnShift : 0;
  return {
    title: text.title,
    line: entry.originalLine + 1,
    column: Math.max(1, entry.originalColumn + 1 - shift),
    source: text.compiled.source,
  };
}

/** The report of anything that was thrown. */
export function reportOf(thrown: unknown): Report {
  if (!types.isNativeError(thrown) && !(thrown instanceof Error)) {
    const evalue = safeInspect(thrown);
    return { ename: "Thrown value", evalue, traceback: [`Uncaught ${evalue}`] };
  }
  const text = safeInspect(thrown);
  const stack = typeof thrown.stack === "string" ? thrown.stack : "";
  const lines = mapPositions(text).split("\n").filter(isForPeople).map(shortenPaths);
  return {
    ename: String(thrown.name),
    evalue: String(thrown.message),
    traceback: [...lines, ...excerpt(stack)],
  };
}

function safeInspect(value: unknown): string {
  try {
    return inspect(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** The kernel's and Node's own frames tell a notebook's author nothing. */
function isForPeople(line: string): boolean {
  if (!/^\s+at /.test(line)) return true;
  return !line.includes("(node:") && !/at (async )?node:/.test(line) && !line.includes(import.meta.url);
}

/** Paths of this machine do not belong into a notebook that is passed on: only what is below the notebook's folder stays. */
function shortenPaths(line: string): string {
  return line
    .replace(/file:\/\/[^\s:)]+/g, (url) => fileURLToPath(url))
    .replace(/(?<=[\s('"]|^)(?:[A-Za-z]:)?[\\/][^\s:()'"]+/g, (file) => {
      const local = path.relative(homeFolder, file);
      if (!local.startsWith("..")) return local;
      const packages = file.lastIndexOf("node_modules");
      return packages === -1 ? path.basename(file) : file.slice(packages);
    });
}

/** The line of the first frame that lies in a cell, with a mark under its column. */
function excerpt(stack: string): string[] {
  POSITION.lastIndex = 0;
  const match = POSITION.exec(stack);
  const position = match && originalPosition(match[1]!, +match[2]!, match[3] === undefined ? 1 : +match[3]);
  return position ? markLine(position.source, position.line, position.column) : [];
}
