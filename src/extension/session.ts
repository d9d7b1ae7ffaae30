import * as vscode from "vscode";
import {
  KernelClient,
  KnownQueries,
  type CommMessage,
  type ExecutionOutcome,
  type IdentityFinding,
  type KernelEvent,
  type QueryColumns,
  type SpawnedKernel,
  type VariableInfo,
  ReadIdentities,
} from "../protocol/index.js";
import { DisplayChannels } from "./displayChannels.js";
import { cellIdOf, NotebookOutputs } from "./notebookOutputs.js";

/** What a notebook's kernel does; `ended`: by itself, and nothing has started one since. */
export type KernelState = "not started" | "idle" | "running" | "ended";

/** What a kernel tells of itself. */
export type KernelInfo = Extract<KernelEvent, { type: "kernel_info_reply" }>;

interface Running {
  readonly process: SpawnedKernel;
  readonly client: KernelClient;
}

/** One notebook's kernel and the queue of its cells. The kernel starts with the first cell, and again after it has ended. */
export class NotebookSession {
  private kernel: Running | undefined;
  private readonly outputs: NotebookOutputs;
  private readonly channels: DisplayChannels;
  private queue: Promise<void> = Promise.resolve();
  /** Counts up when what is queued is to be dropped: after an error, an interrupt, a restart. */
  private generation = 0;
  private cellRuns = false;
  private died = false;
  private computedWith: string | undefined;
  /** Of all kernels that this notebook had: their outputs stay in it. */
  private readonly identities = new ReadIdentities();
  private readonly queries = new KnownQueries();

  constructor(
    private readonly controller: vscode.NotebookController,
    notebook: vscode.NotebookDocument,
    private readonly startKernel: () => SpawnedKernel,
    /** Told, with a sentence for people, when the kernel ended by itself. */
    private readonly onDeath: (reason: string) => void,
    /** Told the ids of all cells whose results rest on definitions that have changed since. */
    private readonly onStale: (cells: readonly string[]) => void,
    /** Told when the state, the backend or the variables may have changed. */
    private readonly onChange: () => void,
    /** Told what is to reach the notebook's displays. */
    toDisplays: (message: CommMessage) => void,
    /** Told the queries that cells have run, all that are kept, whenever one has. */
    private readonly onQueries: (queries: readonly QueryColumns[]) => void,
  ) {
    this.outputs = new NotebookOutputs(controller, notebook);
    this.channels = new DisplayChannels((message) => {
      this.kernel?.client.comm(message);
      return this.kernel !== undefined;
    }, toDisplays);
  }

  get state(): KernelState {
    if (this.cellRuns) return "running";
    if (this.kernel !== undefined) return "idle";
    return this.died ? "ended" : "not started";
  }

  /** What networks run on in this kernel, such as `onnxruntime cpu`; undefined until it has run one. */
  get backend(): string | undefined {
    return this.computedWith;
  }

  /** What the kernel tells of itself, also while a cell runs; undefined without a kernel, which is never started for it. */
  async info(): Promise<KernelInfo | undefined> {
    return this.kernel?.client.info();
  }

  /** The kernel's variables; undefined without a kernel or while a cell runs: nothing is started and nothing waited for. */
  async variables(): Promise<readonly VariableInfo[] | undefined> {
    return this.state === "idle" ? this.kernel?.client.variables() : undefined;
  }

  /** Which texts hold an identity that cells have read, in this kernel or an earlier one of the notebook. */
  findIdentity(texts: readonly string[]): readonly IdentityFinding[] {
    return this.identities.find(texts);
  }

  /** Runs cells one after the other, after those already queued; resolves when all have run or been dropped. */
  run(cells: readonly vscode.NotebookCell[]): Promise<void> {
    const generation = this.generation;
    const turn = this.queue.then(async () => {
      for (const cell of cells) {
        if (generation !== this.generation) return;
        if (cell.index < 0) continue; // deleted while it waited
        if (!(await this.runCell(cell))) this.generation++;
      }
    });
    // What one batch throws is its own affair: VS Code reports it, and the next batch still runs.
    this.queue = turn.catch(() => undefined);
    return turn;
  }

  /** Takes what a display of the notebook says to the kernel. */
  receiveFromDisplay(message: CommMessage): void {
    this.channels.fromDisplay(message);
  }

  /** Stops the running cell, keeps the kernel's state and drops the cells that wait. */
  async interrupt(): Promise<void> {
    this.generation++;
    await this.kernel?.client.interrupt();
  }

  /** Ends the kernel; a cell that is running ends with an error that says so. The next cell starts a fresh kernel. */
  end(): void {
    this.generation++;
    const kernel = this.kernel;
    this.kernel = undefined;
    this.died = false;
    this.computedWith = undefined;
    kernel?.process.kill();
    this.channels.closeAll();
    this.onChange();
  }

  private async runCell(cell: vscode.NotebookCell): Promise<boolean> {
    const execution = this.controller.createNotebookCellExecution(cell);
    execution.start(Date.now());
    void execution.clearOutput();
    this.outputs.begin(cell, execution);
    const running = this.client().execute(cellIdOf(cell), cell.document.getText());
    this.setRunning(true);
    const outcome = await running;
    const end = endEvent(cellIdOf(cell), outcome);
    if (end !== undefined) this.outputs.write(end);
    if (outcome.status !== "died") execution.executionOrder = outcome.executionCount;
    this.outputs.finish();
    execution.end(outcome.status === "ok", Date.now());
    this.setRunning(false);
    return outcome.status === "ok";
  }

  private setRunning(runs: boolean): void {
    this.cellRuns = runs;
    this.onChange();
  }

  private client(): KernelClient {
    this.kernel ??= this.start();
    return this.kernel.client;
  }

  private start(): Running {
    const process = this.startKernel();
    this.onStale([]);
    this.died = false;
    const client: KernelClient = new KernelClient(
      process,
      (event) => {
        if (event.type === "input_request") void ask(event, client);
        else this.outputs.write(event);
        if (event.type === "provenance" && event.entry.kind === "runtime")
          this.computedWith = `${event.entry.name} ${event.entry.value}`;
      },
      {
        onStale: this.onStale,
        identities: this.identities,
        onQuery: (query) => {
          this.queries.learn(query);
          this.onQueries(this.queries.list);
        },
        onComm: (message) => {
          this.channels.fromKernel(message);
        },
      },
    );
    const kernel = { process, client };
    process.onDeath((reason) => {
      if (this.kernel !== kernel) return; // we ended it
      this.kernel = undefined;
      this.generation++;
      this.died = true;
      this.computedWith = undefined;
      this.channels.closeAll();
      this.onChange();
      this.onDeath(reason);
    });
    return kernel;
  }
}

async function ask(
  event: Extract<KernelEvent, { type: "input_request" }>,
  client: KernelClient,
): Promise<void> {
  const answer = await vscode.window.showInputBox({
    prompt: event.prompt,
    password: event.password,
    ignoreFocusOut: true,
  });
  client.input(event.parent, answer ?? null);
}

/** What a cell says that did not come to its own end. */
function endEvent(
  cellId: string,
  { status, reason }: ExecutionOutcome,
): Extract<KernelEvent, { type: "error" }> | undefined {
  const say = (ename: string, evalue: string) =>
    ({ type: "error", parent: "", cellId, ename, evalue, traceback: [] }) as const;
  if (status === "died") return say("KernelEnded", reason ?? "The kernel ended.");
  if (status === "interrupted") return say("Interrupted", "The cell was stopped; its variables are kept.");
  return undefined;
}
