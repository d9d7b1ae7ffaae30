import ts from "typescript";
import { CellSyntaxError } from "./parse.js";

/** JavaScript and its source map (JSON); no trailing map comment. */
export interface Transpiled {
  readonly code: string;
  readonly map: string;
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.ESNext,
  // Every cell is a module: `await` may stand anywhere.
  moduleDetection: ts.ModuleDetectionKind.Force,
  // Imports that this cell does not use are there for later cells.
  verbatimModuleSyntax: true,
  sourceMap: true,
  experimentalDecorators: false,
};

/**
 * TypeScript to JavaScript, without type checks.
 * @throws CellSyntaxError at the first syntactic problem; its column counts from 1 in `text`.
 */
export function transpile(
  text: string,
  transformers: ts.CustomTransformers,
  overrides: ts.CompilerOptions = {},
): Transpiled {
  const compilerOptions = { ...OPTIONS, ...overrides };
  const output = ts.transpileModule(text, {
    compilerOptions,
    reportDiagnostics: true,
    transformers,
    fileName: "cell.ts",
  });
  const problem = output.diagnostics?.find(({ category }) => category === ts.DiagnosticCategory.Error);
  if (problem) throw syntaxError(problem, text);
  return {
    code: output.outputText.replace(/\/\/# sourceMappingURL=.*\s*$/, ""),
    map: output.sourceMapText ?? "",
  };
}

function syntaxError(problem: ts.Diagnostic, text: string): CellSyntaxError {
  const before = text.slice(0, problem.start ?? 0).split("\n");
  return new CellSyntaxError(
    ts.flattenDiagnosticMessageText(problem.messageText, "\n"),
    before.length,
    before.at(-1)!.length + 1,
  );
}
