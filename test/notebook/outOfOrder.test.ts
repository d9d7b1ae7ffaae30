import assert from "node:assert/strict";
import test from "node:test";
import { codeCell, htmlReport, KERNEL_DIED, markdownCell, outOfOrder } from "../../src/notebook/index.js";
import type { Cell, Notebook, Output } from "../../src/notebook/index.js";

const shown: Output = { output_type: "stream", name: "stdout", text: "x" };
const ran = (count: number | null, outputs: Output[] = [shown], source = "1"): Cell => ({
  ...codeCell(source),
  execution_count: count,
  outputs,
});
const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });

test("a notebook run from top to bottom, never run, or run up to a cell, is in order", () => {
  const inOrder: Cell[][] = [
    [],
    [ran(1), markdownCell("# T"), ran(null, [], "  "), ran(2)],
    [ran(3), ran(7)],
    [ran(null, []), ran(null, [])],
    [ran(1), ran(2), ran(null, [])],
  ];
  for (const cells of inOrder) assert.equal(outOfOrder(notebookOf(...cells)), undefined);
});

test("a notebook out of order says what is wrong, by the cells' numbers", () => {
  const cases: [cells: Cell[], says: RegExp][] = [
    [
      [ran(2), markdownCell("# T"), ran(1)],
      /^The cells were run out of order: cell 3 before cell 1\. Run all/,
    ],
    [[ran(1), ran(1)], /^Cells 1 and 2 were run in different sessions\./],
    [[ran(1), ran(null)], /^Cell 2 shows outputs though it was not run in this session\./],
    [[ran(1), ran(null, []), ran(2)], /^Cell 2 was not run though cell 3 was\./],
  ];
  for (const [cells, says] of cases) assert.match(outOfOrder(notebookOf(...cells))!, says);
});

test("a cell that the kernel died in has no count for a good reason", () => {
  const death: Output = { output_type: "error", ename: KERNEL_DIED, evalue: "it ended", traceback: [] };
  assert.equal(outOfOrder(notebookOf(ran(1), ran(null, [death]), ran(null, []))), undefined);
});

test("the report warns near the top, as a note, also in print", () => {
  const options = { title: "t", renderers: "" };
  const html = htmlReport(notebookOf(ran(2), ran(1)), options);
  const at = html.indexOf('<p class="warning" role="note"><strong>Out of order.</strong> The cells were run');
  assert.ok(at > 0 && at < html.indexOf("<main>"));
  const printed = /@media print \{[\s\S]*\n\}/.exec(html)![0];
  assert.ok(!/\.warning[^{]*\{[^}]*display: none/.test(printed));
  for (const scheme of [/:root \{ color-scheme/, /prefers-color-scheme: dark/, /@media print/])
    assert.match(
      html.slice(html.search(scheme)).slice(0, 500),
      /--warn: #[0-9a-f]+; --warn-panel: #[0-9a-f]+/,
    );
  assert.ok(!htmlReport(notebookOf(ran(1)), options).includes('class="warning"'));
});
