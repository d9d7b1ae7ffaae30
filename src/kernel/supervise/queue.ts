import type { KernelEvent, KernelRequest } from "../../protocol/index.js";
import type { Compilation } from "./compilation.js";
import type { CompiledCell } from "../compile/index.js";
import type { ToMain } from "../link.js";
import { syntaxReport } from "../report.js";
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
  /** Interrupts under way: what they terminate is to be the cell that they were asked for, not the next. */
  private holds = 0;
  private executionCount = 0;
  private staleness = new Staleness();
  private staleCells = "";
  private readonly constants = new Set<string>();
  private noted: Promise<void> = Promise.resolve();

  constructor(
    private readonly compilation: Compilation,
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
    if (names) this.noted = this.noteRun(request, names);
    this.next();
  }

  /** Resolves when the stale cells after the runs so far have been told. */
  told(): Promise<void> {
    return this.noted;
  }

  /** Replies to all cells that wait without running them. */
  dropWaiting(): void {
    for (const { id } of this.waiting.splice(0)) this.reply(id, "interrupted", 0);
  }

  /** Forgets the cells so far. @returns false, with nothing forgotten, while one runs or waits */
  reset(): boolean {
    if (this.active || this.waiting.length > 0) return false;
    this.executionCount = 0;
    this.staleness = new Staleness();
    this.staleCells = "";
    this.constants.clear();
    return true;
  }

  /** Starts no further cell until the matching {@link release}; gives the request of the cell that runs. */
  hold(): string | undefined {
    this.holds++;
    return this.active?.request.id;
  }

  release(): void {
    this.holds--;
    if (!this.active) this.next();
  }

  /** Replies for a cell whose own reply was lost with the code that an interrupt terminated, if it still is the one that runs. */
  settleInterrupted(parent = this.active?.request.id): void {
    if (!this.active || this.active.request.id !== parent) return;
    this.compilation.dropCells();
    this.done(parent, "interrupted");
  }

  /** Writes a remark of the kernel's into the running cell. */
  note(text: string): void {
    if (!this.active) return;
    const { id, cellId } = this.active.request;
    this.send({ type: "stream", parent: id, cellId, name: "stderr", text });
  }

  private next(): void {
    if (this.holds > 0) return;
    const request = this.waiting.shift();
    if (!request) return;
    this.executionCount = request.executionCount ?? this.executionCount + 1;
    const active: Active = { request, started: performance.now() };
    this.active = active;
    this.send({ type: "status", parent: request.id, state: "busy" });
    void this.compileAndRun(active);
  }

  /** A cell that is interrupted while it is compiled has its reply by then. */
  private async compileAndRun(active: Active): Promise<void> {
    const { request } = active;
    const { id: parent, cellId, code, allowInput = true } = request;
    const constants = [...this.constants];
    const { executionCount } = this;
    const outcome = await this.compilation.ask({ kind: "cell", text: code, constants });
    if (this.active !== active) return;
    if (outcome.problem) {
      const { message, line, column } = outcome.problem;
      const title = `Cell [${executionCount}]`;
      this.send({ type: "error", parent, cellId, ...syntaxReport(title, message, code, line, column) });
      this.done(parent, "error");
      return;
    }
    const cell = outcome.value;
    active.names = cell.names;
    this.noteConstants(cell);
    this.toMain({ type: "run", order: { parent, cellId, executionCount, allowInput, cell } });
  }

  private noteConstants({ names, constants }: CompiledCell): void {
    for (const name of names) this.constants.delete(name);
    for (const name of constants) this.constants.add(name);
  }

  /** Tells which cells are stale now, where that has changed; after the reply, as nobody waits for it. */
  private async noteRun({ id, cellId, code }: ExecuteRequest, names: readonly string[]): Promise<void> {
    const references = await this.compilation.ask({ kind: "references", text: code });
    if (references.problem) return;
    this.staleness.ran(cellId, names, references.value);
    const cells = this.staleness.stale();
    const list = cells.join("\n");
    if (list !== this.staleCells) this.send({ type: "stale_cells", parent: id, cells });
    this.staleCells = list;
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
