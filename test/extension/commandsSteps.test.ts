import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { describe, it } from "node:test";
import { ANALYSIS, cellsOf, PLACEHOLDER } from "../../src/extension/commands/steps.js";
import type { Step } from "../../src/extension/commands/steps.js";
import { namesIn } from "../../src/extension/commands/names.js";

const LOADED = 'import { loadSeries } from "spinebook";\nconst mine = await loadSeries("a");';

describe("inserted cells", () => {
  it("of a whole analysis import once and work on each other", () => {
    const cells = cellsOf(ANALYSIS, { path: "study" });
    assert.equal(cells.length, 5);
    assert.equal(cells.filter((text) => text.includes("import ")).length, 1);
    assert.match(
      cells[0]!,
      /^import \{ loadSeries, detect, grade, confusionMatrix, hotspots \} from "spinebook";/,
    );
    assert.equal(cells[1], "const spine = await detect(scan);\nspine");
    assert.equal(cells[2], "const graded = await grade(spine);\ngraded");
    assert.match(cells[3]!, /graded\.discs/);
    assert.equal(cells[4], "const evidence = await hotspots(graded);\nevidence");
  });

  it("use the names above and import only what is missing", () => {
    assert.deepEqual(cellsOf(["detect"], PLACEHOLDER, [LOADED]), [
      'import { detect } from "spinebook";\n\nconst spine = await detect(mine);\nspine',
    ]);
    assert.deepEqual(
      cellsOf(["detect"], PLACEHOLDER, [
        'import * as sb from "spinebook"; const s = await sb.loadSeries("a")',
      ]),
      ["const spine = await sb.detect(s);\nspine"],
    );
  });

  it("grade what was made last", () => {
    const above = ['import { loadSeries, detect, grade } from "spinebook"', "const spine = await detect(x)"];
    assert.match(cellsOf(["grade"], PLACEHOLDER, above)[0]!, /grade\(spine\)/);
    assert.match(
      cellsOf(["grade"], PLACEHOLDER, [...above, "const other = await loadSeries('b')"])[0]!,
      /grade\(other\)/,
    );
  });

  it("never take a name a second time, also not one of a cell below", () => {
    const [load, detect] = cellsOf(
      ["load", "detect"],
      { path: "b" },
      [LOADED, "const scan = 1"],
      ["let spine"],
    );
    assert.match(load!, /const scan2 = await loadSeries\("b"\);\nscan2$/);
    assert.equal(detect, "const spine2 = await detect(scan2);\nspine2");
    const alias = cellsOf(["grade"], PLACEHOLDER, ["const grade = 3"])[0]!;
    assert.match(alias, /import \{ grade as gradeSpinebook \} from "spinebook";/);
    assert.match(alias, /await gradeSpinebook\(/);
    const again = cellsOf(ANALYSIS, { path: "b" }, cellsOf(ANALYSIS, { path: "a" }));
    assert.ok(again.every((text) => !text.includes("import ")));
    const declared = (texts: readonly string[]): string[] => [...namesIn([], texts).taken];
    const first = new Set(declared(cellsOf(ANALYSIS, { path: "a" })));
    assert.deepEqual(
      declared(again).filter((name) => first.has(name)),
      [],
    );
  });

  it("say what they wait for where nothing above makes it", () => {
    assert.match(
      cellsOf(["hotspots"], PLACEHOLDER)[0]!,
      /\/\/ "graded" is a graded spine; .* makes one above\.\n/,
    );
  });

  it("write paths, series and spacing as code", () => {
    assert.match(
      cellsOf(["load"], { path: 'a "b"', series: "0f", spacing: 0.5 })[0]!,
      /loadSeries\("a \\"b\\"", \{ series: "0f", spacing: 0\.5 \}\)/,
    );
    assert.match(
      cellsOf(["load"], { example: true })[0]!,
      /const study = await exampleStudy\(\);\nconst scan = await loadSeries\(study\.dicom\)/,
    );
  });
});

describe("snippets", () => {
  const steps: Readonly<Record<string, Step>> = {
    "spine-load": "load",
    "spine-detect": "detect",
    "spine-grade": "grade",
    "spine-confusion": "confusion",
    "spine-hotspots": "hotspots",
  };

  it("give the same cells as the commands", async () => {
    const file = JSON.parse(await readFile("snippets/typescript.json", "utf8")) as Record<
      string,
      { prefix: string; body: string[]; description: string }
    >;
    assert.deepEqual(
      Object.values(file)
        .map(({ prefix }) => prefix)
        .sort(),
      Object.keys(steps).sort(),
    );
    for (const { prefix, body, description } of Object.values(file)) {
      // The choices and stops of a snippet, as they read when nothing is typed; the snippet's mark for "$" is not used.
      const text = body
        .join("\n")
        .replace(/\$\{\d+:([^}]*)\}/g, "$1")
        .replace(/\$0/g, "");
      const expected = cellsOf([steps[prefix]!], PLACEHOLDER)[0]!.replace(
        /^\/\/ "(scan|spine|graded)".*\n/m,
        "",
      );
      assert.equal(text, expected, prefix);
      assert.ok(description.endsWith("."));
    }
  });
});
