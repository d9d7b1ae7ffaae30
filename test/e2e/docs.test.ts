import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { spinebook } from "../support/cli.js";
import { sharedData } from "../support/data.js";
import { makeThinStudies } from "../support/studies.js";

/** The TypeScript cells of a page. */
function cellsOf(page: string): string[] {
  return [...page.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!.trimEnd());
}

describe("the cells of the documentation run", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-docs-"));
    makeThinStudies(join(folder, "made"), 31);
    await cp(join(folder, "made", "study-001", "dicom"), join(folder, "study"), { recursive: true });
  });
  after(() => rm(folder, { recursive: true }));

  it("pages have cells, pictures are there", async () => {
    const pages = (await readdir("docs")).filter((name) => name.endsWith(".md"));
    assert.ok(pages.length >= 7);
    for (const name of [...pages.map((page) => join("docs", page)), "README.md"]) {
      const text = await readFile(name, "utf8");
      for (const [, target] of text.matchAll(/\]\((?!https?:)([^)#]+)\)/g))
        await readFile(resolve(name, "..", target!)).catch(() =>
          assert.fail(`${name} points to ${target!}, which is not there`),
        );
    }
  });

  for (const page of [
    "cells",
    "load",
    "deidentify",
    "detect",
    "grade",
    "trust",
    "cohort",
    "statistics",
    "figures",
    "rate",
    "report",
    "hotspots",
    "jupyter",
    "vscode",
    "train",
  ])
    it(
      `${page}.md`,
      { skip: page === "train" && sharedData("spider") === undefined ? "the data are not at hand" : false },
      async () => {
        const data = JSON.stringify(resolve(sharedData("spider") ?? ""));
        const cells = cellsOf(await readFile(join("docs", `${page}.md`), "utf8")).map((text) =>
          text.replace('"../shared/data/spider"', data),
        );
        assert.ok(cells.length > 0);
        const notebook = {
          cells: cells.map((source, i) => ({
            cell_type: "code",
            id: `c${i}`,
            metadata: {},
            execution_count: null,
            outputs: [],
            source,
          })),
          metadata: { language_info: { name: "typescript" } },
          nbformat: 4,
          nbformat_minor: 5,
        };
        const path = join(folder, `${page}.ipynb`);
        await writeFile(path, JSON.stringify(notebook));
        const checked = spinebook(["run", path, "--check"]);
        assert.equal(checked.code, 0, `it would be refused as a report: ${checked.stdout}`);
        const { code, stderr } = spinebook(["run", path]);
        assert.equal(code, 0, stderr);
        const { cells: ran } = JSON.parse(await readFile(path, "utf8")) as {
          cells: { outputs: unknown[] }[];
        };
        assert.ok(
          ran.every(({ outputs }) => outputs.length > 0),
          "every cell shows something",
        );
      },
    );
});
