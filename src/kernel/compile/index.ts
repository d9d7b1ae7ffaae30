/**
 * The cell compiler: TypeScript in, one JavaScript function out. Each step is a module named by its verb or its object;
 * all are pure. It runs in the supervisor's thread, so nothing that a cell does to the globals can reach it.
 */
import ts from "typescript";
import { guardAwaits } from "./awaits.js";
import { bindingsOf } from "./bindings.js";
import { cellCaption } from "./cellCaption.js";
import type { CellCaption } from "./cellCaption.js";
import { guardBindings } from "./guardBindings.js";
import { refuseInvalid } from "./check.js";
import { hoistDeclarations } from "./declarations.js";
import { routeDynamicImports, staticSpecifiers, takenNames } from "./imports.js";
import type { TakenName } from "./imports.js";
import { followCalls, keepLastExpression } from "./lastExpression.js";
import { translateMagics } from "./magics.js";
import { HOST } from "./names.js";
import { parseCell, parseText } from "./parse.js";
import { transpile } from "./transpile.js";

export { completenessOf } from "./completeness.js";
export type { Completeness } from "./completeness.js";
export { CellSyntaxError } from "./parse.js";
export { referencesOf } from "./references.js";
export type { References } from "./references.js";

/** A text that was compiled, with what is needed to map positions back. */
export interface Compiled {
  /** A script whose value is a function of the host object. */
  readonly code: string;
  /** Source map of `code`, as JSON. */
  readonly map: string;
  /** The text that was compiled, for excerpts. */
  readonly source: string;
  /** How many columns the first line was moved to the right before compiling. */
  readonly columnShift: number;
}

/** A compiled cell: `async (host) => …`; the host has `import`, `meta` and takes `result`. */
export interface CompiledCell extends Compiled {
  /** The globals that the cell declares. */
  readonly names: readonly string[];
  /** Those among them that nobody may assign once the cell has ended. */
  readonly constants: readonly string[];
  /** Those that code of the cell may use before they are there; the cell calls `host.declared` when they are. */
  readonly early: readonly string[];
  /** Of what the cell shows. */
  readonly caption: CellCaption;
}

/** A compiled local file: `async (host, exports, require) => …`. */
export interface CompiledModule extends Compiled {
  /** What it imports statically; these must be loaded before it runs. */
  readonly imports: readonly string[];
  /** The names that it takes from them. */
  readonly taken: readonly TakenName[];
}

/**
 * Compiles one cell.
 * @param constants The constants of earlier cells, which it must not assign.
 * @throws CellSyntaxError where it is not TypeScript.
 */
export function compileCell(source: string, constants: ReadonlySet<string> = new Set()): CompiledCell {
  const { text, columnShift } = parseCell(translateMagics(source));
  const { guarded, early, constants: own } = bindingsOf(refuseInvalid(text), constants);
  const names = new Set<string>();
  const { code, map } = transpile(text, {
    before: [guardBindings(guarded), keepLastExpression, followCalls, routeDynamicImports, guardAwaits],
    after: [hoistDeclarations({ names, early })],
  });
  return {
    ...wrap(code, map, HOST),
    source,
    columnShift,
    names: [...names],
    constants: own,
    early: [...early],
    caption: cellCaption(source),
  };
}

/**
 * Compiles a local TypeScript file to the body of a CommonJS-like module that may await.
 * @throws CellSyntaxError where it is not TypeScript.
 */
export function compileModule(source: string): CompiledModule {
  const { code, map } = transpile(
    source,
    { before: [routeDynamicImports, guardAwaits] },
    { module: ts.ModuleKind.CommonJS, verbatimModuleSyntax: false, isolatedModules: true },
  );
  // TypeScript leaves out imports that only types need: those it kept are `require` calls in its output.
  const file = parseText(source);
  const imports = [...staticSpecifiers(file)].filter((name) =>
    code.includes(`require(${JSON.stringify(name)})`),
  );
  return {
    ...wrap(code, map, `${HOST}, exports, require, Object`),
    source,
    columnShift: 0,
    imports,
    taken: takenNames(file, code),
  };
}

/** Puts the code into a function, whose head takes the line before the code's first. */
function wrap(code: string, map: string, parameters: string): { code: string; map: string } {
  const payload = JSON.parse(map) as { mappings: string };
  return {
    code: `(async (${parameters}) => { "use strict";\n${code}\n})`,
    map: JSON.stringify({ ...payload, mappings: `;${payload.mappings}` }),
  };
}
