import assert from "node:assert/strict";
import test from "node:test";
import type { Element, Root } from "hast";
import { fromParse5 } from "hast-util-from-parse5";
import { parse } from "parse5";
import { codeCell, htmlReport, markdownCell } from "../../src/notebook/index.js";
import type { Cell, JsonObject, Notebook } from "../../src/notebook/index.js";
import { COVERING, HTML_PAYLOADS, LOADING, SWALLOWING } from "../support/htmlPayloads.js";

const showing = (data: JsonObject): Cell => ({
  ...codeCell("1"),
  execution_count: 1,
  outputs: [{ output_type: "display_data", data, metadata: {} }],
});
const notebookOf = (...cells: Cell[]): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { spinebook: { provenance: { spinebook: "1.2.3" } } },
  cells,
});
const reportOf = (...cells: Cell[]): string =>
  htmlReport(notebookOf(...cells), { title: "t", renderers: "" });
const fromHtml = (html: string): Root => fromParse5(parse(html)) as Root;
/** What an output's HTML became. */
const still = (html: string): string =>
  /<div class="output">\n([\s\S]*)<\/div>\n<\/section>/.exec(reportOf(showing({ "text/html": html })))![1]!;

function elements(node: Root | Element): Element[] {
  return node.children.flatMap((child) => (child.type === "element" ? [child, ...elements(child)] : []));
}
const named = (node: Root | Element, name: string): Element[] =>
  elements(node).filter(({ tagName }) => tagName === name);
const textOf = (node: Root | Element): string =>
  node.children
    .map((child) => (child.type === "text" ? child.value : child.type === "element" ? textOf(child) : ""))
    .join("");

test("whatever an output holds, the page around it is read as it was meant: notice, later cells and provenance stand", () => {
  for (const payload of HTML_PAYLOADS) {
    const before = payload.slice(0, 200);
    const page = fromHtml(reportOf(showing({ "text/html": payload }), markdownCell("the last words")));
    const [body] = named(page, "body");
    const blocks = body!.children.flatMap((child) => (child.type === "element" ? [child.tagName] : []));
    assert.deepEqual(blocks, ["header", "main", "footer", "script"], before);
    const [main] = named(page, "main");
    const sections = main!.children.filter((child) => child.type === "element");
    assert.equal(sections.length, 2, before);
    assert.equal(textOf(sections[1]!).trim(), "the last words", before);
    const footer = body!.children.findLast(
      (child): child is Element => child.type === "element" && child.tagName === "footer",
    )!;
    assert.match(textOf(footer), /Research use only[\s\S]*1\.2\.3/, before);
    assert.deepEqual(footer.properties, {}, before);
  }
});

