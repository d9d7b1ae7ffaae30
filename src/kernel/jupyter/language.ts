import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  CompletionRequest,
  createProtocolConnection,
  DidChangeNotebookDocumentNotification,
  DidOpenNotebookDocumentNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  StreamMessageReader,
  StreamMessageWriter,
  type CompletionItem,
  type Hover,
  type ProtocolConnection,
} from "vscode-languageserver/node";
import { KnownQueries, QUERIES_NOTIFICATION } from "../../protocol/index.js";
import type { QueryColumns } from "../../protocol/index.js";
import { commonCells, openCells, spliceOf, type CellDocument } from "./notebookSync.js";
import { toPosition } from "./textPositions.js";

/** How long an answer may take, in milliseconds; the first is waited for, as it comes when the process has started. */
const ANSWER_MILLISECONDS = 15_000;

/** A process that ends this often is not started again. */
const MOST_STARTS = 3;

/** What the language process is started with. */
export interface LanguageOptions {
  /** The built `dist/kernel/language.js`; where it is missing there are no answers. */
  readonly languagePath: string;
  /** The notebook's folder. */
  readonly cwd: string;
  /** Handed to the process as its `initializationOptions`. */
  readonly settings: Readonly<Record<string, unknown>>;
}

interface Server {
  readonly process: ChildProcess;
  readonly connection: ProtocolConnection;
  readonly ready: Promise<boolean>;
  /** The cells that it knows; the last is the one that is asked about. */
  cells: readonly CellDocument[];
  version: number;
  /** How many queries had been learned when it was told of them. */
  learned: number;
  /** Whether it has given its first answer, for which it loads all that the cells need. */
  answered: boolean;
}

/** The language process, started at the first question; every trouble with it is an empty answer. */
export class LanguageProcess {
  private server: Server | undefined;
  private starts = 0;
  private cellCount = 0;
  private readonly queries = new KnownQueries();
  private learned = 0;

  constructor(private readonly options: LanguageOptions) {}

  /** What may stand at an offset of the code, which follows the cells. */
  complete(cells: readonly string[], code: string, offset: number): Promise<readonly CompletionItem[]> {
    return this.ask(cells, code, [], async (connection, uri) => {
      const position = toPosition(code, offset);
      const answer = await connection.sendRequest(CompletionRequest.type, {
        textDocument: { uri },
        position,
      });
      return Array.isArray(answer) ? answer : (answer?.items ?? []);
    });
  }

  /** What stands at an offset of the code, which follows the cells. */
  hover(cells: readonly string[], code: string, offset: number): Promise<Hover | null> {
    return this.ask(cells, code, null, (connection, uri) => {
      const position = toPosition(code, offset);
      return connection.sendRequest(HoverRequest.type, { textDocument: { uri }, position });
    });
  }

  /** Takes a query that a cell has run. */
  learn(query: QueryColumns): void {
    this.queries.learn(query);
    this.learned++;
  }

  /** Ends the process. */
  close(): void {
    this.starts = MOST_STARTS;
    this.server?.process.kill();
    this.server = undefined;
  }

  private async ask<T>(
    cells: readonly string[],
    code: string,
    none: T,
    question: (connection: ProtocolConnection, uri: string) => Promise<T>,
  ): Promise<T> {
    const server = this.server ?? this.start();
    const answer = async (): Promise<T> => {
      if (!server || !(await server.ready)) return none;
      const uri = await this.show(server, [...cells, code]);
      return question(server.connection, uri);
    };
    try {
      if (server?.answered !== true) {
        const first = await answer();
        if (server) server.answered = true;
        return first;
      }
      return await within(ANSWER_MILLISECONDS, answer(), none);
    } catch {
      return none;
    }
  }

  private start(): Server | undefined {
    const { languagePath, cwd, settings } = this.options;
    if (this.starts >= MOST_STARTS || !existsSync(languagePath)) return undefined;
    this.starts++;
    const process_ = spawn(process.execPath, [languagePath, "--stdio"], {
      cwd,
      stdio: ["pipe", "pipe", "ignore"],
      windowsHide: true,
    });
    const connection = createProtocolConnection(
      new StreamMessageReader(process_.stdout),
      new StreamMessageWriter(process_.stdin),
    );
    const server: Server = {
      process: process_,
      connection,
      ready: initialize(connection, cwd, settings),
      cells: [],
      version: 0,
      learned: 0,
      answered: false,
    };
    const gone = (): void => {
      if (this.server === server) this.server = undefined;
      connection.dispose();
    };
    process_.once("error", gone);
    process_.once("exit", gone);
    process_.stdin.on("error", () => undefined);
    this.server = server;
    return server;
  }

  /** Brings the process' notebook up to date; returns the address of its last cell. */
  private async show(server: Server, texts: readonly string[]): Promise<string> {
    const notebook = pathToFileURL(join(this.options.cwd, "jupyter.ipynb")).href;
    const kept = commonCells(server.cells, texts);
    const added = texts.slice(kept).map((text): CellDocument => ({
      uri: `${notebook.replace(/^file:/, "vscode-notebook-cell:")}#cell${++this.cellCount}`,
      text,
    }));
    const { connection } = server;
    if (server.version === 0)
      await connection.sendNotification(
        DidOpenNotebookDocumentNotification.type,
        openCells(notebook, ++server.version, added),
      );
    else if (added.length > 0 || kept < server.cells.length)
      await connection.sendNotification(
        DidChangeNotebookDocumentNotification.type,
        spliceOf(notebook, ++server.version, server.cells, kept, added),
      );
    if (server.learned !== this.learned)
      await connection.sendNotification(QUERIES_NOTIFICATION, { notebook, queries: this.queries.list });
    server.learned = this.learned;
    server.cells = [...server.cells.slice(0, kept), ...added];
    return server.cells.at(-1)!.uri;
  }
}

/** An answer, or `none` when it takes longer. */
async function within<T>(milliseconds: number, answer: Promise<T>, none: T): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<T>((resolve) => {
    timer = setTimeout(() => {
      resolve(none);
    }, milliseconds);
  });
  try {
    return await Promise.race([answer, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the process answered as a language server does. */
async function initialize(
  connection: ProtocolConnection,
  cwd: string,
  initializationOptions: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  connection.onError(() => undefined);
  connection.listen();
  const folder = pathToFileURL(cwd).href;
  try {
    await connection.sendRequest(InitializeRequest.type, {
      processId: process.pid,
      // The protocol still demands it.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      rootUri: folder,
      workspaceFolders: [{ uri: folder, name: "notebook" }],
      initializationOptions,
      capabilities: {
        general: { positionEncodings: ["utf-16"] },
        notebookDocument: { synchronization: {} },
        textDocument: { completion: {}, hover: { contentFormat: ["markdown", "plaintext"] } },
      },
    });
    await connection.sendNotification(InitializedNotification.type, {});
    return true;
  } catch {
    return false;
  }
}
