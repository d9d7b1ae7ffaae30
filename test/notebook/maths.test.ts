import assert from "node:assert/strict";
import test from "node:test";
import { codeCell, htmlReport, markdownCell } from "../../src/notebook/index.js";
import type { Cell, Notebook, Output } from "../../src/notebook/index.js";

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const showing = (data: Record<string, string>): Cell => ({
  ...codeCell("1"),
  execution_count: 1,
  outputs: [{ output_type: "display_data", data, metadata: {} } satisfies Output],
});

function report(...cells: Cell[]): { html: string; main: string; warnings: string[] } {
  const warnings: string[] = [];
  const html = htmlReport(notebookOf(...cells), {
    title: "t",
    renderers: "",
    onWarning: (warning) => warnings.push(warning),
  });
  return { html, main: /<main>([\s\S]*)<\/main>/.exec(html)![1]!, warnings };
}

/** The formulas of a text, as their TeX, display ones in brackets. */
function formulas(text: string): string[] {
  const { main } = report(markdownCell(text));
  return [
    ...main.matchAll(
      /(class="katex-display">)?<span class="katex"><span class="katex-mathml">.*?<annotation encoding="application\/x-tex">(.*?)<\/annotation>/gs,
    ),
  ].map(([, display, tex]) => (display === undefined ? tex! : `[${tex!.trim()}]`));
}

const FOUND: readonly (readonly [text: string, tex: readonly string[]])[] = [
  ["the angle $\\alpha$.", ["\\alpha"]],
  ["$a$, $b$ and ($c$)", ["a", "b", "c"]],
  ["$a*b$ and $c*d$, **bold $x_1$ and $x_2$**", ["a*b", "c*d", "x_1", "x_2"]],
  ["over\n$a +\nb$ lines", ["a +\nb"]],
  ["a price in a formula: $\\$5$", ["\\$5"]],
  ["in the line $$x^2$$ on", ["[x^2]"]],
  ["$$\nx^2\n\n- y\n$$", ["[x^2\n\n- y]"]],
  ["before\n$$x$$\nbehind", ["[x]"]],
  ["\\begin{align}a &= b\\\\ c &= d\\end{align}", ["[\\begin{align}a &amp;= b\\\\ c &amp;= d\\end{align}]"]],
  ["# The height $h$", ["h"]],
  ["| a |\n| --- |\n| $x$ |", ["x"]],
  // None of these is mathematics.
  ["costs $5 and $6", []],
  ["costs 5$, or 6$ and 7$.", []],
  ["$5–$6, US$5–CA$", []],
  ["$HOME:$PATH", []],
  ["\\$x$ and \\$y\\$", []],
  ["$ x $", []],
  ["`$x$` and ``$y$``", []],
  ["```\n$x$\n$$\ny\n$$\n```", []],
  ["    $x$", []],
  ["a $ b", []],
  ["$$", []],
  ["\\begin{tabular}{l}a\\end{tabular}", []],
];
for (const [text, tex] of FOUND)
  test(`mathematics in ${JSON.stringify(text)}`, () => {
    assert.deepEqual(formulas(text), tex);
  });

test("prices and escaped marks are shown as they are meant", () => {
  assert.match(
    report(markdownCell("costs $5 and \\$6, `$x$`")).main,
    /<p>costs \$5 and \$6, <code>\$x\$<\/code><\/p>/,
  );
});

test("the style and only the fonts that are needed stand in a page with formulas, and in no other", () => {
  const faces = (html: string): string[] =>
    [...html.matchAll(/@font-face\{[^}]*?font-family:"?([\w-]+)[^}]*\}/g)].map((match) => match[1]!);
  const plain = report(markdownCell("costs $5"));
  assert.ok(!/KaTeX|@font-face|class="katex/.test(plain.html));
  const simple = report(markdownCell("$x^2$")).html;
  assert.deepEqual([...new Set(faces(simple))].sort(), ["KaTeX_Main", "KaTeX_Math"]);
  assert.ok(!/url\((?!data:font\/woff2;base64,)/.test(simple));
  const more = new Set(
    faces(
      report(markdownCell("$\\mathbb{R} \\mathcal{A} \\mathfrak{g} \\mathtt{t} \\sum \\Biggl( x \\Biggr)$"))
        .html,
    ),
  );
  for (const font of [
    "KaTeX_AMS",
    "KaTeX_Caligraphic",
    "KaTeX_Fraktur",
    "KaTeX_Typewriter",
    "KaTeX_Size1",
    "KaTeX_Size4",
  ])
    assert.ok(more.has(font), font);
  assert.ok(!more.has("KaTeX_Script") && !more.has("KaTeX_SansSerif"));
});

test("a formula that cannot be set stands in red with the reason, and is told with its cell", () => {
  const { main, warnings } = report(markdownCell("ok $x$"), markdownCell("# $\\nosuch{<b>}$\n\n$\\frac{1}$"));
  assert.match(
    main,
    /<span class="math-error"><code>\$\\nosuch\{&lt;b&gt;\}\$<\/code> Undefined control sequence: \\nosuch\.?<\/span>/,
  );
  assert.equal(warnings.length, 2);
  assert.match(warnings[0]!, /^Cell 2: a formula cannot be set: Undefined control sequence/);
});

test("no formula links, loads, runs or grows without end", () => {
  const { html, warnings } = report(
    markdownCell(
      [
        "\\href{javascript:alert(1)}{x}",
        "\\includegraphics{http://example.org/a.png}",
        "\\htmlStyle{position:fixed}{x}",
        "\\url{http://example.org}",
        "\\def\\a{\\a\\a}\\a",
        "\\text{<img src=x onerror=alert(1)>}",
        "{".repeat(20_000) + "}".repeat(20_000),
      ]
        .map((tex) => `$${tex}$`)
        .join("\n\n"),
    ),
  );
  const tags = html.replace(/<style>[\s\S]*?<\/style>/, "").match(/<[^>]*>/g)!;
  assert.deepEqual(
    tags.filter((tag) => /^<(?:a|img|link)\b|position:\s*fixed|\b(?:src|href|on\w+)=/i.test(tag)),
    [],
  );
  assert.ok(warnings.length >= 2, warnings.join("\n"));
});

test("definitions hold from their formula on, in the contents too", () => {
  const { html, warnings } = report(
    markdownCell("$\\gdef\\height{h_\\mathrm{disc}}$\n\n# All $\\height$\n\n## Second"),
  );
  assert.deepEqual(warnings, []);
  assert.match(html, /<nav[\s\S]*<a href="#all-[^"]*">All <span class="katex">/);
  assert.match(html, /<title>All \\height<\/title>/);
});

test("outputs of Markdown and LaTeX show their formulas", () => {
  const bundles: Record<string, string>[] = [
    { "text/markdown": "angle $\\alpha$" },
    { "text/latex": "$\\alpha$" },
    { "text/latex": "$$\\alpha$$" },
    { "text/latex": "\\begin{equation}\\alpha\\end{equation}\n" },
    { "text/latex": "the angle $\\alpha$ <b>", "text/plain": "plain" },
  ];
  for (const data of bundles) {
    const { main } = report(showing(data));
    assert.match(main, /<div class="markdown">[\s\S]*class="katex"/, JSON.stringify(data));
    assert.ok(!main.includes("<b>"));
  }
});
