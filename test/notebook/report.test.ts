import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import test from "node:test";
import { codeCell, htmlReport, markdownCell } from "../../src/notebook/index.js";
import type { Cell, JsonObject, Notebook, Output } from "../../src/notebook/index.js";

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const reportOf = (notebook: Notebook, renderers = ""): string =>
  htmlReport(notebook, { title: "fallback", renderers });
const withOutputs = (source: string, ...outputs: Output[]): Cell => ({
  ...codeCell(source),
  outputs,
  execution_count: 1,
});
const display = (data: JsonObject): Output => ({ output_type: "display_data", data, metadata: {} });
const bodyOf = (html: string): string => /<main>([\s\S]*)<\/main>/.exec(html)![1]!;
const GRADES = "application/vnd.spinebook.grades+json";

test("an interactive output is data beside its still form", () => {
  const payload = { label: "</script><script>alert(1)</script>", n: [1, 2] };
  const html = bodyOf(
    reportOf(
      notebookOf(
        withOutputs(
          "x",
          display({ [GRADES]: payload, "image/png": "QUJD\n", "text/plain": 'Grades of "A"' }),
        ),
      ),
    ),
  );
  const output =
    /<div class="output">\n<script type="([^"]+)" data-spinebook-output>(.*?)<\/script>\n(<img[^>]*>)\n<\/div>/s.exec(
      html,
    );
  assert.ok(output, html);
  assert.equal(output[1], GRADES);
  assert.deepEqual(JSON.parse(output[2]!), payload);
  assert.equal(output[3], '<img src="data:image/png;base64,QUJD" alt="Grades of &quot;A&quot;">');
  assert.ok(!output[2]!.includes("<"));
});

test("plots and tables are interactive too; a plain picture or text is not", () => {
  for (const mime of ["application/vnd.plotly.v1+json", "application/vnd.dataresource+json"]) {
    const html = bodyOf(
      reportOf(
        notebookOf(
          withOutputs("x", display({ [mime]: {}, "text/html": "<table><tr><td>1</td></tr></table>" })),
        ),
      ),
    );
    assert.ok(html.includes(`<script type="${mime}" data-spinebook-output>{}</script>`));
    assert.ok(html.includes("<table><tbody><tr><td>1</td></tr></tbody></table>"));
  }
  const plain = bodyOf(reportOf(notebookOf(withOutputs("x", display({ "text/plain": "<b>" })))));
  assert.ok(plain.includes('<pre class="plain">&lt;b&gt;</pre>'));
  assert.ok(!plain.includes("data-spinebook-output"));
});

test("streams and errors are text: no colour codes, no markup, the last state of a progress line", () => {
  const html = bodyOf(
    reportOf(
      notebookOf(
        withOutputs(
          "x",
          { output_type: "stream", name: "stdout", text: "10 %\r100 %\nnext <i>\r\n" },
          {
            output_type: "error",
            ename: "E",
            evalue: "v",
            traceback: ["\u001b[31mE\u001b[0m: <v>", "  at cell 1"],
          },
        ),
      ),
    ),
  );
  assert.ok(html.includes('<pre class="stream stdout">100 %\nnext &lt;i&gt;\n</pre>'));
  assert.ok(html.includes('<pre class="error">E: &lt;v&gt;\n  at cell 1</pre>'));
});

