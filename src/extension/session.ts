import * as vscode from "vscode";
import {
  KernelClient,
  type ExecutionOutcome,
  type KernelEvent,
  type SpawnedKernel,
} from "../protocol/index.js";
import { cellIdOf, NotebookOutputs } from "./notebookOutputs.js";

interface Running {
  readonly process: SpawnedKernel;
  readonly client: KernelClient;
}

/** One notebook's kernel and the queue of its cells. The kernel starts with the first cell, and again after it has ended. */
export class NotebookSession {
  private kernel: Running | undefined;
  private readonly outputs: NotebookOutputs;
  private queue: Promise<void> = Promise.resolve();
  /** Counts up when what is queued is to be dropped: after an error, an interrupt, a restart. */
  private generation = 0;

  constructor(
    private readonly controller: vscode.NotebookController,
    notebook: vscode.NotebookDocument,
    private readonly startKernel: () => SpawnedKernel,
    /** Told, with a sentence for people, when the kernel ended by itself. */
    private readonly onDeath: (reason: string) => void,
    /** Told the ids of all cells whose results rest on definitions that have changed since. */
    private readonly onStale: (cells: readonly string[]) => void,
  ) {
    this.outputs = new NotebookOutputs(controller, notebook);
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
    kernel?.process.kill();
  }

  private async runCell(cell: vscode.NotebookCell): Promise<boolean> {
    const execution = this.controller.createNotebookCellExecution(cell);
    execution.start(Date.now());
    void execution.clearOutput();
    this.outputs.begin(cell, execution);
    const outcome = await this.client().execute(cellIdOf(cell), cell.document.getText());
    if (outcome.status === "died") this.outputs.write(deathEvent(cellIdOf(cell), outcome));
    else execution.executionOrder = outcome.executionCount;
    this.outputs.finish();
    execution.end(outcome.status === "ok", Date.now());
    return outcome.status === "ok";
  }

  private client(): KernelClient {
    this.kernel ??= this.start();
    return this.kernel.client;
  }

  private start(): Running {
    const process = this.startKernel();
    this.onStale([]);
    const client: KernelClient = new KernelClient(
      process,
      (event) => {
        if (event.type === "input_request") void ask(event, client);
        else this.outputs.write(event);
      },
      { onStale: this.onStale },
    );
    const kernel = { process, client };
    process.onDeath((reason) => {
      if (this.kernel !== kernel) return; // we ended it
      this.kernel = undefined;
      this.generation++;
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

function deathEvent(cellId: string, outcome: ExecutionOutcome): Extract<KernelEvent, { type: "error" }> {
  const evalue = outcome.reason ?? "The kernel ended.";
  return { type: "error", parent: "", cellId, ename: "KernelEnded", evalue, traceback: [] };
}
