import ts from "typescript";
import { syntaxErrors } from "../compile/parse.js";
import { withoutModulePaths } from "./describe.js";
import { toCell, type Span } from "./place.js";
import type { CellModule, Project } from "./project.js";

/** A problem in a cell. An error keeps the cell from running; a warning does not. */
export interface Problem extends Span {
  readonly severity: "error" | "warning";
  readonly message: string;
  /** TypeScript's number; 0 where the kernel itself refuses. */
  readonly code: number;
}

const ASSIGNED_TO_IMPORT = 2632;

/** True of modules, not of cells: `import x = require()`, and variables that take their type from later cells. */
const FOREIGN = new Set([1202, 7005, 7034]);

/** The problems of a cell; types are looked at only where the syntax is right. */
export function problemsOf(project: Project, cell: CellModule): Problem[] {
  const syntactic = syntaxProblems(cell);
  if (syntactic.length > 0) return syntactic;
  return project
    .ask((service) => service.getSemanticDiagnostics(cell.path))
    .flatMap((diagnostic) => semanticProblem(project, cell, diagnostic));
}

/** Read from the cell's text alone, so that what stands around it moves no position. */
function syntaxProblems({ names }: CellModule): Problem[] {
  const { text, literal, refusal } = names;
  if (literal) return [];
  const problems = syntaxErrors(text).map(({ start = 0, length = 0, messageText, code }): Problem => {
    const from = Math.min(start, text.length);
    const end = Math.min(from + length, text.length);
    const message = ts.flattenDiagnosticMessageText(messageText, "\n");
    return { start: from, end, severity: "error", message, code };
  });
  if (refusal)
    problems.push({ ...lineSpan(text, refusal.line), severity: "error", message: refusal.message, code: 0 });
  return problems;
}

function semanticProblem(project: Project, cell: CellModule, diagnostic: ts.Diagnostic): Problem[] {
  const { start, length = 0, messageText, code } = diagnostic;
  const span = start === undefined ? undefined : toCell(cell, { start, length });
  if (!span || FOREIGN.has(code)) return [];
  const word = cell.names.text.slice(span.start, span.end);
  // An earlier cell's variable is a global when the cell runs, and may be assigned.
  if (code === ASSIGNED_TO_IMPORT && cell.link.imports.has(word)) return [];
  const message = withoutModulePaths(ts.flattenDiagnosticMessageText(messageText, "\n"), (key) => {
    const index = project.cells.findIndex((other) => other.key === key);
    return index < 0 ? undefined : index + 1;
  });
  return [{ ...span, severity: "warning", message, code }];
}

function lineSpan(text: string, line: number): Span {
  const lines = text.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, { length }) => sum + length + 1, 0);
  return { start, end: start + (lines[line - 1]?.length ?? 0) };
}
