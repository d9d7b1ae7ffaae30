import ts from "typescript";
import { LINE_MAGICS } from "./magicNames.js";
import { hostMemberText } from "./names.js";
import { CellSyntaxError, parseText, syntaxErrors } from "./parse.js";

const SHELLS = new Set(["bash", "sh", "cmd", "powershell"]);
const TEXTS = new Set(["html", "svg", "markdown"]);
const LINE = /^%([A-Za-z]\w*)(?:[ \t]+(.*?))?[ \t]*\r?$/;
const CELL = /^\s*%%([A-Za-z]\w*)(?:[ \t]+(.*?))?[ \t]*(?:\r?\n|$)/;

interface Magic {
  readonly name: string;
  readonly rest: string;
}

interface MagicLine extends Magic {
  /** Offset of the line's first character, and of the one behind its last. */
  readonly start: number;
  readonly end: number;
}

/**
 * A cell's text with its magics turned into calls of the host; each stays on its line, so that positions elsewhere hold.
 * @throws CellSyntaxError for a magic that does not exist.
 */
export function translateMagics(text: string): string {
  const whole = cellMagic(text);
  if (whole) return translateCell(whole);
  return replaceLines(text, magicLines(text), translateLine);
}

/** A text of the same length and lines without its magics, for whoever reads cells as plain TypeScript. */
export function withoutMagics(text: string): string {
  const whole = cellMagic(text);
  if (!whole) return replaceLines(text, magicLines(text), ({ start, end }) => " ".repeat(end - start));
  const head = text.length - whole.body.length;
  return blank(text.slice(0, head)) + (isScript(whole.name) ? whole.body : blank(whole.body));
}

/** Whether a cell is left to something else than TypeScript, such as a shell. */
export function isForeign(text: string): boolean {
  const whole = cellMagic(text);
  return whole !== undefined && !isScript(whole.name);
}

function isScript(name: string): boolean {
  return name === "time" || name === "timeit";
}

function blank(text: string): string {
  return text.replace(/[^\r\n]/g, " ");
}

function cellMagic(text: string): (Magic & { readonly body: string }) | undefined {
  const match = CELL.exec(text);
  if (!match) return undefined;
  return { name: match[1]!, rest: match[2] ?? "", body: text.slice(match[0].length) };
}

function translateCell({ name, rest, body }: Magic & { readonly body: string }): string {
  if (SHELLS.has(name)) return call("shell", name, rest, body);
  if (TEXTS.has(name)) return call("show", name, body);
  if (name === "timeit") return `await ${hostMemberText("timeit")}(async () => {\n${body}\n});`;
  if (name === "time") return `${hostMemberText("time")}();\n${body}`;
  throw unknownMagic(`%%${name}`, 1);
}

function translateLine(magic: MagicLine, text: string): string {
  const { name, rest } = magic;
  switch (name) {
    case "npm":
    case "env":
    case "lsmagic":
      return call(name, rest);
    case "timeit":
      return `await ${hostMemberText("timeit")}(${needsAwait(rest) ? "async " : ""}() => ${bodyOf(magic, text)});`;
    case "time":
      return `await ${hostMemberText("timed")}(async () => ${bodyOf(magic, text)});`;
    default:
      throw unknownMagic(`%${name}`, lineOf(text, magic.start));
  }
}

/**
 * The expression behind a magic, without what follows it: its semicolon and comments. Several statements become a block.
 * @throws CellSyntaxError at the place in the magic's line, where it is not TypeScript
 */
function bodyOf({ name, rest, start, end }: MagicLine, text: string): string {
  const line = lineOf(text, start);
  const code = rest.slice(0, parseText(rest).statements.at(-1)?.end ?? 0).replace(/[;\s]+$/, "");
  if (code === "") throw new CellSyntaxError(`%${name} wants an expression behind it.`, line, 1);
  const expression = `(${code})`;
  const wrong = syntaxErrors(expression)[0];
  if (wrong === undefined) return expression;
  if (syntaxErrors(code).length === 0) return `{ ${code} }`;
  const column = text.slice(start, end).lastIndexOf(rest) + Math.min(wrong.start ?? 0, code.length + 1);
  throw new CellSyntaxError(
    ts.flattenDiagnosticMessageText(wrong.messageText, "\n"),
    line,
    Math.max(1, column),
  );
}

function needsAwait(text: string): boolean {
  return /\bawait\b/.test(text);
}

function call(member: string, ...values: readonly string[]): string {
  return `await ${hostMemberText(member)}(${values.map((value) => JSON.stringify(value)).join(", ")});`;
}

function unknownMagic(name: string, line: number): CellSyntaxError {
  return new CellSyntaxError(`There is no magic ${name}; %lsmagic lists them.`, line, 1);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}

/** The lines that are magics: a known name, or an unknown one where only a statement can begin; not within a template or a comment. */
function magicLines(text: string): MagicLine[] {
  if (!/^%[A-Za-z]/m.test(text)) return [];
  const found: MagicLine[] = [];
  let start = 0;
  for (const line of text.split("\n")) {
    const match = LINE.exec(line);
    const end = start + line.replace(/\r$/, "").length;
    if (match && (match[1]! in LINE_MAGICS || /(^|[;}])\s*$/.test(text.slice(0, start))))
      found.push({ name: match[1]!, rest: match[2] ?? "", start, end });
    start += line.length + 1;
  }
  const inside = quotedRanges(replaceLines(text, found, ({ start, end }) => " ".repeat(end - start)));
  return found.filter(({ start }) => !inside.some(([from, to]) => from < start && start < to));
}

/** Where templates and comments stand. */
function quotedRanges(text: string): [number, number][] {
  const file = parseText(text);
  const ranges: [number, number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTemplateLiteralToken(node)) ranges.push([node.getStart(file), node.end]);
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) ranges.push([pos, end]);
    ts.forEachChild(node, visit);
  };
  visit(file);
  visit(file.endOfFileToken);
  return ranges;
}

function replaceLines(
  text: string,
  lines: readonly MagicLine[],
  replace: (line: MagicLine, text: string) => string,
): string {
  let result = "";
  let done = 0;
  for (const line of lines) {
    result += text.slice(done, line.start) + replace(line, text);
    done = line.end;
  }
  return result + text.slice(done);
}
