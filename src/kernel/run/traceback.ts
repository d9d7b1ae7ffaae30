import { SourceMap, type SourceMapPayload } from "node:module";
import type { Compiled } from "../compile/index.js";
import { markLine, type Report } from "../report.js";
import { encodeURIComponent, JSON, Map, Math, RegExp } from "./primordials.js";
import { errorMessage, errorName, inspected, isError, propertyOf } from "./safely.js";
import { shortenPaths, tidyReport, tidyText } from "./stacks.js";

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

/** Characters of an error's message, and of its report: more would swell the notebook, which keeps both. */
const LONGEST_REPORT = 200_000;

function bounded(text: string): string {
  const more = text.length - LONGEST_REPORT;
  return more <= 0 ? text : `${text.slice(0, LONGEST_REPORT)}\n[... ${more} more characters]`;
}

/** The report of anything that was thrown; never throws itself, whatever that was. */
export function reportOf(thrown: unknown): Report {
  const text = bounded(inspected(thrown));
  if (!isError(thrown)) {
    const evalue = tidyText(mapPositions(text));
    return { ename: "Thrown value", evalue, traceback: [`Uncaught ${evalue}`] };
  }
  const stack = propertyOf(thrown, "stack");
  return {
    ename: errorName(thrown),
    evalue: bounded(shortenPaths(errorMessage(thrown))),
    traceback: [...tidyReport(mapPositions(text)), ...(typeof stack === "string" ? excerpt(stack) : [])],
  };
}

/** The line of the first frame that lies in a cell, with a mark under its column. */
function excerpt(stack: string): string[] {
  POSITION.lastIndex = 0;
  const match = POSITION.exec(stack);
  const position = match && originalPosition(match[1]!, +match[2]!, match[3] === undefined ? 1 : +match[3]);
  return position ? markLine(position.source, position.line, position.column) : [];
}
