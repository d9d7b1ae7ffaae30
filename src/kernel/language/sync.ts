import type {
  Connection,
  NotebookCell,
  NotebookDocumentChangeEvent,
  TextDocumentItem,
} from "vscode-languageserver/node";
import { NotebookCellKind } from "vscode-languageserver/node";
import { TextDocument } from "vscode-languageserver-textdocument";

/** The notebook type and the language of cells that are looked at. */
export const NOTEBOOK_TYPE = "jupyter-notebook";
/** The language of cells that are looked at. */
export const LANGUAGE = "typescript";

/** What became of a notebook or of a document that joins a notebook's cells. */
export interface SyncHandlers {
  /** The cells' documents in order, after opening and after each change. */
  cells(notebook: string, documents: readonly TextDocument[]): void;
  /** The joined document, after opening and after each change. */
  text(document: TextDocument): void;
  /** The notebook or the document was closed. */
  closed(uri: string): void;
}

interface OpenNotebook {
  cells: NotebookCell[];
  readonly documents: Map<string, TextDocument>;
}

/** Keeps the client's notebooks and documents, and says after each message what they hold. */
export function listen(connection: Connection, handlers: SyncHandlers): void {
  listenToNotebooks(connection, handlers);
  listenToDocuments(connection, handlers);
}

function listenToNotebooks(connection: Connection, handlers: SyncHandlers): void {
  const open = new Map<string, OpenNotebook>();
  const tell = (uri: string, { cells, documents }: OpenNotebook): void => {
    const code = cells.filter(({ kind }) => kind === NotebookCellKind.Code);
    const known = code.flatMap(({ document }) => documents.get(document) ?? []);
    handlers.cells(
      uri,
      known.filter(({ languageId }) => languageId === LANGUAGE),
    );
  };
  const { synchronization } = connection.notebooks;
  synchronization.onDidOpenNotebookDocument(({ notebookDocument, cellTextDocuments }) => {
    const documents = new Map(cellTextDocuments.map((item) => [item.uri, documentOf(item)]));
    const notebook = { cells: [...notebookDocument.cells], documents };
    open.set(notebookDocument.uri, notebook);
    tell(notebookDocument.uri, notebook);
  });
  synchronization.onDidChangeNotebookDocument(({ notebookDocument, change }) => {
    const notebook = open.get(notebookDocument.uri);
    if (!notebook) return;
    changeCells(notebook, change.cells ?? {});
    tell(notebookDocument.uri, notebook);
  });
  synchronization.onDidCloseNotebookDocument(({ notebookDocument }) => {
    open.delete(notebookDocument.uri);
    handlers.closed(notebookDocument.uri);
  });
}

function changeCells(
  notebook: OpenNotebook,
  { structure, data, textContent }: NonNullable<NotebookDocumentChangeEvent["cells"]>,
): void {
  const { documents } = notebook;
  if (structure) {
    const { start, deleteCount, cells = [] } = structure.array;
    notebook.cells.splice(start, deleteCount, ...cells);
    for (const { uri } of structure.didClose ?? []) documents.delete(uri);
    for (const item of structure.didOpen ?? []) documents.set(item.uri, documentOf(item));
  }
  const changed = new Map(data?.map((cell) => [cell.document, cell]));
  notebook.cells = notebook.cells.map((cell) => changed.get(cell.document) ?? cell);
  for (const { document, changes } of textContent ?? []) {
    const known = documents.get(document.uri);
    if (known) documents.set(known.uri, TextDocument.update(known, changes, document.version));
  }
}

function listenToDocuments(connection: Connection, handlers: SyncHandlers): void {
  const open = new Map<string, TextDocument>();
  connection.onDidOpenTextDocument(({ textDocument }) => {
    const document = documentOf(textDocument);
    open.set(document.uri, document);
    handlers.text(document);
  });
  connection.onDidChangeTextDocument(({ textDocument, contentChanges }) => {
    const document = open.get(textDocument.uri);
    if (document) handlers.text(TextDocument.update(document, contentChanges, textDocument.version));
  });
  connection.onDidCloseTextDocument(({ textDocument }) => {
    open.delete(textDocument.uri);
    handlers.closed(textDocument.uri);
  });
}

function documentOf({ uri, languageId, version, text }: TextDocumentItem): TextDocument {
  return TextDocument.create(uri, languageId, version, text);
}
