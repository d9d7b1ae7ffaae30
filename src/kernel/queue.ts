import type { KernelEvent, KernelRequest } from "../protocol/messages.js";
import { CellSyntaxError, compileCell, referencesOf, type CompiledCell } from "./compile/index.js";
import type { ToMain } from "./link.js";
import { syntaxReport } from "./report.js";
import { Staleness } from "./staleness.js";

type ExecuteRequest = Extract<KernelRequest, { type: "execute_request" }>;
type Status = Extract<KernelEvent, { type: "execute_reply" }>["status"];

interface Active {
  readonly request: ExecuteRequest;
  readonly started: number;
  /** The names that the cell declares, once it is compiled. */
  names?: readonly string[];
}

/** The cells that wait and the one that runs; one at a time, in the order of their requests. */
export class Queue {
  private readonly waiting: ExecuteRequest[] = [];
  private active: Active | undefined;
  private executionCount = 0;
  private readonly staleness = new Staleness();
  private staleCells = "";

  constructor(
    private readonly send: (event: KernelEvent) => void,
    private readonly toMain: (message: ToMain) => void,
  ) {}

  add(request: ExecuteRequest): void {
    this.waiting.push(request);
    if (!this.active) this.next();
  }

  /** The main thread has ended a cell. A cell that was replied to already is left alone. */
  done(parent: string, status: Status): void {
    if (this.active?.request.id !== parent) return;
    const { request, started, names } = this.active;
    this.active = undefined;
    this.reply(parent, status, performance.now() - started);
    this.next();
    if (names) this.noteRun(request, names);
  }

  /** Replies to all cells that wait without running them. */
  dropWaiting(): void {
    for (const { id } of this.waiting.splice(0)) this.reply(id, "interrupted", 0);
  }

  /** Replies for a cell whose own reply was lost with the code that an interrupt terminated. */
  settleInterrupted(): void {
    if (this.active) this.done(this.active.request.id, "interrupted");
  }

  /** Writes a remark of the kernel's into the running cell. */
  note(text: string): void {
    if (!this.active) return;
    const { id, cellId } = this.active.request;
    this.send({ type: "stream", parent: id, cellId, name: "stderr", text });
  }

  private next(): void {
    const request = this.waiting.shift();
    if (!request) return;
    this.executionCount += 1;
    this.active = { request, started: performance.now() };
    this.send({ type: "status", parent: request.id, state: "busy" });
    const cell = this.compile(request);
    if (!cell) this.done(request.id, "error");
    else {
      this.active.names = cell.names;
      const { id: parent, cellId, allowInput = true } = request;
      const { executionCount } = this;
      this.toMain({ type: "run", order: { parent, cellId, executionCount, allowInput, cell } });
    }
  }

  /** Tells which cells are stale now, where that has changed; after the reply, as nobody waits for it. */
  private noteRun({ id, cellId, code }: ExecuteRequest, names: readonly string[]): void {
    this.staleness.ran(cellId, names, referencesOf(code));
    const cells = this.staleness.stale();
    const list = cells.join("\n");
    if (list !== this.staleCells) this.send({ type: "stale_cells", parent: id, cells });
    this.staleCells = list;
  }

  private compile({ id, cellId, code }: ExecuteRequest): CompiledCell | undefined {
    try {
      return compileCell(code);
    } catch (error) {
      // Anything else is the compiler giving up, as on code that is nested too deeply: the kernel lives on.
      const { line, column } = error instanceof CellSyntaxError ? error : { line: 1, column: 1 };
      const message = error instanceof Error ? error.message : String(error);
      const title = `Cell [${this.executionCount}]`;
      this.send({ type: "error", parent: id, cellId, ...syntaxReport(title, message, code, line, column) });
      return undefined;
    }
  }

  private reply(parent: string, status: Status, milliseconds: number): void {
    const { executionCount } = this;
    this.send({
      type: "execute_reply",
      parent,
      status,
      executionCount,
      milliseconds: Math.round(milliseconds),
    });
    this.send({ type: "status", parent, state: "idle" });
  }
}
