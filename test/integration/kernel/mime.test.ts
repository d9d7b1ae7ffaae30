/** Whatever a display method returns, what leaves the kernel is what nbformat allows. To add a case, add a line to the table. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel } from "../../kernel/harness.js";

const BYTES = "new Uint8Array([137, 80, 78, 71])";
const BASE64 = "iVBORw==";

// prettier-ignore
const BUNDLES: readonly (readonly [name: string, bundle: string, expected: Readonly<Record<string, unknown>>])[] = [
  ["bytes of a picture", `{ 'image/png': ${BYTES} }`, { "image/png": BASE64 }],
  ["a Buffer", `{ 'image/png': Buffer.from(${BYTES}) }`, { "image/png": BASE64 }],
  ["an ArrayBuffer", `{ 'image/jpeg': ${BYTES}.buffer }`, { "image/jpeg": BASE64 }],
  ["a shared buffer", `(() => { const s = new SharedArrayBuffer(4); new Uint8Array(s).set(${BYTES}); return { 'application/pdf': s } })()`, { "application/pdf": BASE64 }],
  ["a part of a buffer", `{ 'image/png': new Uint8Array([0, 137, 80, 78, 71, 0]).subarray(1, 5) }`, { "image/png": BASE64 }],
  ["a DataView", `{ 'image/gif': new DataView(${BYTES}.buffer) }`, { "image/gif": BASE64 }],
  ["bytes of a text", "{ 'text/html': Buffer.from('<b>größer €</b>') }", { "text/html": "<b>größer €</b>" }],
  ["bytes of an SVG", "{ 'image/svg+xml': Buffer.from('<svg/>') }", { "image/svg+xml": "<svg/>" }],
  ["a number", "{ 'text/plain': 5 }", { "text/plain": "5" }],
  ["a truth value", "{ 'text/plain': false }", { "text/plain": "false" }],
  ["a big integer", "{ 'text/plain': 2n ** 64n }", { "text/plain": "18446744073709551616" }],
  ["lines", "{ 'text/plain': ['a\\n', 'b'] }", { "text/plain": "a\nb" }],
  ["an object as text", "{ 'text/plain': { a: 1 } }", { "text/plain": "{ a: 1 }" }],
  ["nothing beside something", "{ 'text/html': undefined, 'image/png': null, 'text/latex': () => 1, 'text/x': Symbol('s'), 'text/plain': 'p' }", { "text/plain": "p" }],
  ["what is no mime type", "{ html: '<b>', 'text/plain': 'p' }", { "text/plain": "p" }],
  ["JSON", "{ 'application/json': { a: [1, null, 'x'] } }", { "application/json": { a: [1, null, "x"] } }],
  ["JSON that is a text", "{ 'application/json': 'x' }", { "application/json": "x" }],
  ["JSON that is null", "{ 'application/json': null }", { "application/json": null }],
  ["JSON with big integers", "{ 'application/json': { a: 5n, b: 2n ** 64n } }", { "application/json": { a: 5, b: "18446744073709551616" } }],
  ["JSON with numbers that JSON lacks", "{ 'application/json': [NaN, Infinity] }", { "application/json": [null, null] }],
  ["JSON with typed arrays", "{ 'application/vnd.plotly.v1+json': { data: [{ y: new Float32Array([0.5, 1]) }], layout: {} } }", { "application/vnd.plotly.v1+json": { data: [{ y: [0.5, 1] }], layout: {} } }],
  ["JSON with functions", "{ 'application/json': { f() {}, a: undefined, b: 1 } }", { "application/json": { b: 1 } }],
  ["JSON that is a function, beside text", "{ 'application/json': () => 1, 'text/plain': 'p' }", { "text/plain": "p" }],
  ["JSON with a toJSON of its own", "{ 'application/json': { at: new Date(0) } }", { "application/json": { at: "1970-01-01T00:00:00.000Z" } }],
];

const PLOTLY = "application/vnd.plotly.v1+json";

describe("mime bundles", { timeout: 120_000 }, () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  for (const [name, bundle, expected] of BUNDLES)
    it(name, async () => {
      const value = `{ [Symbol.for('Jupyter.display')]: () => (${bundle}) }`;
      const run = await kernel.run(`display(${value});\n(${value})`);
      assert.equal(run.outcome.status, "ok", run.traceback);
      const shown = run.events.flatMap((event) =>
        event.type === "display_data" || event.type === "execute_result" ? [event.data] : [],
      );
      // Plots get a still picture beside them: test/stills looks at those.
      const given = shown.map(({ "image/png": picture, ...rest }) =>
        PLOTLY in expected && picture !== undefined
          ? rest
          : { ...rest, ...(picture === undefined ? {} : { "image/png": picture }) },
      );
      assert.deepEqual(given, [expected, expected]);
    });

  for (const nothing of [
    "{}",
    "{ 'text/html': undefined }",
    "[]",
    "5",
    "null",
    "undefined",
    "'text'",
    "{ x: 1 }",
  ])
    it(`a method that gives ${nothing} leaves the value as text`, async () => {
      const run = await kernel.run(`({ seen: 1, [Symbol.for('Jupyter.display')]: () => (${nothing}) })`);
      assert.match(String(run.result), /seen: 1/, run.traceback);
    });

  it("figures with typed arrays and display.json with big integers", async () => {
    const run = await kernel.run(
      "display(display.json({ n: 3n })); ({ data: [{ x: new Uint8Array([1, 2]) }], layout: {} })",
    );
    const [json, figure] = run.events.flatMap((event) =>
      event.type === "display_data" || event.type === "execute_result" ? [event.data] : [],
    );
    assert.deepEqual(json!["application/json"], { n: 3 });
    assert.deepEqual(figure!["application/vnd.plotly.v1+json"], { data: [{ x: [1, 2] }], layout: {} });
  });
});
