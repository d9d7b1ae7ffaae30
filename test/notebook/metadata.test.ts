import assert from "node:assert/strict";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { KernelSpecError, removeKernelSpec } from "../../src/notebook/kernelspec.js";
import { knownMetadata } from "../../src/notebook/metadata.js";

test("each field of a notebook's metadata is taken by itself, whatever stands in the others", () => {
  const known = (metadata: Record<string, unknown>) =>
    JSON.parse(JSON.stringify(knownMetadata({ metadata }))) as unknown;
  const info = { name: "typescript", version: 5 };
  const cases: readonly (readonly [Record<string, unknown>, object])[] = [
    [{}, {}],
    [{ language_info: info }, { language: "typescript", languageInfo: info }],
    [{ language_info: { name: 7 } }, { languageInfo: { name: 7 } }],
    [{ language_info: "typescript", kernelspec: { language: "python" } }, { kernelLanguage: "python" }],
    [{ language_info: [], kernelspec: null }, {}],
    [{ kernelspec: { language: ["python"] } }, {}],
    [{ spinebook: { later: 1 } }, { own: { later: 1 } }],
    [
      { spinebook: { provenance: { node: "20" } } },
      { own: { provenance: { node: "20" } }, provenance: { node: "20" } },
    ],
    [{ spinebook: { provenance: [1] } }, { own: { provenance: [1] } }],
    [{ spinebook: 7, tags: "x" }, {}],
  ];
  for (const [metadata, expected] of cases) assert.deepEqual(known(metadata), expected);
});

test("a kernelspec that is not as it should be is none of ours, and stays", async () => {
  const kernels = await mkdtemp(join(tmpdir(), "spinebook-spec-"));
  try {
    await mkdir(join(kernels, "spinebook"));
    for (const text of [
      ...["", "{", "7", "null", "[]", "{}", '{"argv":"node","language":"typescript"}'],
      '{"argv":["node",7],"language":"typescript"}',
      '{"argv":["node","a/kernel/jupyter.js"]}',
      '{"argv":["node","a/kernel/jupyter.js"],"language":7}',
    ]) {
      await writeFile(join(kernels, "spinebook", "kernel.json"), text);
      await assert.rejects(
        removeKernelSpec(kernels, "spinebook"),
        (error) => error instanceof KernelSpecError && /another kernel/.test(error.message),
        text,
      );
    }
    const ours = { argv: ["node", "a/kernel/jupyter.js"], language: "typescript", later: true };
    await writeFile(join(kernels, "spinebook", "kernel.json"), JSON.stringify(ours));
    assert.equal(await removeKernelSpec(kernels, "spinebook"), join(kernels, "spinebook"));
  } finally {
    await rm(kernels, { recursive: true });
  }
});
