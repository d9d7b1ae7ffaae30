import ts from "typescript";

/** A cell's text as it is compiled. */
export interface ParsedCell {
  readonly text: string;
  /** How many characters were put before the first line. */
  readonly columnShift: number;
}

/** Where and why a cell cannot be compiled; line and column count from 1. */
export class CellSyntaxError extends Error {
  override readonly name = "SyntaxError";

  constructor(
    message: string,
    readonly line: number,
    readonly column: number,
  ) {
    super(message);
  }
}

/** The tree of a text, as a TypeScript module. */
export function parseText(text: string): ts.SourceFile {
  return ts.createSourceFile(
    "cell.ts",
    text,
    { languageVersion: ts.ScriptTarget.ESNext },
    false,
    ts.ScriptKind.TS,
  );
}

/**
 * The text to compile: a cell that is one object literal, such as `{ a: 1, b: 2 }`, gets parentheses, since JavaScript
 * would read a block there.
 * @throws CellSyntaxError for `export … from "m"`, which would bring nothing into the notebook, and for options as Python's cells have them.
 */
export function parseCell(source: string): ParsedCell {
  refuseHashOptions(source);
  // A first line for the shell, as in scripts, is nothing to a cell.
  const text = source.replace(/^#!.*/, (line) => " ".repeat(line.length));
  const file = parseText(text);
  refuseReexports(file);
  const start = file.statements[0]?.getStart(file) ?? 0;
  if (text[start] !== "{" || text.slice(0, file.statements.at(-1)!.end).endsWith(";"))
    return { text, columnShift: 0 };
  const wrapped = `(${text}\n)`;
  return isObjectLiteral(wrapped) ? { text: wrapped, columnShift: 1 } : { text, columnShift: 0 };
}

function isObjectLiteral(wrapped: string): boolean {
  const [statement, ...more] = parseText(wrapped).statements;
  if (statement === undefined || more.length > 0 || !ts.isExpressionStatement(statement)) return false;
  const { expression } = statement;
  return (
    ts.isParenthesizedExpression(expression) &&
    ts.isObjectLiteralExpression(expression.expression) &&
    syntaxErrors(wrapped).length === 0
  );
}

/** The syntactic problems of a text. */
export function syntaxErrors(text: string): readonly ts.Diagnostic[] {
  return ts.transpileModule(text, { reportDiagnostics: true }).diagnostics ?? [];
}

function refuseHashOptions(source: string): void {
  const [before, name] = /^\s*#\|[ \t]*([\w-]*)/.exec(source) ?? [];
  if (before === undefined) return;
  const line = before.split("\n").length;
  throw new CellSyntaxError(
    `Options of a TypeScript cell begin with "//|", not with "#|": write //| ${name === "" ? "caption" : name}: ...`,
    line,
    1,
  );
}

function refuseReexports(file: ts.SourceFile): void {
  const found = file.statements.find(
    (statement) => ts.isExportDeclaration(statement) && statement.moduleSpecifier && !statement.isTypeOnly,
  );
  if (!found) return;
  const { line, character } = file.getLineAndCharacterOfPosition(found.getStart(file));
  throw new CellSyntaxError(
    "A cell cannot re-export: write `import` instead of `export … from`.",
    line + 1,
    character + 1,
  );
}
