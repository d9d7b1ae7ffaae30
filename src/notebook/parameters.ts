import { codeCell, tagsOf } from "./ipynb.js";
import type { Notebook } from "./ipynb.js";

/** Values for the variables of a notebook's `parameters` cell, by name. */
export type ParameterValues = Readonly<Record<string, unknown>>;

/** A parameter that cannot be given to a notebook. */
export class ParameterError extends Error {
  override readonly name = "ParameterError";
}

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

const COMMENT_OR_TEXT = /\/\/.*|\/\*[^]*?\*\/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`/g;

/** Words that TypeScript does not take as a variable's name. */
const RESERVED = new Set(
  (
    "arguments await break case catch class const continue debugger default delete do else enum eval export extends " +
    "false finally for function if implements import in instanceof interface let new null package private protected " +
    "public return static super switch this throw true try typeof undefined var void while with yield"
  ).split(" "),
);

/**
 * Papermill's convention: a cell tagged `injected-parameters` that sets the given variables stands behind the cell
 * tagged `parameters` (first in the notebook where there is none) and replaces one from an earlier run. The notebook
 * given is not changed; without parameters it is returned as it is.
 * @throws ParameterError for a name that is no variable's name or a value that JSON cannot hold.
 */
export function injectParameters(notebook: Notebook, parameters: ParameterValues): Notebook {
  if (Object.keys(parameters).length === 0) return notebook;
  const cell = codeCell(parameterSource(parameters), { tags: ["injected-parameters"] });
  const cells = notebook.cells.filter((other) => !tagsOf(other).includes("injected-parameters"));
  const declared = cells.findIndex((other) => tagsOf(other).includes("parameters"));
  return { ...notebook, cells: [...cells.slice(0, declared + 1), cell, ...cells.slice(declared + 1)] };
}

/** Names among `parameters` that the notebook's `parameters` cell does not mention: most often typing mistakes. */
export function unknownParameters(notebook: Notebook, parameters: ParameterValues): string[] {
  const source = notebook.cells.find((cell) => tagsOf(cell).includes("parameters"))?.source ?? "";
  const words = new Set(source.match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu));
  return Object.keys(parameters).filter((name) => !words.has(name));
}

/** A variable that a notebook's `parameters` cell declares. */
export interface DeclaredParameter {
  readonly name: string;
  /** It has no value there, so that the notebook cannot run without being given one. */
  readonly isNeeded: boolean;
}

/** The variables that a notebook's `parameters` cell declares. */
export function declaredParameters(notebook: Notebook): DeclaredParameter[] {
  const source = notebook.cells.find((cell) => tagsOf(cell).includes("parameters"))?.source ?? "";
  let plain = source.replace(COMMENT_OR_TEXT, (found) => (found.startsWith("/") ? " " : '""'));
  // Commas and names inside of values and types are none of the declaration's.
  for (let before = ""; before !== plain;) {
    before = plain;
    plain = plain.replace(/\([^()[\]{}]*\)|\[[^()[\]{}]*\]|\{[^()[\]{}]*\}|<[^<>=;()[\]{}]*>/g, "0");
  }
  return [...plain.matchAll(/\b(?:const|let|var)\s+([^;\n]*)/g)].flatMap(([, declarations]) =>
    declarations!.split(",").flatMap((one) => {
      const [, name, value] =
        /^\s*([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*[!?]?\s*(?::[^=]*)?(=)?/u.exec(one) ?? [];
      return name === undefined ? [] : [{ name, isNeeded: value === undefined }];
    }),
  );
}

/** TypeScript that sets each parameter. */
function parameterSource(parameters: ParameterValues): string {
  const lines = Object.entries(parameters).map(([name, value]) => {
    if (!IDENTIFIER.test(name) || RESERVED.has(name))
      throw new ParameterError(`Parameter "${name}" is not a name that a variable can have.`);
    return `let ${name} = ${literal(name, value)};`;
  });
  return ["// Parameters of this run", ...lines].join("\n");
}

function literal(name: string, value: unknown): string {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    text = undefined;
  }
  if (text === undefined || (typeof value === "number" && !Number.isFinite(value)))
    throw new ParameterError(`Parameter "${name}" has a value that JSON cannot hold.`);
  return text;
}

/**
 * A parameter from the command line, `name=value`. A value that is JSON (a number, `true`, `[1,2]`, `"text"`) is taken as
 * such, anything else as text; so is a whole number too long to be exact, such as an accession number.
 * @throws ParameterError when there is no `=`.
 */
export function parseParameter(argument: string): [name: string, value: unknown] {
  const split = argument.indexOf("=");
  if (split < 1) throw new ParameterError(`"${argument}" is not a parameter; write name=value.`);
  const [name, text] = [argument.slice(0, split).trim(), argument.slice(split + 1)];
  try {
    const value: unknown = JSON.parse(text);
    const inexact = typeof value === "number" && /^-?\d+$/.test(text.trim()) && !Number.isSafeInteger(value);
    return [name, inexact ? text : value];
  } catch {
    return [name, text];
  }
}
