import assert from "node:assert/strict";
import test from "node:test";
import {
  codeCell,
  executeNotebook,
  KernelStartError,
  markdownCell,
  outOfOrder,
  refuseExecution,
} from "../../../src/notebook/index.js";
import type {
  Cell,
  ExecuteOptions,
  Notebook,
  RunnableKernel,
  RunProgress,
} from "../../../src/notebook/index.js";
import { prints, reads, ScriptedKernel, throws } from "./scriptedKernel.js";
import type { Script } from "./scriptedKernel.js";

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

test("a cell tagged skip-execution is not run and stays as it was; the next ones run", async () => {
  const kernel = new ScriptedKernel({ a: prints("A"), b: prints("B") });
  const kept: Cell = {
    ...codeCell("a", { tags: ["other", "skip-execution"], mine: 1 }),
    execution_count: 7,
    outputs: [{ output_type: "error", ename: "Old", evalue: "old", traceback: [] }],
  };
  const result = await execute(notebookOf(kept, codeCell("b", { tags: "skip-execution" })), kernel);
  assert.deepEqual(kernel.ran, ["b"], "a list of tags is asked for, as nbclient does");
  assert.deepEqual(result.notebook.cells[0], kept);
  assert.deepEqual([result.ok, result.cells.map(({ status }) => status)], [true, ["skipped", "ok"]]);
  assert.equal(outOfOrder(result.notebook), undefined);
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

test("cells are told that they cannot ask for input; one that asks all the same gets no answer and is not waited for", async () => {
  const kernel = new ScriptedKernel({
    ask: ({ id, cellId }, emit) => {
      setImmediate(() => {
        emit({ type: "input_request", prompt: "Name?", password: false, parent: id, cellId });
      });
      return "hangs";
    },
  });
  const result = await execute(notebookOf(codeCell("ask")), kernel);
  assert.equal(result.cells[0]!.status, "ok", "the answer ended the wait");
  assert.deepEqual(kernel.inputs, [null]);
  assert.ok(
    kernel.requests.every((request) => request.type !== "execute_request" || request.allowInput === false),
  );
});

test("a cell over its time is stopped and says so; the others are left out", async () => {
  const kernel = new ScriptedKernel({ loop: () => "hangs" });
  const result = await execute(notebookOf(codeCell("loop"), codeCell("c")), kernel, { timeoutSeconds: 0.05 });
  assert.deepEqual(
    result.cells.map(({ status }) => status),
    ["interrupted", "skipped"],
  );
  assert.equal(result.cells[0]!.error, "The cell took longer than 0.05 s (--timeout).");
  assert.equal(outputsIn(result.notebook, 0)[0]!["evalue"], "The cell took longer than 0.05 s (--timeout).");
  assert.equal(result.ok, false);
  const { provenance } = result.notebook.metadata["spinebook"] as { provenance: Record<string, unknown> };
  assert.equal(provenance["complete"], false);
});

test("with allowErrors the run goes on behind a cell over its time, each cell with its own limit", async () => {
  const kernel = new ScriptedKernel({ loop: () => "hangs" });
  const notebook = notebookOf(
    codeCell("loop", { tags: ["raises-exception"] }),
    codeCell("c"),
    codeCell("loop"),
  );
  const result = await execute(notebook, kernel, { timeoutSeconds: 0.05, allowErrors: true });
  assert.deepEqual(
    result.cells.map(({ status }) => status),
    ["interrupted", "ok", "interrupted"],
  );
  assert.equal(result.ok, false, "a tag that allows errors does not allow taking for ever");
});

test("a kernel that does not follow is ended, and nothing runs behind it", async () => {
  const kernel = new ScriptedKernel({ loop: () => "deaf" });
  const result = await execute(notebookOf(codeCell("loop"), codeCell("c")), kernel, {
    timeoutSeconds: 0.05,
    allowErrors: true,
  });
  assert.deepEqual(
    result.cells.map(({ status }) => status),
    ["died", "skipped"],
  );
  assert.match(result.cells[0]!.error!, /^The cell took longer than 0\.05 s \(--timeout\)\. ./);
  assert.ok(kernel.killed);
  assert.equal(result.identityKnown, false, "it may have read what it could not tell any more");
  assert.throws(() => {
    refuseExecution(result, "It is kept.");
  }, /no longer answered.*look through the outputs yourself\. It is kept\.$/);
});

test("the provenance tells what the results rest on, each thing once, and no parameter's value", async () => {
  const rests: (name: string) => Script =
    (name) =>
    ({ id, cellId }, emit) => {
      for (const entry of [
        { kind: "data", name: "series", value: "ab12" },
        { kind: "data", name: "series", value: "ab12" },
        { kind: "data", name: "series", value: "cd34" },
        { kind: "runtime", name: "tfjs", value: "cpu" },
        { kind: "model", name, value: "ef56" },
        { kind: "seed", name: "bootstrap", value: "7" },
      ] as const)
        emit({ type: "provenance", entry, parent: id, cellId });
      return "ok";
    };
  const cells = [codeCell("a"), codeCell(""), codeCell("b")];
  const kernel = new ScriptedKernel({ a: rests("detection"), b: rests("grading") });
  const result = await execute(notebookOf(...cells), kernel, {
    parameters: { patient: "Jane Doe", seed: 7 },
  });
  const { provenance } = result.notebook.metadata["spinebook"] as { provenance: Record<string, unknown> };
  assert.deepEqual(provenance["data"], [
    { name: "series", value: "ab12" },
    { name: "series", value: "cd34" },
  ]);
  assert.deepEqual(provenance["models"], [
    { name: "detection", value: "ef56" },
    { name: "grading", value: "ef56" },
  ]);
  assert.deepEqual(provenance["runtimes"], [{ name: "tfjs", value: "cpu" }]);
  assert.deepEqual(provenance["seeds"], [{ name: "bootstrap", value: "7" }]);
  assert.deepEqual(provenance["parameters"], ["patient", "seed"]);
  assert.deepEqual(provenance["cells"], { [cells[0]!.id]: 0.005, [cells[2]!.id]: 0.005 });
  assert.equal(provenance["memoryLimit"], 2048);
  assert.deepEqual(outputsIn(result.notebook, 0), [], "provenance is no output");
  assert.ok(!JSON.stringify(result.notebook).includes("Jane"));
});

test("what the cells have read is looked for in the whole notebook", async () => {
  const kernel = new ScriptedKernel({ a: reads("Jane Doe", prints("Jane Doe, 12345")) });
  const result = await execute(notebookOf(markdownCell("Jane Doe"), codeCell("a")), kernel);
  assert.deepEqual(result.identity, [
    { cellIndex: 0, part: "source", kind: "patient name" },
    { cellIndex: 1, part: "output", kind: "patient name" },
  ]);
  assert.equal(result.identityKnown, true);
});

test("what the cells of a kernel that died have read is looked for all the same", async () => {
  const kernel = new ScriptedKernel({ a: reads("Jane Doe", () => "ok"), boom: () => "dies" });
  const result = await execute(notebookOf(markdownCell("Jane Doe"), codeCell("a"), codeCell("boom")), kernel);
  assert.equal(result.identityKnown, true);
  assert.deepEqual(result.identity, [{ cellIndex: 0, part: "source", kind: "patient name" }]);
});

test("a kernel that cannot start is an error with its reason, before anything ran", async () => {
  await assert.rejects(
    execute(notebookOf(codeCell("a")), new ScriptedKernel({}, { alive: false })),
    (error: unknown) =>
      error instanceof KernelStartError && error.message === "The kernel did not start: no such file",
  );
});
