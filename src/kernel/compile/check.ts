import ts from "typescript";
import { CellSyntaxError } from "./parse.js";

const FILE = "cell.ts";
const OPTIONS: ts.CompilerOptions = {
  noLib: true,
  noResolve: true,
  types: [],
  target: ts.ScriptTarget.ESNext,
  module: ts.ModuleKind.ESNext,
  moduleDetection: ts.ModuleDetectionKind.Force,
};

/** One text with TypeScript's knowledge of its scopes. */
export interface CheckedText {
  readonly source: ts.SourceFile;
  readonly checker: ts.TypeChecker;
}

/**
 * Codes of what the JavaScript engine would refuse too, but only at a place in the compiled code: the grammar (1000 to
 * 1999, 17000 and 18000 on), names declared twice, targets that cannot be assigned or deleted, `super` out of place.
 */
const OWN_CODES = new Set([2300, 2364, 2451, 2660, 2703, 2779]);
/** Grammar codes that depend on settings, or speak of what a cell may do. */
const LEFT_OUT = new Set([
  1192, 1202, 1203, 1208, 1218, 1219, 1259, 1261, 1269, 1280, 1286, 1287, 1293, 1294, 1295, 1343, 1344, 1371,
  1375, 1378, 1432, 1470, 1471, 1479, 1484, 1485, 18004, 18028, 18046, 18047, 18048, 18049, 18050, 18057,
]);
/** `Property '#x' does not exist`: an unknown private name is an error of the grammar. */
const NO_PROPERTY = 2339;

/** Parses a text, as a module, and prepares its scopes; nothing is looked up outside of it. */
export function checkText(text: string): { readonly program: ts.Program } & CheckedText {
  const source = ts.createSourceFile(FILE, `${text}\nexport {};`, ts.ScriptTarget.ESNext, true);
  const program = ts.createProgram([FILE], OPTIONS, {
    getSourceFile: (name) => (name === FILE ? source : undefined),
    getDefaultLibFileName: () => "",
    writeFile: () => undefined,
    getCurrentDirectory: () => "",
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => "\n",
    fileExists: (name) => name === FILE,
    readFile: () => undefined,
  });
  return { source, program, checker: program.getTypeChecker() };
}

/**
 * Refuses what the engine would refuse, at its place in the author's text.
 * @returns the text with its scopes
 * @throws CellSyntaxError
 */
export function refuseInvalid(text: string): CheckedText {
  const checked = checkText(text);
  const { source, program } = checked;
  const problem = program.getSemanticDiagnostics(source).find(isRefused);
  if (!problem) return checked;
  const { line, character } = source.getLineAndCharacterOfPosition(problem.start ?? 0);
  const message = ts.flattenDiagnosticMessageText(problem.messageText, "\n");
  throw new CellSyntaxError(message, line + 1, character + 1);
}

function isRefused({ category, code, messageText }: ts.Diagnostic): boolean {
  if (category !== ts.DiagnosticCategory.Error || LEFT_OUT.has(code)) return false;
  if (code === NO_PROPERTY) return ts.flattenDiagnosticMessageText(messageText, "").includes("'#");
  const grammar = (code >= 1000 && code < 2000) || (code >= 17000 && code < 19000);
  return grammar || OWN_CODES.has(code);
}
