import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";

const PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

interface Resource {
  readonly schema: { readonly fields: readonly { readonly name: string; readonly type: string }[] };
  readonly data: readonly unknown[];
  readonly title?: string;
  readonly total?: number;
}

function resourceOf(bundle: Readonly<Record<string, unknown>>): Resource {
  return bundle["application/vnd.dataresource+json"] as Resource;
}

describe("displays", () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  async function result(code: string): Promise<Readonly<Record<string, unknown>>> {
    const run = await kernel.run(code);
    const event = run.events.find((found) => found.type === "execute_result");
    assert.ok(event, run.traceback);
    return event.data;
  }

  it("HTML, SVG, Markdown and pictures, as results or by display", async () => {
    assert.deepEqual(await result("display.html('<b>L4</b> &c')"), {
      "text/html": "<b>L4</b> &c",
      "text/plain": "L4 &c",
    });
    assert.equal((await result("display.svg('<svg/>')"))["image/svg+xml"], "<svg/>");
    assert.equal((await result("display.markdown('# One')"))["text/markdown"], "# One");
    assert.deepEqual(await result(`display.image(Buffer.from('${PIXEL}', 'base64'), 'One pixel')`), {
      "image/png": PIXEL,
      "text/plain": "One pixel",
    });
    const wrong = await kernel.run("display.image(new Uint8Array(20))");
    assert.match(wrong.traceback, /no picture that can be shown; PNG, JPEG, GIF and WebP can/);
    const shown = await kernel.run("display(display.html('<i>shown</i>'));");
    assert.deepEqual(
      shown.events.map((event) => event.type),
      ["display_data"],
    );
    const text = await kernel.run("display.image('abc' as never)");
    assert.match(
      text.traceback,
      /display\.image takes the bytes of a picture \(Buffer or Uint8Array\).*this is 'abc'/,
    );
  });

  it("a still of each of a cell's first hundred figures, and a sentence for the others", async () => {
    const run = await kernel.run(
      "for (let i = 0; i < 102; i++) display({ data: [{ y: [1, i] }], layout: {} });",
    );
    const pictures = run.events.flatMap((event) => (event.type === "display_data" ? [event.data] : []));
    assert.equal(pictures.filter((data) => "image/png" in data).length, 100);
    assert.match(String(pictures[101]!["image/svg+xml"]), /its cell has shown 100 figures/);
    assert.ok("image/png" in (await result("({ data: [{ y: [1, 2] }], layout: {} })")));
  });

  it("JSON as a tree", async () => {
    const data = await result("display.json({ a: [1, { b: '<x>' }], c: null })");
    assert.deepEqual(data["application/json"], { a: [1, { b: "<x>" }], c: null });
    assert.match(String(data["text/html"]), /<details open>.*<b>a<\/b>.*<details>/s);
    assert.match(String(data["text/html"]), /&lt;x&gt;/);
    assert.equal((await result("display.json(undefined)"))["application/json"], null);
  });

  it("plotly's figures", async () => {
    const data = await result("({ data: [{ type: 'bar', y: [1, 2] }], layout: { title: 'Grades' } })");
    assert.deepEqual(data["application/vnd.plotly.v1+json"], {
      data: [{ type: "bar", y: [1, 2] }],
      layout: { title: "Grades" },
    });
    assert.equal(data["text/plain"], "Plot of 1 trace: bar");
    const picture = Buffer.from(String(data["image/png"]), "base64");
    assert.deepEqual([picture.readUInt32BE(16), picture.readUInt32BE(20)], [1400, 900]);
    // A form of its own stays alone.
    const own = "{ 'application/vnd.plotly.v1+json': { data: [{ y: [1] }] }, 'image/svg+xml': '<svg/>' }";
    const given = await result(`({ [Symbol.for('Jupyter.display')]: () => (${own}) })`);
    assert.deepEqual([given["image/svg+xml"], given["image/png"]], ["<svg/>", undefined]);
    // Not every object with such members is a figure.
    assert.equal((await result("({ data: [1], layout: {} })"))["application/vnd.plotly.v1+json"], undefined);
  });

  it("plotly's figures with numbers of any kind, long ones packed as plotly reads them", async () => {
    const plot = async (code: string) =>
      (await result(code))["application/vnd.plotly.v1+json"] as { data: unknown[] };
    const short = await plot(
      `({ data: [{ x: new Float32Array([1, NaN, 3]), y: BigInt64Array.of(1n, 2n ** 60n, 3n), z: [Uint8Array.of(1, 2)],
          text: new Set(["a"]), marker: { size: Uint8ClampedArray.of(300) },
          error_x: { array: [new Date(0), new Date(NaN), 5n] } }], layout: {} })`,
    );
    assert.deepEqual(short.data[0], {
      x: [1, null, 3],
      y: [1, 2 ** 60, 3],
      z: [[1, 2]],
      text: ["a"],
      marker: { size: [255] },
      error_x: { array: ["1970-01-01T00:00:00.000Z", null, 5] },
    });
    const long = await plot(
      `const all = Float32Array.from({ length: 3000 }, (_, i) => i / 3);
       ({ data: [{ type: "splom", dimensions: [{ values: all.subarray(1000) }], z: [all], u: BigUint64Array.from({ length: 2000 }, () => 7n) }],
          layout: {} })`,
    );
    const trace = long.data[0] as {
      dimensions: { values: { dtype: string; bdata: string } }[];
      z: number[][];
      u: number[];
    };
    const { dtype, bdata } = trace.dimensions[0]!.values;
    const bytes = Uint8Array.from(Buffer.from(bdata, "base64"));
    assert.deepEqual([dtype, bytes.length], ["f4", 8000]);
    assert.equal(new Float32Array(bytes.buffer)[0], Math.fround(1000 / 3));
    assert.equal(trace.z[0]![2999], Math.fround(2999 / 3));
    assert.equal(trace.u[1999], 7);
  });

  it("plotly's figures whose lists are packed as plotly.py packs them", async () => {
    const packed = { dtype: "f8", bdata: "AAAAAAAA8D8AAAAAAAAAQA==", shape: "2" };
    const data = await result(`({ data: [{ y: ${JSON.stringify(packed)} }] })`);
    assert.deepEqual(data["application/vnd.plotly.v1+json"], { data: [{ y: packed }] });
    assert.equal(data["text/plain"], "Plot of 1 trace: scatter");
  });

  it("plotly's figures also without a layout, where nothing else could be meant", async () => {
    const isPlot = async (code: string) => "application/vnd.plotly.v1+json" in (await result(code));
    assert.ok(await isPlot("({ data: [{ x: [1, 2], y: [3, 4] }] })"));
    assert.ok(await isPlot("({ data: [{ type: 'sankey' }], frames: [] })"));
    assert.ok(!(await isPlot("({ data: [{ type: 'user', x: [1] }] })")));
    assert.ok(!(await isPlot("({ data: [{ id: 1 }] })")));
    assert.ok(!(await isPlot("({ data: [{ x: [1], y: [2] }], total: 1 })")));
    assert.ok(!(await isPlot("({ data: [] })")));
  });

  it("typed arrays by their range", async () => {
    const text = String((await result("Float32Array.from({ length: 100 }, (_, i) => i / 2)"))["text/plain"]);
    assert.match(text, /^Float32Array\(100\) from 0 to 49\.5, mean 24\.75\n\[/);
    const waves = String(
      (await result("new Float32Array(512).map((_, i) => Math.sin(i / 40))"))["text/plain"],
    );
    assert.deepEqual(waves.split("\n"), [
      "Float32Array(512) from -0.99999 to 0.999992, mean 0.00189626",
      "[ 0, 0.0249974, 0.0499792, 0.0749297, 0.0998334, 0.124675, 0.149438, 0.174108, 0.198669, 0.223106,",
      "  0.247404, 0.271547, 0.29552, 0.319309, 0.342898, 0.366273, 0.389418, 0.412321, 0.434966, 0.457338,",
      "  … 492 more ]",
    ]);
    assert.match(text, /80 more \]$/);
    assert.equal((await result("new Uint8Array(1)"))["text/plain"], "Uint8Array(1) [ 0 ]");
    assert.match(
      String(
        (await result("Float64Array.from({ length: 31 }, (_, i) => (i === 0 ? NaN : i))"))["text/plain"],
      ),
      /from 1 to 30, mean 15\.5, 1 NaN/,
    );
    assert.match(String((await result("new BigInt64Array(3)"))["text/plain"]), /^BigInt64Array\(3\) \[/);
    assert.match(String((await result("new Float32Array(0)"))["text/plain"]), /^Float32Array\(0\) \[\]/);
  });

  it("arrays of objects as tables, with data that can be sorted", async () => {
    const data = await result("[{ level: 'L4-L5', grade: 3 }, { level: 'L5-S1', grade: 4.5, ok: true }]");
    assert.deepEqual(data["application/vnd.dataresource+json"], {
      schema: {
        fields: [
          { name: "level", type: "string" },
          { name: "grade", type: "number" },
          { name: "ok", type: "boolean" },
        ],
      },
      data: [
        { level: "L4-L5", grade: 3, ok: null },
        { level: "L5-S1", grade: 4.5, ok: true },
      ],
    });
    assert.match(String(data["text/html"]), /<th scope="col">level<\/th>/);
    const nested = await result("[{ a: { b: 1 } }]");
    assert.deepEqual(resourceOf(nested).data, [{ a: "{ b: 1 }" }]);
    assert.match(String(nested["text/html"]), /<table>/);
    assert.equal((await result("[1, 2]"))["text/html"], undefined);
    const long = await result("Array.from({ length: 20_000 }, (_, i) => ({ i }))");
    const resource = resourceOf(long);
    assert.equal(resource.data.length, 10_000);
    assert.deepEqual([resource.title, resource.total], ["The first 10000 of 20000 rows", 20_000]);
    assert.match(String(long["text/html"]), /19900 more rows/);
  });

  it("tables whatever stands in their cells: no value takes the whole table's sorting away", async () => {
    const data = await result(
      `[{ a: 1.5, b: NaN, c: null, d: new Date(Date.UTC(2024, 1, 3)), e: 12345678901234567890n, f: 3n, g: 1e-12 },
        { a: 2, b: 3, c: -Infinity, d: new Date(NaN), e: 1n, f: 4, g: [1, { x: 2 }] }]`,
    );
    const { schema, data: rows } = resourceOf(data);
    assert.deepEqual(
      schema.fields.map(({ name, type }) => name + " " + type),
      ["a number", "b number", "c number", "d datetime", "e integer", "f integer", "g string"],
    );
    assert.deepEqual(rows, [
      { a: 1.5, b: "NaN", c: null, d: "2024-02-03T00:00:00.000Z", e: "12345678901234567890", f: 3, g: 1e-12 },
      { a: 2, b: 3, c: "-INF", d: "Invalid Date", e: 1, f: 4, g: "[ 1, { x: 2 } ]" },
    ]);
    assert.match(String(data["text/html"]), /<td>1e-12<.td>/);
  });

  it("rows whose columns cannot be listed are no table of blanks", async () => {
    const data = await result("[new Proxy({ a: 1 }, { ownKeys() { throw new Error('no') } }), { a: 2 }]");
    assert.deepEqual(Object.keys(data), ["text/plain"]);
  });

  it("arrays and Maps of any length at once: only what is shown is looked at, and the whole number is told", async () => {
    const holes = await result("Object.assign([], { length: 4_294_967_295 })");
    assert.ok(!("application/vnd.dataresource+json" in holes));
    assert.match(String(holes["text/plain"]), /4294967295/);
    const figure = await result("({ data: Object.assign([], { length: 4_294_967_295 }), layout: {} })");
    assert.deepEqual(Object.keys(figure), ["text/plain"]);
    for (const [type, text] of [
      ["text/markdown", /4294967295/],
      ["application/json", /4294967295/],
    ] as const) {
      const code = `({ [Symbol.for("Jupyter.display")]: () => ({ "${type}": Object.assign([], { length: 4_294_967_295 }), "text/plain": "4294967295" }) })`;
      assert.match(JSON.stringify((await kernel.run(code)).events), text);
    }
    for (const [code, said] of [
      ["display.json(Array.from({ length: 4 }, () => Array(3_000_000)))", "More than 10000000 values"],
      ["display.json(new Uint8Array(10_000_001))", "A list of 10000001 items"],
    ] as const)
      assert.match((await kernel.run(code)).traceback, new RegExp(said));
    const rows = resourceOf(await result("new Array(3_000_000).fill({ a: 1 })")) as { total?: number };
    assert.equal(rows.total, 3_000_000);
    const map = "new Map(Array.from({ length: 20_000 }, (_, i) => [i, { a: i }]))";
    assert.equal((resourceOf(await result(map)) as { total?: number }).total, 20_000);
  });

  it("instances of classes, Maps and Sets of objects as tables; what shows itself stays as it is", async () => {
    const classes = await result(
      "class Disc { constructor(public level: string, public grade: number) {} }\n[new Disc('L4-L5', 3), new Disc('L5-S1', 4)]",
    );
    assert.deepEqual(resourceOf(classes).data, [
      { level: "L4-L5", grade: 3 },
      { level: "L5-S1", grade: 4 },
    ]);
    const map = resourceOf(await result("new Map([['L4-L5', { n: 3 }], [5, { n: 4, key: 'x' }]])"));
    assert.deepEqual(
      map.schema.fields.map(({ name }) => name),
      ["Map key", "n", "key"],
    );
    assert.deepEqual(map.data, [
      { "Map key": "L4-L5", n: 3, key: null },
      { "Map key": 5, n: 4, key: "x" },
    ]);
    assert.deepEqual(resourceOf(await result("new Map([['L4-L5', { n: 3 }]])")).data, [
      { key: "L4-L5", n: 3 },
    ]);
    assert.deepEqual(resourceOf(await result("new Set([{ n: 1 }])")).data, [{ n: 1 }]);
    for (const none of [
      "new Map()",
      "[new Date(0)]",
      "[new Error('no')]",
      "[[1, 2], [3, 4]]",
      "[new Float32Array(2)]",
      "[new (class { n = 1; [Symbol.for('nodejs.util.inspect.custom')]() { return 'own view' } })()]",
      "[new (class { #n = 1 })()]",
      "[null, { a: 1 }]",
    ])
      assert.equal((await result(none))["text/html"], undefined, none);
  });

  it("errors as values", async () => {
    const data = await result("new RangeError('too far')");
    assert.match(String(data["text/plain"]), /RangeError: too far/);
  });

  it("give a handle that updates them, also from a later cell", async () => {
    const first = await kernel.run("const handle = display('one')");
    const id = first.events.find((event) => event.type === "display_data")?.displayId;
    assert.ok(id);
    const second = await kernel.run("handle.update('two')");
    const update = second.events.find((event) => event.type === "update_display_data");
    assert.equal(update?.displayId, id);
    assert.equal(update.data["text/plain"], "'two'");
    // The handle as a cell's last value is no second display.
    assert.deepEqual(
      (await kernel.run("display('alone')")).events.map(({ type }) => type),
      ["display_data"],
    );
  });

  it("progress bars are one display", async () => {
    const run = await kernel.run(
      "const seen: number[] = []; for (const n of progress([1, 2, 3], 'Grading')) seen.push(n); seen.join()",
    );
    assert.equal(run.result, "'1,2,3'");
    const displays = run.events.filter(
      (event) => event.type === "display_data" || event.type === "update_display_data",
    );
    assert.equal(displays.filter(({ type }) => type === "display_data").length, 1);
    assert.equal(displays.at(-1)?.data["text/plain"], "Grading: 3 of 3, done");
    assert.match(
      String(displays.at(-1)?.data["text/html"]),
      /<progress value="3" max="3" aria-label="Grading"/,
    );
  });

  it("progress bars count steps, and over what has no length", async () => {
    const text = async (code: string): Promise<unknown> =>
      (await kernel.run(code)).events.findLast(
        (event) => event.type === "display_data" || event.type === "update_display_data",
      )?.data["text/plain"];
    assert.equal(await text("const bar = progress(2); bar.step(); bar.step();"), "2 of 2, done");
    assert.match(
      String(await text("const open = progress(4, 'Open'); open.step();")),
      /^Open: 0 of 4, 0\.0 s$/,
    );
    assert.equal(
      await text(
        "async function* three() { yield 1; yield 2; yield 3 }\nfor await (const n of progress(three())) n;",
      ),
      "3, done",
    );
  });
});
