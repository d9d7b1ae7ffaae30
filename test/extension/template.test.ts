import assert from "node:assert/strict";
import { test } from "node:test";
import {
  isTypeScriptNotebook,
  namesAnotherKernel,
  namesSpinebook,
  NOTEBOOK_METADATA,
  templateCells,
} from "../../src/extension/template.js";
import { KERNEL_NAME } from "../../src/notebook/kernelspec.js";

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

test("a new notebook names the kernel as it is installed in Jupyter", () => {
  assert.equal(NOTEBOOK_METADATA.metadata.kernelspec.name, KERNEL_NAME);
  assert.equal(namesSpinebook(NOTEBOOK_METADATA), true);
});

test("a notebook of another kernel is told from one that names none", () => {
  assert.equal(namesAnotherKernel({ metadata: { kernelspec: { name: "deno" } } }), true);
  assert.equal(namesAnotherKernel(NOTEBOOK_METADATA), false);
  assert.equal(namesAnotherKernel({ metadata: {} }), false);
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

test("a new notebook says that it is for research only, and asks for a path where none is given", () => {
  const [title, load, ...steps] = templateCells();
  assert.equal(title?.kind, "markdown");
  assert.match(title.text, /research only, not for diagnosis.*Put the path/);
  assert.match(load!.text, /loadSeries\("path\/to\/study"\)/);
  assert.equal(steps.length, 4);
});

test("a new notebook of a study loads it and does not ask", () => {
  const [title, load] = templateCells({ path: "studies/12", series: "0a1b2c3d4e5f" });
  assert.ok(!title!.text.includes("Put the path"));
  assert.match(load!.text, /loadSeries\("studies\/12", \{ series: "0a1b2c3d4e5f" \}\)/);
});