test("nothing in the page refers to the network, whatever the notebook holds", () => {
  const html = reportOf(
    notebookOf(
      markdownCell(
        "# T\n![far](http://example.org/a.png) <img src='https://example.org/b.png'>\n\n[site](https://example.org) [bad](javascript:alert(1))",
      ),
      withOutputs(
        "x",
        display({
          "text/html":
            '<script src="http://example.org/x.js"></script><link href="http://example.org/s.css"><iframe src="//example.org"></iframe>',
        }),
      ),
    ),
    "console.log(1)",
  );
  const tags = html.match(/<[a-z][^>]*>/gi) ?? [];
  const references = tags.filter((tag) =>
    /\b(?:src|href|srcset|data|action)\s*=\s*["']?(?!data:|#)/i.test(tag),
  );
  assert.deepEqual(
    references,
    ['<a href="https://example.org" rel="noreferrer">'],
    "only a link that the reader may click",
  );
  assert.ok(!/<(?:link|iframe)\b|@import|url\(/i.test(html));
  assert.match(html, /default-src 'none'/);
  assert.ok(html.includes("<em>[far]</em>"));
});

test("only the page's own scripts are allowed to run, and the renderers are written once", () => {
  const renderers = 'const a = "</script><!-- x";';
  const html = reportOf(
    notebookOf(
      withOutputs("1", display({ [GRADES]: {} })),
      withOutputs("2", display({ [GRADES]: {} })),
      withOutputs("3", display({ "text/html": "<script>evil()</script>" })),
    ),
    renderers,
  );
  const programs = [...html.matchAll(/<script type="module">([\s\S]*?)<\/script>/g)].map(
    (found) => found[1]!,
  );
  assert.equal(programs.length, 2);
  assert.equal(programs[1], 'const a = "<\\/script>\\x3c!-- x";');
  const allowed = [...html.matchAll(/'sha256-([^']+)'/g)].map((found) => found[1]!);
  assert.deepEqual(
    allowed,
    programs.map((code) => createHash("sha256").update(code).digest("base64")),
  );
  assert.equal(html.match(/<script\b/g)!.length, 4, "two programs and two data elements");
});

test("contents, title and code toggles", () => {
  const html = reportOf(
    notebookOf(markdownCell("# A & B\n## Same\n## Same\n### `code` <x>"), withOutputs("const a = 1 < 2;")),
  );
  assert.ok(html.includes("<title>A &amp; B</title>"));
  assert.deepEqual(
    [...html.matchAll(/<li class="depth-(\d)"><a href="#([^"]+)">(.*?)<\/a>/g)].map((found) =>
      found.slice(1),
    ),
    [
      ["1", "a-b", "A &amp; B"],
      ["2", "same", "Same"],
      ["2", "same-2", "Same"],
      ["3", "code-x", "code &lt;x&gt;"],
    ],
  );
  for (const id of ["a-b", "same", "same-2", "code-x"]) assert.ok(html.includes(`id="${id}"`), id);
  assert.ok(
    html.includes(
      '<details class="code"><summary>Code [1]</summary><pre><code>const a = 1 &lt; 2;</code></pre></details>',
    ),
  );
  assert.ok(reportOf(notebookOf(codeCell("1"))).includes("<title>fallback</title>"));
});

test("attached pictures are shown from the notebook itself, and every picture has a description", () => {
  const cell = {
    ...markdownCell("![](attachment:a%20b.png)"),
    attachments: { "a b.png": { "image/png": "QUJD" } },
  };
  const svg = display({ "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg'/>" });
  const html = reportOf(notebookOf(cell, withOutputs("x", svg)));
  assert.ok(html.includes('<img src="data:image/png;base64,QUJD" alt="Picture without a description">'));
  assert.ok(html.includes("data:image/svg+xml;base64,"));
  for (const image of html.match(/<img[^>]*>/g)!) assert.match(image, /alt="[^"]+"/);
});

test("an attachment's name may hold anything, and what is no picture is told by its description", () => {
  const names = ["100%.png", "50 off%.png", "plain.png", "__proto__", "constructor"];
  const attachments = JSON.parse(
    `{${names.map((name) => `${JSON.stringify(name)}: {"text/plain": "t", "image/png": ["QU", "JD"]}`).join(",")},
      "null": null, "number": 7, "list": [1], "empty": {}, "bad": {"image/png": "no base64!"}, "data": {"image/png": 5},
      "svg": {"image/svg+xml": "PHN2ZyB4bWxucz0nJy8+"}, "foreign": {"text/html": "<b>"}}`,
  ) as JsonObject;
  const render = (name: string): string =>
    bodyOf(reportOf(notebookOf({ ...markdownCell(`![of a](attachment:${name}) text`), attachments })));
  const picture = '<img src="data:image/png;base64,QUJD" alt="of a"> text';
  for (const name of ["100%.png", "100%25.png", "50%20off%.png", "plain.png", "__proto__", "constructor"])
    assert.ok(render(name).includes(picture), name);
  for (const name of [
    "null",
    "number",
    "list",
    "empty",
    "bad",
    "data",
    "foreign",
    "none",
    "%",
    "%E0%A4%A",
    "toString",
    "",
  ])
    assert.ok(render(name).includes("<em>[of a]</em> text"), name);
  assert.ok(render("svg").includes('<img src="data:image/svg+xml;base64,PHN2ZyB4bWxucz0nJy8+"'));
  const without = notebookOf({ ...markdownCell("![of a](attachment:100%.png)"), attachments: [1] });
  assert.ok(reportOf(without).includes("<em>[of a]</em>"));
});

test("text that is nested deeper than any reader goes is shown as it stands", () => {
  const html = bodyOf(reportOf(notebookOf(markdownCell("> ".repeat(20_000) + "x"), markdownCell("after"))));
  assert.match(html, /x<\/|&gt; x/);
  assert.match(html, /<p>after<\/p>/);
});

test("a heading that is named like a part of the report gets an anchor of its own", () => {
  const html = reportOf(notebookOf(markdownCell("# All code\n## Contents")));
  assert.equal(html.split('id="all-code"').length, 2);
  assert.equal(html.split('id="contents"').length, 2);
});

test("the notice, the provenance, print and dark styles are there", () => {
  const provenance = { spinebook: "0.1.0", seconds: 1.5, date: "2025-01-01T00:00:00.000Z" };
  const html = reportOf({ ...notebookOf(codeCell("1")), metadata: { spinebook: { provenance } } });
  assert.ok(html.includes("Research use only. Not a medical device."));
  assert.ok(html.includes("<dt>seconds</dt><dd>1.5</dd>"));
  assert.ok(html.includes("@media print") && html.includes("prefers-color-scheme: dark"));
});

test("a picture without a text is described by the heading that it stands under", () => {
  const png = display({ "image/png": "QUJD" });
  const html = bodyOf(
    reportOf(
      notebookOf(
        withOutputs("x", png),
        markdownCell("## Grades & levels"),
        withOutputs("y", png),
        withOutputs("z", display({ "image/png": "QUJD", "text/plain": "w ".repeat(300) })),
      ),
    ),
  );
  const [first, second, third] = [...html.matchAll(/alt="([^"]*)"/g)].map((found) => found[1]!);
  assert.equal(first, "Picture made by this cell");
  assert.equal(second, "Picture under &quot;Grades &amp; levels&quot;");
  assert.ok(third!.length <= 200 && third!.endsWith("…"));
});

test("pictures inside of an output's HTML are described too, where they are not", () => {
  const html = bodyOf(
    reportOf(
      notebookOf(
        withOutputs(
          "x",
          display({
            "text/html":
              '<svg width="1"><path d="M0 0"/></svg><svg role="img" aria-label="own"/><svg aria-hidden="true"/>' +
              '<img src="data:image/png;base64,QUJD"><img alt="own" src="data:image/png;base64,QUJD">',
            "text/plain": "Chart of <A>",
          }),
        ),
      ),
    ),
  );
  assert.ok(
    html.includes('<svg role="img" aria-label="Chart of <A>" width="1"><path d="M0 0"/></svg>'),
    html,
  );
  assert.ok(html.includes('<svg role="img" aria-label="own"></svg><svg aria-hidden="true"></svg>'));
  assert.ok(html.includes('<img alt="Chart of <A>" src="data:image/png;base64,QUJD">'));
  assert.ok(html.includes('<img alt="own" src="data:image/png;base64,QUJD">'));
});

test("addresses that an output's HTML would load are left out; data, anchors and links to click stay", () => {
  const render = (text: string): string =>
    bodyOf(reportOf(notebookOf(withOutputs("x", display({ "text/html": text })))));
  const far = render(
    "<img src='https://example.org/a.png'><img/src=//example.org/a.png><video poster=http://example.org/p></video>" +
      '<p style="background: url(https://example.org/b.png)">t</p><style>@import "https://example.org/s.css"; b { c: url(http://example.org) }</style>' +
      '<svg><image xlink:href="http://example.org/c.png" href="http://example.org/c.png"/></svg><a href="javascript:x()">y</a>',
  );
  assert.ok(!/example\.org|javascript:/.test(far), far);
  const near = render(
    '<a href="https://example.org">x</a><svg><use href="#a"/></svg><p title="1 > 0" style="fill: url(#g)">url(text) stays</p>',
  );
  for (const part of [
    '<a href="https://example.org">',
    'href="#a"',
    'title="1 > 0"',
    "url(#g)",
    "url(text) stays",
  ])
    assert.ok(near.includes(part), part);
});

test("the provenance reads as hashes by name, and times by the cells' numbers", () => {
  const cell = codeCell("1");
  const provenance = {
    memoryLimit: 4096,
    parameters: ["seed"],
    data: [{ name: "series <1>", value: "ab12" }],
    models: [],
    cells: { [cell.id]: 1.234, gone: 5 },
  };
  const html = reportOf({ ...notebookOf(markdownCell("x"), cell), metadata: { spinebook: { provenance } } });
  for (const row of [
    "<dt>memoryLimit</dt><dd>4096 MB</dd>",
    "<dt>parameters</dt><dd>seed</dd>",
    "<dt>data</dt><dd>series &lt;1&gt; ab12</dd>",
    "<dt>cells</dt><dd>cell 2: 1.23 s</dd>",
  ])
    assert.ok(html.includes(row), row);
  assert.ok(!html.includes("<dt>models</dt>"));
});

test("a report to read has no code and a short record of the run; one for paper has still outputs only besides", () => {
  const provenance = {
    spinebook: "1.2.3",
    memoryLimit: 512,
    cells: {},
    models: [{ name: "m", value: "abc" }],
  };
  const notebook: Notebook = {
    ...notebookOf(
      markdownCell("# Title\n\n## One\n\n## Two"),
      withOutputs("secret()", display({ [GRADES]: {}, "text/html": "<p>still</p>" })),
      withOutputs("quiet()"),
    ),
    metadata: { spinebook: { provenance } },
  };
  const of = (form: "notebook" | "reading" | "paper"): string =>
    htmlReport(notebook, { title: "t", renderers: "renderers()", form });
  const has = (html: string) =>
    [
      "secret()",
      "quiet()",
      "all-code",
      'class="toc"',
      "data-spinebook-output",
      "renderers()",
      "512 MB",
    ].filter((part) => html.includes(part));
  assert.equal(has(of("notebook")).length, 7);
  assert.deepEqual(has(of("reading")), ['class="toc"', "data-spinebook-output", "renderers()"]);
  assert.deepEqual(has(of("paper")), []);
  for (const form of ["reading", "paper"] as const) {
    assert.ok(of(form).includes("<p>still</p>"));
    assert.match(of(form), /<dt>models<\/dt><dd>m abc<\/dd>/);
  }
  assert.match(of("paper"), /script-src 'none'/);
});
