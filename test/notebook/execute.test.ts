import assert from "node:assert/strict";
import test from "node:test";
import { codeCell, executeNotebook, KernelStartError, markdownCell } from "../../src/notebook/index.js";
import type {
  Cell,
  ExecuteOptions,
  Notebook,
  RunnableKernel,
  RunProgress,
} from "../../src/notebook/index.js";
import type { KernelEvent, KernelRequest } from "../../src/protocol/index.js";

type Execute = Extract<KernelRequest, { type: "execute_request" }>;
/** What a scripted cell does: events to send, then how it ends; "hangs" sends no reply until it is interrupted. */
type Script = (request: Execute, emit: (event: KernelEvent) => void) => "ok" | "error" | "hangs" | "dies";

/** A kernel that follows a script by each cell's source, so that the run is tested without a process. */
class ScriptedKernel implements RunnableKernel {
  killed = false;
  readonly ran: string[] = [];
  private count = 0;
  private hanging: Execute | undefined;
  private emit: (event: KernelEvent) => void = () => undefined;
  private die: (reason: string) => void = () => undefined;

  constructor(
    private readonly scripts: Readonly<Record<string, Script>>,
    private readonly alive = true,
  ) {}

  onEvent(listener: (event: KernelEvent) => void): void {
    this.emit = listener;
  }

  onDeath(listener: (reason: string) => void): void {
    this.die = listener;
    if (!this.alive)
      setImmediate(() => {
        listener("no such file");
      });
  }

  send(request: KernelRequest): void {
    if (!this.alive) return;
    setImmediate(() => {
      this.answer(request);
    });
  }

  kill(): void {
    this.killed = true;
  }

  private answer(request: KernelRequest): void {
    const parent = request.id;
    if (request.type === "kernel_info_request")
      this.emit({ type: "kernel_info_reply", parent, version: "0.1.0", node: "20.0.0", typescript: "5.9.0" });
    if (request.type === "shutdown_request") this.emit({ type: "shutdown_reply", parent });
    if (request.type === "interrupt_request") {
      this.emit({ type: "interrupt_reply", parent });
      if (this.hanging) this.reply(this.hanging.id, "interrupted");
    }
    if (request.type !== "execute_request") return;
    this.ran.push(request.code);
    const end = this.scripts[request.code]?.(request, this.emit) ?? "ok";
    if (end === "dies") this.die("The kernel was ended by the signal SIGSEGV.");
    else if (end === "hangs") this.hanging = request;
    else this.reply(parent, end);
  }

  private reply(parent: string, status: "ok" | "error" | "interrupted"): void {
    this.emit({ type: "execute_reply", parent, status, executionCount: ++this.count, milliseconds: 5 });
  }
}

const prints =
  (text: string): Script =>
  ({ id, cellId }, emit) => {
    emit({ type: "stream", name: "stdout", text, parent: id, cellId });
    return "ok";
  };
const throws: Script = ({ id, cellId }, emit) => {
  emit({
    type: "error",
    ename: "RangeError",
    evalue: "too far",
    traceback: ["RangeError: too far"],
    parent: id,
    cellId,
  });
  return "error";
};

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const execute = (notebook: Notebook, kernel: RunnableKernel, options: Partial<ExecuteOptions> = {}) =>
  executeNotebook(notebook, kernel, { onProgress: () => undefined, ...options });
const outputsIn = (notebook: Notebook, index: number) => {
  const cell = notebook.cells[index]!;
  assert.ok(cell.cell_type === "code");
  return cell.outputs;
};

test("cells run in order; outputs, counts, times and provenance are stored", async () => {
  const kernel = new ScriptedKernel({ a: prints("A"), b: prints("B") });
  const seen: RunProgress[] = [];
  const notebook = notebookOf(markdownCell("# T"), codeCell("a"), codeCell("  "), codeCell("b", { mine: 1 }));
  const result = await execute(notebook, kernel, { onProgress: (progress) => seen.push(progress) });
  assert.equal(result.ok, true);
  assert.deepEqual(kernel.ran, ["a", "b"]);
  assert.deepEqual(
    result.cells.map(({ index, status, executionCount }) => [index, status, executionCount]),
    [
      [1, "ok", 1],
      [2, "skipped", null],
      [3, "ok", 2],
    ],
  );
  assert.deepEqual(outputsIn(result.notebook, 3), [{ output_type: "stream", name: "stdout", text: "B" }]);
  const { metadata } = result.notebook.cells[3]!;
  assert.equal(metadata["mine"], 1);
  for (const time of Object.values(metadata["execution"] as Record<string, string>))
    assert.equal(new Date(time).toISOString(), time);
  const { provenance } = result.notebook.metadata["spinebook"] as { provenance: Record<string, unknown> };
  assert.equal(provenance["spinebook"], "0.1.0");
  assert.equal(provenance["complete"], true);
  assert.ok((provenance["seconds"] as number) >= 0);
  assert.ok(!JSON.stringify(provenance).includes(process.cwd()));
  assert.deepEqual(
    seen.map(({ state, cell, of }) => [state, cell, of]),
    [
      ["running", 2, 4],
      ["done", 2, 4],
      ["running", 4, 4],
      ["done", 4, 4],
    ],
  );
  assert.ok(kernel.killed, "the process is not left behind");
});

