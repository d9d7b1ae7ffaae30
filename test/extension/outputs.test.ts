import assert from "node:assert/strict";
import { test } from "node:test";
import { bundleItems, errorOf } from "../../src/extension/outputs.js";

const text = (data: Uint8Array) => new TextDecoder().decode(data);

test("JSON types are written as JSON, custom ones included", () => {
  const items = bundleItems({
    "application/vnd.plotly.v1+json": { data: [1, "ä"] },
    "application/json": "text",
  });
  assert.deepEqual(
    items.map((item) => [item.mime, JSON.parse(text(item.data)) as unknown]),
    [
      ["application/vnd.plotly.v1+json", { data: [1, "ä"] }],
      ["application/json", "text"],
    ],
  );
});

test("pictures become bytes, vector graphics stay text", () => {
  const [png, svg] = bundleItems({ "image/png": "iVBORw0KGgo=", "image/svg+xml": "<svg/>" });
  assert.deepEqual([...png!.data], [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  assert.equal(text(svg!.data), "<svg/>");
});

test("text types keep their characters and their order", () => {
  const items = bundleItems({ "text/html": "<b>µ</b>", "text/plain": "µ" });
  assert.deepEqual(
    items.map((item) => [item.mime, text(item.data)]),
    [
      ["text/html", "<b>µ</b>"],
      ["text/plain", "µ"],
    ],
  );
});

test("JSON that is also there as a tree of HTML is shown as that tree", () => {
  const items = bundleItems({
    "application/json": [1],
    "text/html": "<details></details>",
    "text/plain": "[1]",
  });
  assert.deepEqual(
    items.map((item) => item.mime),
    ["text/html", "text/plain"],
  );
});

test("a value that JSON cannot hold does not break the bundle", () => {
  const [nothing] = bundleItems({ "application/json": undefined });
  assert.equal(text(nothing!.data), "null");
});

test("an error shows the kernel's own traceback", () => {
  const error = errorOf({
    ename: "RangeError",
    evalue: "too far",
    traceback: ["RangeError: too far", "    at cell 3:1:7"],
  });
  assert.equal(error.name, "RangeError");
  assert.equal(error.message, "too far");
  assert.equal(error.stack, "RangeError: too far\n    at cell 3:1:7");
});

test("an error without traceback shows its name and message, not a stack of ours", () => {
  assert.equal(errorOf({ ename: "KernelEnded", evalue: "gone", traceback: [] }).stack, "KernelEnded: gone");
});
