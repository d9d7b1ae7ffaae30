import assert from "node:assert/strict";
import test from "node:test";
import {
  codeCell,
  compareNotebooks,
  firstDifference,
  hasOutputs,
  markdownCell,
  ranBehindError,
  sameNumber,
  sameText,
} from "../../src/notebook/index.js";
import type { Cell, CellDifference, JsonObject, Notebook, Output } from "../../src/notebook/index.js";

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const ran = (outputs: Output[], tags: string[] = [], count: number | null = 1): Cell => ({
  ...codeCell("f()", { tags }),
  id: "c",
  execution_count: count,
  outputs,
});
const print = (text: string, name: "stdout" | "stderr" = "stdout"): Output => ({
  output_type: "stream",
  name,
  text,
});
const display = (data: JsonObject, metadata: JsonObject = {}): Output => ({
  output_type: "display_data",
  data,
  metadata,
});
const fails = (ename: string, evalue: string, line = "1"): Output => ({
  output_type: "error",
  ename,
  evalue,
  traceback: [`at line ${line}`],
});
const compare = (stored: Output[], fresh: Output[], tolerance = 0): readonly CellDifference[] =>
  compareNotebooks(notebookOf(ran(stored)), notebookOf(ran(fresh)), tolerance).differences;
const same = (stored: Output[], fresh: Output[], tolerance = 0): void => {
  assert.deepEqual(compare(stored, fresh, tolerance), []);
};
const differ = (stored: Output[], fresh: Output[], tolerance = 0): CellDifference => {
  const [found, ...more] = compare(stored, fresh, tolerance);
  assert.ok(found, "a difference is found");
  assert.deepEqual(more, [], "one line per cell");
  return found;
};

test("counts, metadata, traces and how a stream came in pieces do not count", () => {
  const result = (execution_count: number): Output => ({
    output_type: "execute_result",
    data: { "text/plain": "1" },
    execution_count,
    metadata: {},
  });
  same([result(1)], [result(9)]);
  same([display({ "text/plain": "1" }, { width: 1 })], [display({ "text/plain": "1" })]);
  same([fails("E", "v", "1")], [fails("E", "v", "2")]);
  same([print("a\n"), print("b\n")], [print("a\nb\n"), print("")]);
  same([print("10 %\r100 %\n")], [print("50 %\r90 %\r100 %\n")]);
  same([display({ "image/png": "QUJD\nREVG\n" })], [display({ "image/png": "QUJDREVG" })]);
  same([display({ "application/json": { a: 1, b: 2 } })], [display({ "application/json": { b: 2, a: 1 } })]);
});

test("what differs is told by output, type, place and both sides", () => {
  assert.deepEqual(differ([print("a b c")], [print("a x c")]), {
    cell: 1,
    id: "c",
    output: 1,
    what: "stdout",
    stored: "a b c",
    fresh: "a x c",
  });
  const json = (grade: number): Output =>
    display({ "application/json": { discs: [{ grade: 1 }, { grade }] } });
  const { output, what, stored, fresh } = differ([print("x"), json(3)], [print("x"), json(4)]);
  assert.deepEqual([output, what, stored, fresh], [2, "application/json.discs[1].grade", "3", "4"]);
  assert.equal(differ([fails("E", "v")], [fails("E", "w")]).stored, "E: v");
  assert.equal(
    differ([display({ "image/png": "QUJD" })], [display({ "image/png": "QUJE" })]).what,
    "image/png",
  );
});

test("other outputs, more or fewer, or in another order, differ", () => {
  assert.deepEqual(differ([print("a")], []).fresh, "(nothing)");
  assert.deepEqual(differ([], [fails("E", "v")]), {
    cell: 1,
    id: "c",
    output: 1,
    what: "error",
    stored: "(nothing)",
    fresh: "error: E: v",
  });
  differ([print("a"), display({ "text/plain": "b" })], [display({ "text/plain": "b" }), print("a")]);
  differ([print("a")], [print("a", "stderr")]);
  assert.equal(
    differ([display({ "text/plain": "1", "text/html": "1" })], [display({ "text/plain": "1" })]).what,
    "text/html",
  );
});

