import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { spawnKernel } from "../../src/kernel/index.js";
import type { SpawnedKernel } from "../../src/protocol/index.js";
import { KernelClient, type ExecutionOutcome } from "../../src/protocol/client.js";
import type { KernelEvent } from "../../src/protocol/messages.js";

type CellEvent = KernelEvent & { readonly cellId: string };

/** The longest that a cell of a test may take; the slowest, an `npm install`, takes a tenth of it. */
const CELL_LIMIT_MILLISECONDS = 120_000;

/** Kernels that no test has closed: a test that fails midway leaves its kernel, which would keep the test file alive. */
const open = new Set<TestKernel>();
after(() => {
  for (const kernel of open) kernel.kill();
});

/** A spawned kernel in a fresh folder, with what its cells said. */
export class TestKernel {
  readonly folder = mkdtempSync(join(tmpdir(), "spinebook-kernel-"));
  readonly events: CellEvent[] = [];
  readonly client: KernelClient;
  death: string | undefined;
  /** The stale cells, as the kernel last told them. */
  stale: readonly string[] = [];
  /** Told when a cell begins to be compiled and run. */
  onBusy: () => void = () => undefined;
  /** What the user answers to a question. */
  answer: (question: string) => string | null = () => null;
  private readonly channel: SpawnedKernel;
  private cellCount = 0;

  constructor(
    fallbackPackages: Record<string, string> = {},
    { allowInput = true, memoryLimit }: { readonly allowInput?: boolean; readonly memoryLimit?: number } = {},
  ) {
    const kernelPath = process.env.SPINEBOOK_KERNEL ?? join(process.cwd(), "dist/kernel/main.js");
    this.channel = spawnKernel({
      kernelPath,
      cwd: this.folder,
      fallbackPackages,
      ...(memoryLimit === undefined ? {} : { memoryLimit }),
    });
    open.add(this);
    this.channel.onEvent((event) => {
      if (event.type === "status" && event.state === "busy") this.onBusy();
    });
    this.channel.onDeath((reason) => (this.death = reason));
    this.client = new KernelClient(
      this.channel,
      (event) => {
        this.events.push(event);
        if (event.type === "input_request") this.client.input(event.parent, this.answer(event.prompt));
      },
      { allowInput, onStale: (cells) => (this.stale = cells) },
    );
  }

  /** Runs a cell; the answer holds its outcome and what it said until its reply. */
  async run(code: string, cellId = `cell-${++this.cellCount}`): Promise<CellRun> {
    const from = this.events.length;
    const outcome = await this.inTime(this.client.execute(cellId, code), code);
    return new CellRun(
      cellId,
      outcome,
      this.events.slice(from).filter((event) => event.cellId === cellId),
    );
  }

  /** The text that a cell has written so far, also after its reply. */
  text(cellId: string, name: "stdout" | "stderr" = "stdout"): string {
    return this.events
      .flatMap((event) =>
        event.type === "stream" && event.cellId === cellId && event.name === name ? [event.text] : [],
      )
      .join("");
  }

  /** Waits until a cell, named by its id, has begun: until it has written `mark`. */
  async begun(cellId: string, mark = "begun"): Promise<void> {
    await until(() => this.text(cellId).includes(mark), `${cellId} to begin`);
  }

  kill(): void {
    this.channel.kill();
  }

  async close(): Promise<void> {
    await this.inTime(this.client.shutdown(), "the end");
    this.channel.kill();
    open.delete(this);
    rmSync(this.folder, { recursive: true });
  }

  /** Waits until the process is no more. */
  async gone(): Promise<void> {
    const { pid } = this.channel;
    await until(() => pid === undefined || !isAlive(pid), "the process to end");
  }

  /** Fails with what is known of the process when `answer` does not come: no test hangs without a word. */
  private async inTime<T>(answer: Promise<T>, question: string): Promise<T> {
    let timer: NodeJS.Timeout | undefined;
    const limit = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        reject(new Error(`The kernel did not answer to:\n${question}\n${this.describeProcess()}`));
      }, CELL_LIMIT_MILLISECONDS);
    });
    try {
      return await Promise.race([answer, limit]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The process' threads and what each waits in, on Linux, and the last events. */
  private describeProcess(): string {
    const { pid } = this.channel;
    const tasks = `/proc/${pid}/task`;
    const threads =
      pid === undefined || !existsSync(tasks)
        ? ["no such process"]
        : readdirSync(tasks).map((thread) =>
            ["comm", "wchan", "syscall"]
              .map((name) => readIfPossible(join(tasks, thread, name)).trim())
              .join(" "),
          );
    const last = this.events.slice(-3).map((event) => JSON.stringify(event).slice(0, 200));
    return [`death: ${this.death}`, ...threads, ...last].join("\n");
  }
}

/** Whether a process runs; one that has ended may stay in the list until somebody collects it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const stat = readIfPossible(`/proc/${pid}/stat`);
  return !/\) [ZX] /.test(stat);
}

function readIfPossible(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "?";
  }
}

/** What one cell's run gave. */
export class CellRun {
  constructor(
    readonly cellId: string,
    readonly outcome: ExecutionOutcome,
    readonly events: readonly CellEvent[],
  ) {}

  /** The last expression's value as text. */
  get result(): unknown {
    return this.events.find((event) => event.type === "execute_result")?.data["text/plain"];
  }

  get errors(): Extract<KernelEvent, { type: "error" }>[] {
    return this.events.filter((event) => event.type === "error");
  }

  get traceback(): string {
    return this.errors.flatMap((error) => error.traceback).join("\n");
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits until `condition` holds, however slow the machine; throws when it still does not after two minutes. */
export async function until(condition: () => boolean, what: string): Promise<void> {
  const end = Date.now() + CELL_LIMIT_MILLISECONDS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}.`);
    await sleep(10);
  }
}
