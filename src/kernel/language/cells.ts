import ts from "typescript";
import { withoutMagics } from "../compile/magics.js";
import { CellSyntaxError, parseCell, parseText } from "../compile/parse.js";
import { declarationsOf, type Declaration } from "./names.js";

/** What other cells need to know of a cell's text. */
export interface CellNames {
  /** The text with its magics blanked; offsets are those of the cell. */
  readonly text: string;
  /** The first declaration of each name that the cell declares at its top level. */
  readonly declarations: ReadonlyMap<string, Declaration>;
  /** Names that the cell itself exports. */
  readonly exported: ReadonlySet<string>;
  /** Each word of the text that could be a name. */
  readonly words: ReadonlySet<string>;
  /** Whether the cell is one object literal, which the compiler puts into parentheses. */
  readonly literal: boolean;
  /** Why the kernel refuses a cell that is TypeScript; line and column count from 1. */
  readonly refusal: CellSyntaxError | undefined;
  /** Whether the cell declares into the global scope or into a package, which every other cell may see. */
  readonly ambient: boolean;
}

/** What is put around a cell's text to make it a module, and which earlier cell each imported name is from. */
export interface CellLink {
  readonly prelude: string;
  readonly epilogue: string;
  /** Name -> index of the nearest earlier cell that declares it. */
  readonly imports: ReadonlyMap<string, number>;
}

/** The specifier by which a prelude names the cell with a key. */
export function cellSpecifier(key: number): string {
  return `cell:${key}`;
}

/** The key in a specifier that `cellSpecifier` made. */
export function keyOfSpecifier(specifier: string): number | undefined {
  const match = /^cell:(\d+)$/.exec(specifier);
  return match ? Number(match[1]) : undefined;
}

/** Reads a cell's names; types and values alike. */
export function readCell(source: string): CellNames {
  const text = withoutMagics(source);
  const file = parseText(text);
  const declarations = new Map<string, Declaration>();
  for (const statement of file.statements)
    for (const declaration of declarationsOf(statement, file))
      if (!declarations.has(declaration.name)) declarations.set(declaration.name, declaration);
  const { literal, refusal } = compilerView(text);
  return {
    text,
    declarations,
    exported: new Set(file.statements.flatMap((statement) => exportedNames(statement, file))),
    words: new Set(text.match(/[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*/gu)),
    literal,
    refusal,
    ambient: file.statements.some(isAmbient),
  };
}

/**
 * The module around each cell. A prelude imports each name that occurs in the cell, and that the cell does not declare,
 * from the nearest earlier cell that declares it; for the cell `complete`, all such names. It also exports the cell's own
 * names: exports may stand before what they name, and there no unfinished statement of the user's can swallow them.
 */
export function linkCells(
  cells: readonly CellNames[],
  keys: readonly number[],
  complete: number | undefined,
): CellLink[] {
  const nearest = new Map<string, number>();
  return cells.map((cell, index) => {
    const names = index === complete ? nearest.keys() : cell.words;
    const imports = new Map<string, number>();
    for (const name of names) {
      const from = nearest.get(name);
      if (from !== undefined && !cell.declarations.has(name)) imports.set(name, from);
    }
    for (const name of cell.declarations.keys()) nearest.set(name, index);
    return { imports, prelude: preludeOf(cell, imports, keys), epilogue: cell.literal ? "\n)" : "" };
  });
}

function preludeOf(cell: CellNames, imports: ReadonlyMap<string, number>, keys: readonly number[]): string {
  const groups = new Map<number, string[]>();
  for (const [name, from] of imports) {
    const group = groups.get(from);
    if (group) group.push(name);
    else groups.set(from, [name]);
  }
  const lines = [...groups].map(
    ([from, names]) => `import { ${names.join(", ")} } from "${cellSpecifier(keys[from]!)}";`,
  );
  const own = [...cell.declarations.keys()].filter((name) => !cell.exported.has(name));
  return `${lines.join("")}export { ${own.join(", ")} };${cell.literal ? "(" : "\n"}`;
}

function compilerView(text: string): Pick<CellNames, "literal" | "refusal"> {
  try {
    return { literal: parseCell(text).columnShift > 0, refusal: undefined };
  } catch (error) {
    if (!(error instanceof CellSyntaxError)) throw error;
    return { literal: false, refusal: error };
  }
}

function isAmbient(statement: ts.Statement): boolean {
  return (
    ts.isModuleDeclaration(statement) &&
    (ts.isStringLiteral(statement.name) || (statement.flags & ts.NodeFlags.GlobalAugmentation) !== 0)
  );
}

/** The names under which a statement of the user's exports. */
function exportedNames(statement: ts.Statement, file: ts.SourceFile): string[] {
  if (ts.isExportDeclaration(statement)) {
    const { exportClause } = statement;
    if (!exportClause) return [];
    if (ts.isNamespaceExport(exportClause)) return [exportClause.name.text];
    return exportClause.elements.map(({ name }) => name.text);
  }
  const modifiers = ts.canHaveModifiers(statement) ? (ts.getModifiers(statement) ?? []) : [];
  const has = (kind: ts.SyntaxKind): boolean => modifiers.some((modifier) => modifier.kind === kind);
  // A default export leaves its name unexported.
  if (!has(ts.SyntaxKind.ExportKeyword) || has(ts.SyntaxKind.DefaultKeyword)) return [];
  return declarationsOf(statement, file).map(({ name }) => name);
}
