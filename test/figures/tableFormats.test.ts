import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { agreementRows, perGradeTable, toCsv, toHtml, toLatex, toMarkdown } from "../../src/figures/index.js";
import { parseCsv } from "../../src/text/index.js";

const rows = [
  { level: "L4-L5", kappa: 0.7123456, cases: 20, note: "50 % & a|b" },
  { level: "L5-S1", kappa: -0.5, cases: 3n, note: null },
];

describe("a table in another form", () => {
  it("is LaTeX that compiles: signs escaped, numbers to the right with a true minus", () => {
    assert.equal(
      toLatex(rows, { digits: 2 }),
      [
        "\\begin{tabular}{lrrl}",
        "\\toprule",
        "level & kappa & cases & note \\\\",
        "\\midrule",
        "L4-L5 & 0.71 & 20 & 50 \\% \\& a|b \\\\",
        "L5-S1 & $-$0.50 & 3 &  \\\\",
        "\\bottomrule",
        "\\end{tabular}",
        "",
      ].join("\n"),
    );
    const table = toLatex([{ "κ_1": 1, b: "x\\y{}~^<#$" }], { caption: "κ of 5 %", label: "tab:k 1" }); // prettier-ignore
    assert.match(
      table,
      /^\\begin\{table\}\n\\centering\n\\caption\{\$\\kappa\$ of 5 \\%\}\n\\label\{tab:k-1\}\n/,
    );
    assert.ok(table.includes("$\\kappa$\\_1 & b"));
    assert.ok(
      table.includes("x\\textbackslash{}y\\{\\}\\textasciitilde{}\\textasciicircum{}\\textless{}\\#\\$"),
    );
  });

  it("is Markdown, in which no cell ends a row or begins a tag", () => {
    assert.equal(
      toMarkdown([{ a: "x|y\n<b>_z_", n: 1.5 }]),
      "| a | n |\n| --- | ---: |\n| x\\|y<br>\\<b\\>\\_z\\_ | 1.5 |\n",
    );
  });

  it("is CSV with all digits, which is read as it was, and runs nothing", () => {
    const csv = toCsv([...rows, { level: "=1+1", kappa: NaN }]);
    const read = parseCsv(csv);
    assert.deepEqual(read[0], { level: "L4-L5", kappa: "0.7123456", cases: "20", note: "50 % & a|b" });
    assert.equal(read[1]!.cases, "3");
    assert.equal(read[2]!.level, "'=1+1");
  });

  it("is HTML without markup from cells", () => {
    assert.match(
      toHtml([{ a: "<script>", n: 2 }]),
      /<td>&lt;script&gt;<\/td><td style="text-align:right">2<\/td>/,
    );
  });

  it("has the columns that are asked for, and says which there are", () => {
    assert.equal(toCsv(rows, { columns: ["cases", "level"] }), "cases,level\n20,L4-L5\n3,L5-S1\n");
    assert.throws(
      () => toCsv(rows, { columns: ["grade"] }),
      /no row has a column "grade"; there are level, kappa/i,
    );
    assert.throws(() => toLatex(rows, { digits: 1.5 }), /0 to 12 decimals, not 1\.5/);
    assert.throws(() => toCsv(Promise.resolve() as never), /of a promise, wait for it first/);
    assert.throws(() => toHtml(rows, { colums: [] } as never), /did you mean "columns"/);
    assert.equal(toCsv([], { columns: ["a"] }), "a\n");
  });

  it("is a method of our tables", () => {
    const [reference, predicted] = [[1, 2, 3, 3], [1, 2, 3, 2]]; // prettier-ignore
    const agreement = agreementRows({ Model: { reference, predicted } }, { classes: [1, 2, 3] });
    assert.match(agreement.toLatex({ digits: 2 }), /readings & cases & \$\\kappa\$ \(linear\) & accuracy/);
    assert.match(agreement.toMarkdown(), /\| Model \| 4 \| /);
    const grades = perGradeTable(reference, predicted, [1, 2, 3, 4]);
    // A score that is undefined is an empty cell.
    assert.match(grades.toCsv(), /^4,0,,,,$/m);
    assert.match(grades.toHtml(), /<th scope="col">F1 score<\/th>/);
  });
});
