import { fileURLToPath } from "node:url";
import {
  DidChangeWatchedFilesNotification,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  type Connection,
  type InitializeParams,
  type InitializeResult,
  type Position,
  type TextEdit,
} from "vscode-languageserver/node";
import { Book, type SharedOptions, type Spot } from "./book.js";
import { toCompletionItem, toHover, toSignatureHelp, withDetail, type CompletionData } from "./convert.js";
import { readQueries } from "./queries.js";
import { QUERIES_NOTIFICATION } from "../../protocol/index.js";
import { Publisher } from "./publish.js";
import { RenameError, type Edit } from "./rename.js";
import { LANGUAGE, listen, NOTEBOOK_TYPE } from "./sync.js";

const RESULT: InitializeResult = {
  serverInfo: { name: "Spinebook cells" },
  capabilities: {
    textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental },
    notebookDocumentSync: {
      notebookSelector: [{ notebook: { notebookType: NOTEBOOK_TYPE }, cells: [{ language: LANGUAGE }] }],
    },
    completionProvider: { resolveProvider: true, triggerCharacters: [".", '"', "'", "`", "/", "@", "<"] },
    hoverProvider: true,
    signatureHelpProvider: { triggerCharacters: ["(", ",", "<"], retriggerCharacters: [")"] },
    definitionProvider: true,
    referencesProvider: true,
    renameProvider: { prepareProvider: true },
  },
};

interface OpenBook {
  readonly book: Book;
  readonly publisher: Publisher;
}

interface At {
  readonly textDocument: { readonly uri: string };
  readonly position: Position;
}

/** Answers a client's language requests about the cells of its notebooks, until the connection ends. */
export function serve(connection: Connection): void {
  const books = new Map<string, OpenBook>();
  let options: SharedOptions = {};
  let folder = process.cwd();
  let watches = false;

  const openBook = (uri: string): OpenBook => {
    const known = books.get(uri);
    if (known) return known;
    const book = new Book(uri, folder, options);
    const publisher = new Publisher(
      book,
      (params) => void connection.sendDiagnostics(params),
      (error) => {
        connection.console.error(`The problems of ${uri} could not be found: ${messageOf(error)}`);
      },
    );
    const opened = { book, publisher };
    books.set(uri, opened);
    return opened;
  };

  const change = (uri: string, apply: (book: Book) => void): void => {
    const { book, publisher } = openBook(uri);
    apply(book);
    publisher.schedule();
  };

  /** Finds the notebook and the cell of a position and asks; null where the client asks about something else. */
  const ask = <Result>(
    { textDocument, position }: At,
    answer: (book: Book, spot: Spot, uri: string) => Result,
  ): Result | null => {
    for (const [uri, { book }] of books) {
      const spot = book.locate(textDocument.uri, position);
      if (spot) return answering(() => answer(book, spot, uri));
    }
    return null;
  };

  connection.onInitialize((params) => {
    options = readOptions(params.initializationOptions);
    folder = folderOf(params) ?? folder;
    watches = params.capabilities.workspace?.didChangeWatchedFiles?.dynamicRegistration === true;
    return RESULT;
  });
  connection.onInitialized(() => {
    if (!watches) return;
    const globs = ["**/*.{ts,mts,cts,json}", "**/node_modules/.package-lock.json"];
    const watchers = globs.map((globPattern) => ({ globPattern }));
    connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }).catch(() => {
      // A client that refuses has changes noticed at the next edit of a cell.
    });
  });
  listen(connection, {
    cells: (uri, documents) => {
      change(uri, (book) => {
        book.setCells(documents);
      });
    },
    text: (document) => {
      change(document.uri, (book) => {
        book.setText(document);
      });
    },
    closed: (uri) => {
      books.get(uri)?.publisher.close();
      books.get(uri)?.book.service.dispose();
      books.delete(uri);
    },
  });
  connection.onDidChangeWatchedFiles(() => {
    for (const { book, publisher } of books.values()) {
      book.service.refresh();
      publisher.schedule();
    }
  });

  connection.onNotification(QUERIES_NOTIFICATION, (given: unknown) => {
    const told = readQueries(given);
    const open = told && books.get(told.notebook);
    open?.book.service.setQueries(told!.queries);
    open?.publisher.schedule();
  });

  connection.onCompletion((at) =>
    ask(at, (book, { id, offset }, uri) =>
      book.service
        .complete(id, offset)
        .map((completion) =>
          toCompletionItem(completion, book, { book: uri, id, offset, source: completion.source }),
        ),
    ),
  );
  connection.onCompletionResolve((item) => {
    const { book, id, offset, source } = item.data as CompletionData;
    const service = books.get(book)?.book.service;
    return answering(() =>
      withDetail(item, service?.completionDetail(id, offset, { name: item.label, source })),
    );
  });
  connection.onHover((at) =>
    ask(at, (book, { id, offset }) => {
      const hover = book.service.hover(id, offset);
      return hover ? toHover(hover, id, book) : null;
    }),
  );
  connection.onSignatureHelp((at) =>
    ask(at, (book, { id, offset }) => {
      const help = book.service.signatureHelp(id, offset);
      return help ? toSignatureHelp(help) : null;
    }),
  );
  connection.onDefinition((at) =>
    ask(at, (book, { id, offset }) =>
      book.service.definition(id, offset).map((place) => book.location(place)),
    ),
  );
  connection.onReferences((at) =>
    ask(at, (book, { id, offset }) =>
      book.service.references(id, offset).map((place) => book.location(place)),
    ),
  );
  connection.onPrepareRename((at) =>
    ask(at, (book, { id, offset }) => {
      const { name, ...span } = book.service.prepareRename(id, offset);
      return { range: book.range(id, span), placeholder: name };
    }),
  );
  connection.onRenameRequest((at) =>
    ask(at, (book, { id, offset }) => ({
      changes: editsByDocument(book, book.service.rename(id, offset, at.newName)),
    })),
  );
}

function editsByDocument(book: Book, edits: readonly Edit[]): Record<string, TextEdit[]> {
  const changes: Record<string, TextEdit[]> = {};
  for (const edit of edits) {
    const { uri, range } = book.location(edit);
    (changes[uri] ??= []).push({ range, newText: edit.newText });
  }
  return changes;
}

/** Turns whatever an answer throws into the protocol's error, so that the client can show the sentence. */
function answering<Result>(answer: () => Result): Result {
  try {
    return answer();
  } catch (error) {
    throw new ResponseError(LSPErrorCodes.RequestFailed, messageOf(error), {
      name: error instanceof RenameError ? error.name : "Error",
    });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** What the client may set: `packageTypes` and `globals`; anything else is left aside. */
function readOptions(given: unknown): SharedOptions {
  const { packageTypes, globals } = (given ?? {}) as { packageTypes?: unknown; globals?: unknown };
  const entries = Object.entries((packageTypes ?? {}) as Record<string, unknown>);
  const paths = entries.filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return {
    packageTypes: Object.fromEntries(paths),
    ...(typeof globals === "string" && { globals }),
  };
}

function folderOf({ workspaceFolders }: InitializeParams): string | undefined {
  const uri = workspaceFolders?.[0]?.uri;
  return uri?.startsWith("file:") ? fileURLToPath(uri) : undefined;
}