test("a difference far into a long text is shown around its place, shortened", () => {
  const long = "x".repeat(500);
  const { stored, fresh } = differ([print(`${long}\nA${long}`)], [print(`${long}\nB${long}`)]);
  assert.match(stored, /^…x+\\nAx+…$/);
  assert.match(fresh, /^…x+\\nBx+…$/);
  assert.ok(stored.length <= 80 && fresh.length <= 80);
});

test("with a tolerance, numbers in JSON and in texts may be off that much; without one every character counts", () => {
  const json = (n: unknown): Output[] => [display({ "application/json": { n } })];
  differ(json(1), json(1 + 1e-9));
  same(json(1), json(1 + 1e-9), 1e-6);
  differ(json(1), json(1.1), 1e-6);
  differ(json(1), json("1"), 1e-6);
  differ([print("kappa 0.8000001")], [print("kappa 0.8000002")]);
  same([print("kappa 0.8000001, n = 30")], [print("kappa 0.8000002, n = 30")], 1e-6);
  assert.equal(
    differ([print("kappa 0.8, n = 30")], [print("kappa 0.8, n = 31")], 1e-6).fresh,
    "kappa 0.8, n = 31",
  );
  same([display({ "text/html": "<td>1e-3</td>" })], [display({ "text/html": "<td>0.001</td>" })], 1e-6);
  differ([display({ "text/html": "<td>1</td>" })], [display({ "text/html": "<th>1</th>" })], 1e-6);
});

test("numbers compare relative to the larger one", () => {
  assert.ok(sameNumber(1000, 1001, 0.001));
  assert.ok(!sameNumber(1000, 1002, 0.001));
  assert.ok(!sameNumber(0, 1e-12, 0.001), "beside zero nothing is relatively near");
  assert.ok(sameNumber(NaN, NaN, 0));
  assert.ok(!sameNumber(NaN, 1, 1));
  assert.ok(sameText("L4-L5 2.50", "L4-L5 2.5", 1e-9));
  assert.ok(!sameText("1 2", "1 2 3", 0.5));
});

test("packed data has no numbers that may be off", () => {
  const [a, b] = ["A".repeat(1000) + "1000", "A".repeat(1000) + "1001"];
  assert.ok(firstDifference({ voxels: a }, { voxels: b }, 0.5));
});

test("of a cell tagged varies only its failing counts", () => {
  const pair = (stored: Output[], fresh: Output[]) =>
    compareNotebooks(
      notebookOf(markdownCell("# T"), ran(stored, ["varies"]), ran([print("x")])),
      notebookOf(markdownCell("# T"), ran(fresh, ["varies"]), ran([print("x")])),
      0,
    );
  assert.deepEqual(pair([print("1 s")], [print("2 s")]), { differences: [], compared: 1, leftOut: [2] });
  const [found] = pair([print("1 s")], [fails("E", "v")]).differences;
  assert.deepEqual([found?.cell, found?.stored, found?.fresh], [2, "no error", "E: v"]);
});

test("a cell that was run and now is not, as one above it failed, is told", () => {
  const stored = notebookOf(ran([print("a")]), ran([], [], 2), ran([], [], null));
  const fresh = notebookOf(ran([fails("E", "v")]), ran([], [], null), ran([], [], null));
  assert.deepEqual(
    compareNotebooks(stored, fresh, 0).differences.map(({ cell, what }) => [cell, what]),
    [
      [1, "error"],
      [2, "run"],
    ],
  );
});

test("what looks like an identity is not told, also where the difference stands in its middle", () => {
  const found = differ([print("PatientName: Jane Doe")], [print("PatientName: Jane Roe")]);
  assert.ok(!/Jane|oe/.test(JSON.stringify([found.stored, found.fresh]).replace("does", "")), found.stored);
  assert.match(found.stored, /not shown/);
});

test("whether there is anything to compare, and whether the stored run went on behind an error", () => {
  assert.equal(hasOutputs(notebookOf(markdownCell("x"), ran([]))), false);
  assert.equal(hasOutputs(notebookOf(ran([print("x")]))), true);
  const failed = ran([fails("E", "v")]);
  assert.equal(ranBehindError(notebookOf(failed, ran([], [], null))), false);
  assert.equal(ranBehindError(notebookOf(failed, ran([], [], 2))), true);
});
