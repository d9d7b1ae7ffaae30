import assert from "node:assert/strict";
import { test } from "node:test";
import { isTypeScriptNotebook, NOTEBOOK_METADATA } from "../../src/extension/template.js";

test("a new notebook's own metadata is recognised", () => {
  assert.equal(isTypeScriptNotebook(NOTEBOOK_METADATA), true);
});

test("either the language or the kernelspec may name TypeScript", () => {
  assert.equal(isTypeScriptNotebook({ metadata: { language_info: { name: "typescript" } } }), true);
  assert.equal(
    isTypeScriptNotebook({ metadata: { kernelspec: { language: "typescript", name: "deno" } } }),
    true,
  );
});

test("other notebooks, and damaged metadata, are left alone", () => {
  const others = [
    {},
    { metadata: null },
    { metadata: { language_info: "typescript" } },
    { metadata: { kernelspec: { language: "python" } } },
  ];
  for (const metadata of others)
    assert.equal(isTypeScriptNotebook(metadata), false, JSON.stringify(metadata));
});