test("the first cell that throws ends the run", async () => {
  const kernel = new ScriptedKernel({ bad: throws });
  const result = await execute(notebookOf(codeCell("a"), codeCell("bad"), codeCell("c")), kernel);
  assert.equal(result.ok, false);
  assert.deepEqual(kernel.ran, ["a", "bad"]);
  assert.equal(result.cells[1]!.error, "RangeError: too far");
  assert.equal(result.cells[2]!.status, "skipped");
});

test("with allowErrors the others run too and the run still fails; a cell tagged raises-exception may throw", async () => {
  const allowed = new ScriptedKernel({ bad: throws });
  const result = await execute(notebookOf(codeCell("bad"), codeCell("c")), allowed, { allowErrors: true });
  assert.deepEqual([result.ok, allowed.ran], [false, ["bad", "c"]]);

  const tagged = new ScriptedKernel({ bad: throws });
  const planned = notebookOf(codeCell("bad", { tags: ["raises-exception"] }), codeCell("c"));
  assert.deepEqual([(await execute(planned, tagged)).ok, tagged.ran], [true, ["bad", "c"]]);
});

test("an error from a timer counts against the cell that set it, though a later cell was running", async () => {
  let late: (() => void) | undefined;
  const kernel = new ScriptedKernel({
    sets: (request, emit) => {
      late = () => void throws(request, emit);
      return "ok";
    },
    waits: () => {
      late?.();
      return "ok";
    },
  });
  const result = await execute(notebookOf(codeCell("sets"), codeCell("waits")), kernel);
  assert.equal(result.ok, false);
  assert.deepEqual(
    result.cells.map(({ status }) => status),
    ["error", "ok"],
  );
});

test("when the kernel dies, what ran is kept and the cell says why", async () => {
  const kernel = new ScriptedKernel({ a: prints("A"), boom: () => "dies" });
  const result = await execute(notebookOf(codeCell("a"), codeCell("boom"), codeCell("c")), kernel, {
    allowErrors: true,
  });
  assert.equal(result.ok, false);
  assert.deepEqual(
    result.cells.map(({ status }) => status),
    ["ok", "died", "skipped"],
  );
  assert.equal(result.cells[1]!.error, "The kernel was ended by the signal SIGSEGV.");
  assert.equal(outputsIn(result.notebook, 0).length, 1);
  assert.equal(outputsIn(result.notebook, 1)[0]!["evalue"], "The kernel was ended by the signal SIGSEGV.");
});

test("an interrupted run stops the running cell and leaves the others out", async () => {
  const kernel = new ScriptedKernel({ loop: () => "hangs" });
  const controller = new AbortController();
  const running = execute(notebookOf(codeCell("loop"), codeCell("c")), kernel, {
    signal: controller.signal,
    onProgress: ({ state }) => {
      if (state === "running")
        setTimeout(() => {
          controller.abort();
        }, 20);
    },
  });
  const result = await running;
  assert.deepEqual(
    result.cells.map(({ status }) => status),
    ["interrupted", "skipped"],
  );
  assert.equal(result.cells[0]!.error, "The run was interrupted.");
  assert.equal(result.ok, false);
});

test("a cell that asks for input is stopped and told to use a parameter", async () => {
  const kernel = new ScriptedKernel({
    ask: ({ id, cellId }, emit) => {
      setImmediate(() => {
        emit({ type: "input_request", prompt: "Name?", password: false, parent: id, cellId });
      });
      return "hangs";
    },
  });
  const result = await execute(notebookOf(codeCell("ask")), kernel);
  assert.match(result.cells[0]!.error!, /make it a parameter/);
  assert.equal(result.ok, false);
});

test("a kernel that cannot start is an error with its reason, before anything ran", async () => {
  await assert.rejects(
    execute(notebookOf(codeCell("a")), new ScriptedKernel({}, false)),
    (error: unknown) =>
      error instanceof KernelStartError && error.message === "The kernel did not start: no such file",
  );
});
