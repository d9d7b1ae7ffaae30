import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import test from "node:test";
import {
  codeCell,
  formatNotebook,
  htmlReport,
  markdownCell,
  parseNotebook,
  readNotebook,
} from "../../src/notebook/index.js";
import type { Cell, JsonObject, Notebook, Output } from "../../src/notebook/index.js";
import { inFolder, runCells } from "./runCells.js";

type Json = Record<string, unknown>;
const PNG = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10, 0);
const BASE64 = "iVBORw0KGgoA";

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const shown = (data: JsonObject, type: "display_data" | "execute_result" = "display_data"): Output =>
  type === "display_data"
    ? { output_type: type, data, metadata: {} }
    : { output_type: type, data, metadata: {}, execution_count: 1 };

const isLines = (value: unknown): boolean =>
  typeof value === "string" || (Array.isArray(value) && value.every((line) => typeof line === "string"));
const isCount = (value: unknown): boolean =>
  value === null || (Number.isInteger(value) && Number(value) >= 0);
const isRecord = (value: unknown): boolean =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** What nbformat 4.5's schema says of types, except that it names all fields there may be. */
function assertKeepsToSchema(text: string): void {
  const notebook = JSON.parse(text) as {
    metadata: Json;
    cells: (Json & { metadata: Json })[];
    nbformat_minor: unknown;
  };
  assert.ok(Number.isInteger(notebook.nbformat_minor) && Number(notebook.nbformat_minor) >= 5);
  const { kernelspec, language_info, orig_nbformat, title, authors } = notebook.metadata as Record<
    string,
    Json
  >;
  if (kernelspec !== undefined) assert.ok(isLines(kernelspec["name"]) && isLines(kernelspec["display_name"]));
  if (language_info !== undefined) assert.equal(typeof language_info["name"], "string");
  assert.equal(orig_nbformat, undefined);
  assert.ok(title === undefined || typeof title === "string");
  assert.ok(authors === undefined || Array.isArray(authors));
  const assertBundle = (bundle: unknown): void => {
    assert.ok(isRecord(bundle));
    for (const [mime, value] of Object.entries(bundle as Json))
      if (!/^application\/(.*\+)?json$/.test(mime))
        assert.ok(isLines(value), `${mime}: ${JSON.stringify(value)}`);
  };
  for (const cell of notebook.cells) {
    const { tags, name, collapsed, scrolled, jupyter, execution, format } = cell.metadata;
    if (tags !== undefined) {
      assert.ok(
        Array.isArray(tags) && tags.every((tag) => /^[^,]+$/.test(String(tag)) && typeof tag === "string"),
      );
      assert.equal(new Set(tags as string[]).size, (tags as string[]).length);
    }
    assert.ok(name === undefined || (typeof name === "string" && name !== ""));
    assert.ok(format === undefined || typeof format === "string");
    assert.ok(collapsed === undefined || typeof collapsed === "boolean");
    assert.ok(scrolled === undefined || [true, false, "auto"].includes(scrolled as boolean));
    assert.ok(jupyter === undefined || isRecord(jupyter));
    assert.ok(Object.values((execution ?? {}) as Json).every((time) => typeof time === "string"));
    assert.ok(isLines(cell["source"]));
    for (const bundle of Object.values((cell["attachments"] ?? {}) as Json)) assertBundle(bundle);
    if (cell["cell_type"] !== "code") continue;
    assert.ok(isCount(cell["execution_count"]));
    for (const output of cell["outputs"] as Json[])
      if (output["output_type"] === "stream")
        assert.ok(isLines(output["text"]) && typeof output["name"] === "string");
      else if (output["output_type"] === "error")
        assert.ok(
          typeof output["ename"] === "string" &&
            typeof output["evalue"] === "string" &&
            isLines(output["traceback"]),
        );
      else {
        assertBundle(output["data"]);
        assert.ok(isRecord(output["metadata"]));
        if (output["output_type"] === "execute_result") assert.ok(isCount(output["execution_count"]));
      }
  }
}