test("nothing of an output runs, loads or gives names to the page", () => {
  for (const payload of HTML_PAYLOADS) {
    const page = fromHtml(reportOf(showing({ "text/html": payload })));
    const output = elements(page).find(({ properties }) => String(properties["className"]) === "output");
    for (const { tagName, properties } of output === undefined ? [] : elements(output)) {
      assert.doesNotMatch(
        tagName,
        /^(?:script|iframe|object|embed|form|input|button|link|meta|base|template|set|animate|foreignobject|video|audio)$/i,
        payload,
      );
      for (const [name, value] of Object.entries(properties)) {
        assert.doesNotMatch(
          name,
          /^on|^action|^formAction|^srcSet|^poster|^ping|^background$|^srcDoc|^data/i,
          payload,
        );
        if (name === "href" && tagName === "a")
          assert.match(String(value), /^(?:https?:\/\/|mailto:|#)/, payload);
        else if (["src", "href", "xLinkHref"].includes(name))
          assert.match(String(value), /^(?:data:image\/|#)/, payload);
        else if (name === "id") assert.match(String(value), /^output_1_1(?:-|$)/, payload);
        if (name === "style")
          assert.doesNotMatch(String(value), /position|url\(\s*["']?[^#"']|-\d+px|transform|\\/i, payload);
      }
    }
    for (const sheet of named(page, "style").slice(1))
      assert.doesNotMatch(textOf(sheet), /url\(|@(?!media)|position|\\/, payload);
  }
});

test("an output's words outlive its cleaning, and what a reader would miss is named", () => {
  for (const payload of SWALLOWING.filter((html) =>
    /^<(?:plaintext|xmp|noscript|select|table|details)/.test(html),
  ))
    assert.match(still(payload), /all of the rest|left open|closed over the rest/, payload);
  const far = still(
    `<p>near</p>${LOADING[6]!}<script>x</script><img src="https://evil.example/a.png" alt="a scan">`,
  );
  assert.match(far, /<p>near<\/p>/);
  assert.match(far, /<em>\[a scan\]<\/em>/);
  assert.match(far, /Left out of this output: embed, iframe, object, picture from elsewhere, script\./);
  assert.match(still("<div>".repeat(600)), /cannot be shown safely; this is its source.*&lt;div&gt;/);
});

test("tables, stills, formulas and simple styles look as they were made", () => {
  const unchanged = [
    '<table border="1" class="dataframe"><thead><tr style="text-align: right"><th></th><th>grade</th></tr></thead><tbody><tr><th>0</th><td>3</td></tr></tbody></table>',
    '<div style="display: grid; grid-template-columns: repeat(3,120px); gap: 8px; align-items: start"><figure style="margin: 0"><img src="data:image/png;base64,QUJD" width="120" alt="a"></figure></div>',
    '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10" viewBox="0 0 10 10" role="img" aria-label="a"><g transform="translate(-1,2)" fill="none" stroke="#0072b2" stroke-width="1.5"><path d="M0 0L-1 2"/></g><text x="1" y="2" text-anchor="middle" font-family="DejaVu Sans" font-size="10.5">L4-L5</text></svg>',
    "<details open><summary>more</summary><p>text <code>x &#x3C; 1</code></p></details>",
    '<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mfrac><mi>a</mi><mn>2</mn></mfrac></math>',
    '<p style="color: rgb(10,20,30); background-color: #ffeecc; font-weight: 700; padding: 0.1em 0.4em; border-left: 5px solid red">t</p>',
    '<progress value="3" max="10" aria-label="Studies graded" style="width: 20em"></progress>',
    '<a href="https://doi.org/10.1000/1">source</a> <a href="#contents">up</a>',
    '<svg role="img" aria-label="a" width="12cm" viewBox="0 0 20000 9000"><rect width="20000" height="9000"/></svg>',
    '<p style="background: linear-gradient(90deg,#d65f5f 40%,transparent 40%); border-radius: 9999px; width: 50%">bar</p>',
    '<ul style="list-style: none; margin: 0; padding-left: 1.2em"><li>a</li></ul>',
    // In an address, `url(` are only characters.
    '<img src="data:image/svg+xml,%3Csvg%3E%3Crect fill=%27url(#a)%27/%3E%3C/svg%3E" alt="a"> <a href="https://example.org/a?b=url(c)">c</a>',
  ];
  for (const html of unchanged) {
    const shown = still(html);
    assert.ok(shown.includes(`id="output_1_1">${html}</div>`), shown);
  }
});

test("names inside of an output are its own: what refers to them follows, what refers to the page stays", () => {
  const gradient =
    '<svg><linearGradient id="g"><stop offset="0"/></linearGradient><rect id="r" style="fill: url(#g)" fill="url(#g)"/><use href="#r"/></svg><a href="#r">r</a><a href="#elsewhere">e</a>';
  const two = reportOf(showing({ "text/html": gradient }), showing({ "text/html": gradient }));
  for (const scope of ["output_1_1", "output_2_1"])
    for (const part of [
      `id="${scope}-g"`,
      `style="fill: url(#${scope}-g)"`,
      `fill="url(#${scope}-g)"`,
      `<use href="#${scope}-r"/>`,
      `<a href="#${scope}-r">`,
    ])
      assert.ok(two.includes(part), part);
  assert.equal(two.split('<a href="#elsewhere">').length, 3);
});

test("an output's style sheet holds for that output alone", () => {
  const sheet =
    "<style>.a td, #T_x > b:first-child { color: red; position: fixed; background: url(https://evil.example/) } @media print { .a { font-size: 8pt } } @import 'x'; body::before { content: 'x' }</style>";
  const shown = still(`${sheet}<b id="T_x">t</b>`);
  assert.ok(
    shown.includes(
      "<style>#output_1_1 .a td, #output_1_1 #output_1_1-T_x>b:first-child { color: red }\n@media print {\n#output_1_1 .a { font-size: 8pt }\n}</style>",
    ),
    shown,
  );
  const open = still(
    "<style>.a { --x: rgb(; color: red } .b { --y: ); width: 1px }</style><p style='--x: rgb(; width: 2px'>t</p>",
  );
  assert.doesNotMatch(open, /rgb\(|\)/);
  for (const covering of COVERING.filter((html) => html.startsWith("<style>"))) {
    const css = /<style>([\s\S]*?)<\/style>/.exec(still(`${covering}<p>x</p>`))?.[1] ?? "";
    for (const line of css.split("\n").filter((text) => text.includes("{") && !text.startsWith("@")))
      for (const selector of line.slice(0, line.indexOf("{")).split(/,(?![^(]*\))/))
        assert.match(selector.trim(), /^#output_1_1 /, line);
  }
});

test("an output of a form that no report draws is told", () => {
  const shown = (data: JsonObject): string => reportOf(showing(data));
  assert.match(shown({ "text/x-tex": "$x<y$" }), /<pre class="plain">\$x&lt;y\$<\/pre>/);
  assert.match(shown({ "application/javascript": "alert(1)" }), /not shown here \(application\/javascript\)/);
  assert.match(shown({ "image/png": '"onerror=alert(1)', "text/plain": "p" }), /<pre class="plain">p<\/pre>/);
});
