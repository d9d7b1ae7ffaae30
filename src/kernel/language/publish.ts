import { setImmediate as nextTurn } from "node:timers/promises";
import type { PublishDiagnosticsParams } from "vscode-languageserver/node";
import type { Book } from "./book.js";
import { toDiagnostic } from "./convert.js";

/** How long the client must be quiet before problems are looked for. */
const QUIET_MILLISECONDS = 200;

/** Pushes a notebook's problems some time after its last change, one cell per turn so that requests come between. */
export class Publisher {
  private timer: NodeJS.Timeout | undefined;
  /** What was sent last, by document: the same is not sent again. */
  private readonly sent = new Map<string, string>();

  constructor(
    private readonly book: Book,
    private readonly send: (params: PublishDiagnosticsParams) => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** To be called after each change. */
  schedule(): void {
    this.stop();
    for (const uri of this.sent.keys())
      if (!this.book.documents.some((document) => document.uri === uri)) this.clear(uri);
    this.timer = setTimeout(() => {
      this.publish().catch(this.fail);
    }, QUIET_MILLISECONDS);
  }

  /** Takes back what was sent; for a notebook that is closed. */
  close(): void {
    this.stop();
    for (const uri of this.sent.keys()) this.clear(uri);
  }

  private stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private clear(uri: string): void {
    this.sent.delete(uri);
    this.send({ uri, diagnostics: [] });
  }

  private async publish(): Promise<void> {
    const { book, timer } = this;
    for (const document of book.documents) {
      const diagnostics = [];
      for (const id of book.partsOf(document)) {
        // A change or a close puts another timer in place.
        if (this.timer !== timer) return;
        diagnostics.push(...book.service.diagnostics(id).map((problem) => toDiagnostic(problem, id, book)));
        await nextTurn();
      }
      if (this.timer !== timer) return;
      const text = JSON.stringify(diagnostics);
      if (this.sent.get(document.uri) === text) continue;
      this.sent.set(document.uri, text);
      this.send({ uri: document.uri, version: document.version, diagnostics });
    }
  }
}