test("bytes of any form become base64, or text where the type is text", () => {
  const forms: unknown[] = [
    PNG,
    PNG.buffer,
    new DataView(PNG.buffer),
    Buffer.from(PNG),
    JSON.parse(JSON.stringify(PNG)),
    JSON.parse(JSON.stringify(Buffer.from(PNG))),
    [...PNG],
    new Uint8Array([0, 0, ...PNG]).subarray(2),
  ];
  for (const form of forms) {
    const text = formatNotebook(notebookOf({ ...codeCell("1"), outputs: [shown({ "image/png": form })] }));
    assertKeepsToSchema(text);
    assert.ok(text.includes(`"image/png": "${BASE64}"`), text);
  }
  const words = new TextEncoder().encode("grün\nx");
  const text = formatNotebook(
    notebookOf({ ...codeCell("1"), outputs: [shown({ "text/plain": words, "image/svg+xml": words })] }),
  );
  assert.equal(text.split('"grün\\n"').length, 3);
});

test("whatever a bundle holds, the file keeps to nbformat's schema, and is read again as it is", () => {
  const itself: Json = { a: 1 };
  itself["itself"] = itself;
  const values: unknown[] = [
    null, undefined, 0, -1.5, NaN, Infinity, 12345678901234567890n, true, "", "text", [], ["a", "b"], ["a", 1], [1, "a"], [300],
    {}, { a: 1 }, { 0: 300 }, { 0: 1, 2: 3 }, { type: "Buffer" }, { type: "Buffer", data: "x" }, new Date(0), new Map([[1, 2]]),
    itself, [itself], { deep: 1n }, Symbol("s"), () => 1, Float64Array.of(1.5), new Uint8Array(0),
  ]; // prettier-ignore
  const mimes = [
    "text/plain",
    "text/html",
    "image/png",
    "image/svg+xml",
    "application/json",
    "application/x+json",
    "model/x+json",
    "odd",
  ];
  for (const value of values)
    for (const type of ["display_data", "execute_result"] as const) {
      const data = Object.fromEntries(mimes.map((mime) => [mime, value]));
      const notebook = notebookOf({ ...codeCell("1"), outputs: [shown(data, type)] });
      const text = formatNotebook(notebook);
      assertKeepsToSchema(text);
      const again = formatNotebook(parseNotebook(text, "a"));
      assert.equal(formatNotebook(parseNotebook(again, "a")), again);
      assert.match(htmlReport(notebook, { title: "t", renderers: "" }), /<\/html>\n$/);
    }
});

test("fields of a wrong type in a file are mended when it is written", async () => {
  const file = {
    nbformat: 4,
    nbformat_minor: 5.5,
    metadata: { kernelspec: { name: 1 }, language_info: {}, orig_nbformat: 4, title: 7, authors: "me" },
    cells: [
      {
        cell_type: "code",
        metadata: {
          tags: ["a", "a", "b,c", "", 1],
          name: "",
          collapsed: "yes",
          scrolled: 1,
          jupyter: null,
          execution: { x: 1 },
        },
        source: ["1"],
        execution_count: 1.5,
        outputs: [
          { output_type: "stream", name: 3, text: ["a"] },
          { output_type: "error", traceback: [1, null] },
          {
            output_type: "display_data",
            data: { "image/png": { 0: 137, 1: 80 }, "text/plain": 3, "text/html": null },
          },
          { output_type: "execute_result", data: {}, metadata: [], execution_count: -1 },
        ],
      },
      {
        cell_type: "markdown",
        metadata: { tags: "one" },
        source: "",
        attachments: { a: { "image/png": 1 }, b: null },
      },
      { cell_type: "markdown", metadata: {}, source: "", attachments: [1] },
      { cell_type: "raw", metadata: { format: 5 }, source: "" },
    ],
  };
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    await writeFile(path, JSON.stringify(file));
    const text = formatNotebook(await readNotebook(path));
    assertKeepsToSchema(text);
    const { cells } = JSON.parse(text) as { cells: Json[] };
    assert.deepEqual((cells[0]!["metadata"] as Json)["tags"], ["a", "b", "c"]);
    assert.deepEqual((cells[0]!["outputs"] as Json[])[2]!["data"], {
      "image/png": "iVA=",
      "text/plain": ["3"],
    });
  });
});

test("a cell that displays bytes, numbers and nothing leaves a notebook that any tool reads", async () => {
  const display = (bundle: string): string => `({ [Symbol.for("Jupyter.display")]() { return ${bundle}; } })`;
  const sources = [
    display(`{ "image/png": new Uint8Array([${PNG.join(", ")}]), "text/plain": "p" }`),
    display('{ "text/plain": 7, "image/png": null, "text/html": undefined }'),
  ];
  await runCells(sources, { allowErrors: true }, (_result, written) => {
    assertKeepsToSchema(formatNotebook(written));
    assertKeepsToSchema(formatNotebook(notebookOf(markdownCell("x"), ...written.cells)));
  });
});
