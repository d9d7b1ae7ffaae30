import assert from "node:assert/strict";
import test from "node:test";
import { NO_OUTPUTS, outputsOf, reduceOutputs } from "../../src/notebook/index.js";
import type { OutputsState } from "../../src/notebook/index.js";
import type { KernelEvent } from "../../src/protocol/index.js";

const from = (cellId: string) => ({ parent: "r1", cellId });
const print = (cellId: string, text: string, name: "stdout" | "stderr" = "stdout"): KernelEvent => ({
  type: "stream",
  name,
  text,
  ...from(cellId),
});
const show = (cellId: string, text: string, displayId?: string): KernelEvent => ({
  type: "display_data",
  data: { "text/plain": text },
  metadata: {},
  ...(displayId === undefined ? {} : { displayId }),
  ...from(cellId),
});
const after = (...events: KernelEvent[]): OutputsState => events.reduce(reduceOutputs, NO_OUTPUTS);

/** What the outputs say, in short. */
const texts = (state: OutputsState, cellId: string): unknown[] =>
  outputsOf(state, cellId).map((output) =>
    output.output_type === "stream"
      ? `${output.name}: ${output.text}`
      : (output["data"] as Record<string, unknown>)["text/plain"],
  );

test("consecutive writes to one stream are one output; the other stream and displays separate", () => {
  const state = after(
    print("a", "1"),
    print("a", "2\n"),
    print("a", "!", "stderr"),
    print("a", "3"),
    show("a", "x"),
    print("a", "4"),
  );
  assert.deepEqual(texts(state, "a"), ["stdout: 12\n", "stderr: !", "stdout: 3", "x", "stdout: 4"]);
});

test("writes of two cells that interleave are not mixed", () => {
  const state = after(print("a", "1"), print("b", "x"), print("a", "2"));
  assert.deepEqual(texts(state, "a"), ["stdout: 12"]);
  assert.deepEqual(texts(state, "b"), ["stdout: x"]);
  assert.deepEqual(outputsOf(state, "never ran"), []);
});

test("a display is updated in whichever cells it stands, from any cell; unknown ids change nothing", () => {
  const update: KernelEvent = {
    type: "update_display_data",
    data: { "text/plain": "new" },
    metadata: { m: 1 },
    displayId: "bar",
    ...from("c"),
  };
  const state = after(show("a", "old", "bar"), show("a", "other"), show("b", "old", "bar"), update, {
    ...update,
    displayId: "?",
  });
  assert.deepEqual(texts(state, "a"), ["new", "other"]);
  assert.deepEqual(texts(state, "b"), ["new"]);
  assert.deepEqual(outputsOf(state, "c"), []);
  assert.deepEqual(outputsOf(state, "b")[0], {
    output_type: "display_data",
    data: { "text/plain": "new" },
    metadata: { m: 1 },
  });
});

test("results and errors have nbformat's fields", () => {
  const state = after(
    { type: "execute_result", data: { "text/plain": "7" }, metadata: {}, executionCount: 2, ...from("a") },
    { type: "error", ename: "TypeError", evalue: "no", traceback: ["t"], ...from("a") },
  );
  assert.deepEqual(outputsOf(state, "a"), [
    { output_type: "execute_result", data: { "text/plain": "7" }, execution_count: 2, metadata: {} },
    { output_type: "error", ename: "TypeError", evalue: "no", traceback: ["t"] },
  ]);
});

test("clear_output clears at once, or with wait when the next output comes", () => {
  const clear = (wait: boolean): KernelEvent => ({ type: "clear_output", wait, ...from("a") });
  assert.deepEqual(texts(after(print("a", "1"), clear(false)), "a"), []);
  assert.deepEqual(texts(after(print("a", "1"), clear(true)), "a"), ["stdout: 1"]);
  assert.deepEqual(texts(after(print("a", "1"), clear(true), print("a", "2"), print("a", "3")), "a"), [
    "stdout: 23",
  ]);
});

test("the state given is not changed", () => {
  const before = after(print("a", "1"));
  reduceOutputs(before, print("a", "2"));
  reduceOutputs(before, show("a", "x"));
  assert.deepEqual(texts(before, "a"), ["stdout: 1"]);
});
