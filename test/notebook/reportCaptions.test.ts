import assert from "node:assert/strict";
import test from "node:test";
import { htmlReport, markdownCell } from "../../src/notebook/index.js";
import type { Notebook } from "../../src/notebook/index.js";
import { runCells } from "./runCells.js";

function report(notebook: Notebook): { main: string; warnings: string[] } {
  const warnings: string[] = [];
  const html = htmlReport(notebook, { title: "t", renderers: "", onWarning: (text) => warnings.push(text) });
  return { main: /<main>([\s\S]*)<\/main>/.exec(html)![1]!, warnings };
}

test("captions are numbered, joined to what they are of, and referred to", { timeout: 120_000 }, async () => {
  await runCells(
    [
      "1",
      "//| caption: Heights by *level* and $h$\n//| label: tbl-heights\n[{ level: 'L4-L5', height: 9 }]",
      "display(display.html('<b>one</b>'), { caption: 'The first', label: 'fig-one' }); display(display.html('<b>two</b>'), { caption: 'See @fig-one' });",
      "//| fig-cap: \"Twice\"\n//| label: fig-one\ndisplay(display.html('<b>three</b>'));",
      "//| label: setup\n2",
    ],
    {},
    (result) => {
      assert.equal(result.ok, true, JSON.stringify(result.cells));
      const text = markdownCell("See @fig-one, (@tbl-heights), @fig-nope, `@fig-one` and me@fig-one.org.");
      const { main, warnings } = report({ ...result.notebook, cells: [text, ...result.notebook.cells] });
      assert.match(
        main,
        /See <a href="#fig-one">Figure 1<\/a>, \(<a href="#tbl-heights">Table 1<\/a>\), @fig-nope, <code>@fig-one<\/code> and/,
      );
      assert.match(
        main,
        /<figure class="captioned" id="tbl-heights">\n<figcaption><strong>Table 1<\/strong>: Heights by <em>level<\/em> and <span class="katex">[\s\S]*?<\/figcaption>\n<div class="output">/,
      );
      assert.match(
        main,
        /<b>one<\/b><\/div>\n<\/div>\n<figcaption><strong>Figure 1<\/strong>: The first<\/figcaption>/,
      );
      assert.match(main, /<strong>Figure 2<\/strong>: See <a href="#fig-one">Figure 1<\/a>/);
      assert.match(main, /<b>three<\/b>[\s\S]*<strong>Figure 3<\/strong>: Twice/);
      assert.equal(main.match(/id="fig-one"/g)!.length, 1);
      assert.equal(main.match(/<figure /g)!.length, 4);
      assert.deepEqual(warnings, [
        'Cell 5: the label "fig-one" is that of Figure 1 already; references lead there.',
        'Cell 6: nothing can refer to the label "setup": one of a figure begins with "fig-", one of a table with "tbl-".',
        "Cell 1 refers to @fig-nope, which no figure and no table of the report has as its label.",
      ]);
    },
  );
});

test("options as Python's cells have them are told", { timeout: 120_000 }, async () => {
  await runCells(["1", "\n#| caption: Heights\n2"], {}, ({ failures }) => {
    assert.match(failures[0]?.error ?? "", /begin with "\/\/\|", not with "#\|": write \/\/\| caption: /);
  });
});

test("a label of another form is refused where it is given", { timeout: 120_000 }, async () => {
  await runCells(["1", "display(1, { label: 'heights' })"], {}, ({ failures }) => {
    assert.match(failures[0]?.error ?? "", /A label begins with "fig-" or "tbl-"/);
  });
});
