import assert from "node:assert/strict";
import test from "node:test";
import {
  codeCell,
  formatNotebook,
  htmlReport,
  markdownCell,
  parseNotebook,
} from "../../src/notebook/index.js";
import type { Cell, Notebook } from "../../src/notebook/index.js";

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const tagged = (...tags: string[]): Cell => ({
  ...codeCell("const secret = 1", { tags }),
  execution_count: 3,
  outputs: [{ output_type: "stream", name: "stdout", text: "printed\n" }],
});
function mainOf(
  notebook: Notebook,
  form: "notebook" | "reading" = "notebook",
): { main: string; warnings: string[] } {
  const warnings: string[] = [];
  const html = htmlReport(notebook, {
    title: "t",
    renderers: "",
    form,
    onWarning: (text) => warnings.push(text),
  });
  return { main: /<main>([\s\S]*)<\/main>/.exec(html)![1]!, warnings };
}

const CODE = /<details class="code"><summary>Code \[3\]/;
const KEPT = /<details class="code kept"><summary>Code \[3\]/;
const OPEN =
  /<\/details>\n<pre class="stream stdout">printed|<section class="cell">\n<pre class="stream stdout">printed/;
const FOLDED =
  /<details class="folded"><summary>Output \[3\]<\/summary>\n<pre class="stream stdout">printed\n<\/pre>\n<\/details>/;
const ROWS: readonly (readonly [tag: string, code: RegExp | undefined, output: RegExp | undefined])[] = [
  ["other", CODE, OPEN],
  ["hide-input", KEPT, OPEN],
  ["hide-output", CODE, FOLDED],
  ["hide-cell", KEPT, FOLDED],
  ["remove-input", undefined, OPEN],
  ["remove-output", CODE, undefined],
  ["remove-cell", undefined, undefined],
];
for (const [tag, code, output] of ROWS)
  test(`the tag ${tag} in a report`, () => {
    const { main } = mainOf(notebookOf(tagged(tag)));
    if (code) assert.match(main, code);
    else assert.ok(!main.includes("secret"), main);
    if (output) assert.match(main, output);
    else assert.ok(!main.includes("printed"), main);
    if (!code && !output) assert.equal(main.trim(), "");
  });

test("a removed text cell has no heading in the contents; reports without code fold outputs too", () => {
  const { main } = mainOf(
    notebookOf(markdownCell("# Gone", { tags: ["remove-cell"] }), tagged("hide-output")),
    "reading",
  );
  assert.ok(!main.includes("Gone"));
  assert.match(main, FOLDED);
});

test("an error that tags keep out of the report is told", () => {
  const failed: Cell = {
    ...tagged("remove-cell"),
    outputs: [{ output_type: "error", ename: "E", evalue: "v", traceback: [] }],
  };
  const { warnings } = mainOf(notebookOf(markdownCell("x"), failed));
  assert.deepEqual(warnings, ["Cell 2 ended in an error, which its tags keep out of the report."]);
});

test("tags and hidden outputs stay in the file", () => {
  const again = parseNotebook(formatNotebook(notebookOf(tagged("remove-cell", "hide-output"))), "n.ipynb");
  assert.deepEqual(again.cells[0]!.metadata["tags"], ["remove-cell", "hide-output"]);
  assert.equal((again.cells[0]!["outputs"] as unknown[]).length, 1);
});
