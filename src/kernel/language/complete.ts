import ts from "typescript";
import { documentationOf, signatureOf } from "./describe.js";
import { toCell, toModule, type Span } from "./place.js";
import type { CellModule, Project } from "./project.js";

/** One thing that could be written at a place. */
export interface Completion {
  readonly name: string;
  readonly kind: ts.ScriptElementKind;
  readonly sortText: string;
  /** What to write, where that is not the name. */
  readonly insertText: string | undefined;
  /** What to replace, where that is not the word at the place. */
  readonly replace: Span | undefined;
  readonly deprecated: boolean;
  /** Of several with one name, which one. */
  readonly source: string | undefined;
}

/** What a completion is, for the one that is looked at. */
export interface CompletionDetail {
  readonly signature: string;
  readonly documentation: string;
}

const PREFERENCES: ts.UserPreferences = {
  includeCompletionsWithInsertText: true,
  includeAutomaticOptionalChainCompletions: true,
  includeCompletionsForModuleExports: false,
};

/** What could be written at an offset of a cell: its own names, those of earlier cells, members, keywords. */
export function completionsAt(project: Project, id: string, offset: number): Completion[] {
  project.completeNames(id);
  const cell = project.cell(id);
  if (!cell) return [];
  const found = project.ask((service) =>
    service.getCompletionsAtPosition(cell.path, toModule(cell, offset), PREFERENCES),
  );
  return (found?.entries ?? []).map((entry) => ({
    name: entry.name,
    kind: kindOf(project, cell, entry),
    sortText: entry.sortText,
    insertText: entry.insertText,
    replace: entry.replacementSpan && toCell(cell, entry.replacementSpan),
    deprecated: /\bdeprecated\b/.test(entry.kindModifiers ?? ""),
    source: entry.source,
  }));
}

/** Signature and docstring of one completion; undefined where it is gone. */
export function completionDetail(
  project: Project,
  id: string,
  offset: number,
  completion: Pick<Completion, "name" | "source">,
): CompletionDetail | undefined {
  project.completeNames(id);
  const cell = project.cell(id);
  if (!cell) return undefined;
  const { name, source } = completion;
  const position = toModule(cell, offset);
  const detail = project.ask((service) =>
    service.getCompletionEntryDetails(cell.path, position, name, {}, source, PREFERENCES, undefined),
  );
  return (
    detail && {
      signature: signatureOf(detail.displayParts, cell),
      documentation: documentationOf(detail.documentation, detail.tags),
    }
  );
}

/** A name of an earlier cell is what it is there; TypeScript only sees an import. */
function kindOf(project: Project, cell: CellModule, entry: ts.CompletionEntry): ts.ScriptElementKind {
  if (entry.kind !== ts.ScriptElementKind.alias) return entry.kind;
  const from = cell.link.imports.get(entry.name);
  if (from === undefined) return entry.kind;
  return project.cells[from]?.names.declarations.get(entry.name)?.kind ?? entry.kind;
}
