/** The cells that ran as a notebook document of the language server protocol. Pure. */
import type {
  DidChangeNotebookDocumentParams,
  DidOpenNotebookDocumentParams,
  NotebookCell,
  TextDocumentItem,
} from "vscode-languageserver/node";

/** A cell as the language process knows it; its text never changes, a changed cell is a new one. */
export interface CellDocument {
  readonly uri: string;
  readonly text: string;
}

/** LSP's number for a cell of code. */
const CODE_CELL = 2;

const NOTEBOOK_TYPE = "jupyter-notebook";

/** How many cells from the first on have the texts already. */
export function commonCells(cells: readonly CellDocument[], texts: readonly string[]): number {
  const different = texts.findIndex((text, i) => cells[i]?.text !== text);
  return different < 0 ? texts.length : different;
}

/** Opens a notebook with cells. */
export function openCells(
  uri: string,
  version: number,
  cells: readonly CellDocument[],
): DidOpenNotebookDocumentParams {
  return {
    notebookDocument: { uri, notebookType: NOTEBOOK_TYPE, version, cells: cells.map(toCell) },
    cellTextDocuments: cells.map(toDocument),
  };
}

/** Puts other cells for all from the position `kept` on. */
export function spliceOf(
  uri: string,
  version: number,
  before: readonly CellDocument[],
  kept: number,
  added: readonly CellDocument[],
): DidChangeNotebookDocumentParams {
  const removed = before.slice(kept);
  return {
    notebookDocument: { uri, version },
    change: {
      cells: {
        structure: {
          array: { start: kept, deleteCount: removed.length, cells: added.map(toCell) },
          didOpen: added.map(toDocument),
          didClose: removed.map((cell) => ({ uri: cell.uri })),
        },
      },
    },
  };
}

function toCell({ uri }: CellDocument): NotebookCell {
  return { kind: CODE_CELL, document: uri };
}

function toDocument({ uri, text }: CellDocument): TextDocumentItem {
  return { uri, languageId: "typescript", version: 1, text };
}
