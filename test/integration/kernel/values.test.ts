/** Values of drawing and table libraries: what a cell shows of them, and the document that it gives them. */
import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { TABLE_MIME } from "../../../src/protocol/index.js";
import { TestKernel } from "../../kernel/harness.js";

interface Table {
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: string }[] };
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly total?: number;
}

describe("values of other libraries", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
    symlinkSync(join(process.cwd(), "node_modules"), join(kernel.folder, "node_modules"), "junction");
  });
  after(() => kernel.close());

  const shown = async (code: string): Promise<Readonly<Record<string, unknown>>> => {
    const run = await kernel.run(code);
    assert.equal(run.outcome.status, "ok", JSON.stringify(run.outcome));
    return run.events.find((event) => event.type === "execute_result")?.data ?? {};
  };
  const tableOf = (bundle: Readonly<Record<string, unknown>>): Table => bundle[TABLE_MIME] as Table;

  it("Observable Plot draws without being handed a document, with titles, legends and rasters", async () => {
    const bundle = await shown(`
      import * as Plot from "@observablehq/plot";
      const rows = [1, 2, 3, 4].map((grade) => ({ grade, discs: grade * 2, level: "L4-L5" }));
      Plot.plot({ title: "Grades", color: { legend: true, type: "linear" }, marks: [Plot.barY(rows, { x: "grade", y: "discs", fill: "discs" })] })`);
    const html = String(bundle["text/html"]);
    assert.match(html, /^<figure[\s\S]*Grades<\/h2>[\s\S]*<svg[\s\S]*<rect/);
    assert.match(html, /href="data:image\/png;base64,iVBOR/);
    assert.match(String(bundle["text/plain"]), /^SVG picture/);
    const mark = await shown(`Plot.dot(rows, { x: "grade", y: "discs" }).plot()`);
    assert.match(String(mark["text/html"]), /^<svg[\s\S]*<circle/);
    assert.match(String(mark["image/svg+xml"]), /^<svg[^>]* xmlns=[\s\S]*<circle/);
  });

  it("D3 and cells find a document of their own, other packages none", async () => {
    const drawn = await shown(`
      import * as d3 from "d3";
      const svg = d3.create("svg").attr("width", 40).attr("height", 20);
      svg.append("circle").attr("r", 5).attr("cx", 10).attr("cy", 10);
      svg.node()`);
    assert.match(String(drawn["text/html"]), /<circle [^>]*r="5"/);
    const own = await shown(`
      const list = document.createElement("ul");
      list.innerHTML = "<li>one</li><li>two</li>";
      list`);
    assert.equal(own["text/html"], "<ul><li>one</li><li>two</li></ul>");
    assert.equal(own["text/plain"], "onetwo");
    // A package that takes a window for a browser must not find one.
    const folder = join(kernel.folder, "node_modules_of_a_test", "node_modules", "asks");
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, "index.cjs"), "module.exports = () => [typeof window, typeof document];");
    const asked = await shown(`require(${JSON.stringify(join(folder, "index.cjs"))})()`);
    assert.equal(asked["text/plain"], "[ 'undefined', 'undefined' ]");
    const mine = await shown("const document = 'mine'; document");
    assert.equal(mine["text/plain"], "'mine'");
  });

  it("Arrow's tables are tables, with their columns and types", async () => {
    const bundle = await shown(`
      import { tableFromArrays } from "apache-arrow";
      tableFromArrays({ level: ["L4-L5", "L5-S1"], grade: Int32Array.from([3, 4]), id: BigInt64Array.from([1n, 2n]) })`);
    const { schema, data } = tableOf(bundle);
    assert.deepEqual(
      schema.fields.map(({ name, type }) => [name, type]),
      [
        ["level", "string"],
        ["grade", "integer"],
        ["id", "integer"],
      ],
    );
    assert.deepEqual(data[1], { level: "L5-S1", grade: 4, id: 2 });
  });

  it("Arquero's, Polars' and DuckDB's are told by what they can do", async () => {
    const arquero = await shown(`
      const columns = { a: [1, 2, 3], b: ["x", "y", "z"] };
      const arquero = { columnNames: () => ["b", "a"], numRows: () => 3,
        objects: ({ limit }) => columns.a.slice(0, limit).map((a, i) => ({ a, b: columns.b[i] })) };
      arquero`);
    assert.deepEqual(
      tableOf(arquero).schema.fields.map(({ name }) => name),
      ["b", "a"],
    );
    const polars = await shown(`
      class Frame { columns = ["n"]; constructor(height) { this.height = height; }
        head(n) { return new Frame(Math.min(n, this.height)); }
        toRecords() { return Array.from({ length: this.height }, (_, n) => ({ n })); } }
      new Frame(20_000)`);
    assert.deepEqual([tableOf(polars).data.length, tableOf(polars).total], [10_000, 20_000]);
    const duck = await shown(`
      import { DuckDBInstance } from "@duckdb/node-api";
      const connection = await (await DuckDBInstance.create()).connect();
      await connection.runAndReadAll("select 'L4-L5' as level, 3 as grade union all select 'L5-S1', null order by 1")`);
    assert.deepEqual(tableOf(duck).data, [
      { level: "L4-L5", grade: 3 },
      { level: "L5-S1", grade: null },
    ]);
  });

  it("a Map of numbers is a table of two columns", async () => {
    const bundle = await shown(`new Map([["L4-L5", 3], ["L5-S1", 4.5]])`);
    assert.deepEqual(tableOf(bundle).data, [
      { key: "L4-L5", value: 3 },
      { key: "L5-S1", value: 4.5 },
    ]);
  });

  it("Vega and Vega-Lite specifications are drawn by their library", async () => {
    const bundle = await shown(`
      const spec = { $schema: "https://vega.github.io/schema/vega-lite/v6.json", mark: "bar",
        data: { values: [{ grade: 2, discs: 5 }, { grade: 3, discs: 9 }] },
        encoding: { x: { field: "grade", type: "ordinal" }, y: { field: "discs", type: "quantitative" } } };
      spec`);
    assert.match(String(bundle["text/html"]), /^<svg[\s\S]*grade: 2; discs: 5/);
    assert.deepEqual((bundle["application/vnd.vegalite.v6+json"] as { mark: string }).mark, "bar");
  });

  it("... and say what is lacking: a library, or data that lie elsewhere", async () => {
    const elsewhere = await kernel.run(`({ ...spec, data: { url: "https://example.invalid/discs.csv" } })`);
    assert.match(elsewhere.traceback, /wants its data from https:\/\/example\.invalid\/discs\.csv/);
    assert.doesNotMatch(elsewhere.traceback, /getaddrinfo|fetch failed/);
    const bare = new TestKernel();
    const lacking = await bare.run(`({ $schema: "https://vega.github.io/schema/vega/v6.json", marks: [] })`);
    assert.match(lacking.traceback, /%npm install vega/);
    await bare.close();
  });
});
