import assert from "node:assert/strict";
import { posix, win32 } from "node:path";
import { describe, it } from "node:test";
import { freeName, latest, namesIn } from "../../src/extension/commands/names.js";
import { pathInCell, reportPath } from "../../src/extension/commands/paths.js";
import { topLevelCode, visibleCode } from "../../src/extension/commands/visibleCode.js";

const IMPORT = 'import { loadSeries, detect, grade } from "spinebook";\n';

describe("code without comments and texts", () => {
  const cases: [string, string][] = [
    ["a // b\nc", "a     \nc"],
    ["a /* b\nc */ d", "a     \n     d"],
    [`x = "a // b" + 'c'`, `x = "      " + ' '`],
    ["x = `a ${`b ${c}`} d` + e", "x = `               ` + e"],
    ["x = a / b / c", "x = a / b / c"],
    ["x = /['\"]/g; y", "x =        ; y"],
    ["x = 'it", "x = 'it"],
  ];
  for (const [source, expected] of cases)
    it(JSON.stringify(source), () => {
      const visible = visibleCode(source);
      assert.equal(visible.length, source.length);
      if (!source.endsWith("'it")) assert.equal(visible, expected);
    });

  it("keeps the top level only", () => {
    assert.equal(topLevelCode("f(a, { b }); c = [d]"), "f(        ); c = [ ]");
  });
});

describe("names of the cells above", () => {
  it("finds what the steps made, the last one first to be used", () => {
    const names = namesIn([
      `${IMPORT}const first = await loadSeries("a");`,
      "const second: Scan = await loadSeries(path || study.dicom, spacing > 0 ? { spacing } : {});\nsecond",
      "let found; found = await detect(second)",
    ]);
    assert.equal(latest(names, ["scan"]), "second");
    assert.equal(latest(names, ["spine"]), "found");
    assert.equal(latest(names, ["spine", "scan"]), "found");
    assert.equal(latest(names, ["graded"]), undefined);
  });

  it("knows aliases and whole packages", () => {
    const names = namesIn([
      "import { loadSeries as load,\n  type Scan } from \"spinebook\";\nimport * as sb from 'spinebook'",
      'const a = await load("a"); const b = await sb.detect(a)',
    ]);
    assert.equal(names.functions.get("loadSeries"), "sb.loadSeries");
    assert.equal(latest(names, ["spine"]), "b");
    const alias = namesIn(['import { detect as find } from "spinebook"', "const s = await find(x)"]);
    assert.equal(alias.functions.get("detect"), "find");
    assert.equal(latest(alias, ["spine"]), "s");
  });

  it("is not led astray by comments, texts, functions, other packages and types", () => {
    const names = namesIn([
      `${IMPORT}// const a = await loadSeries("a")`,
      'const text = "b = await loadSeries()";',
      "for (const path of paths) { const c = await loadSeries(path); }",
      "function read() { const d = loadSeries(); }",
      'import { hotspots } from "elsewhere"; import type { makePhantoms } from "spinebook";',
    ]);
    assert.deepEqual(names.products, []);
    assert.deepEqual([...names.functions.keys()].sort(), ["detect", "grade", "loadSeries"]);
  });

  it("takes a function as imported only where a call could see it", () => {
    assert.equal(namesIn(['const x = await loadSeries("a")']).products.length, 0);
  });

  it("collects what is declared above and below", () => {
    const { taken } = namesIn(
      ["const { a, b: [c] } = d;\nlet e, f = 2; function g() { const hidden = 1 }", "class H {}"],
      ['import k, { l as m } from "n";', "const ö = 1; p = 2"],
    );
    for (const name of ["a", "c", "e", "f", "g", "H", "k", "m", "ö", "p"]) assert.ok(taken.has(name), name);
    for (const name of ["d", "hidden", "l"]) assert.ok(!taken.has(name), name);
  });

  it("numbers a name that is taken", () => {
    assert.equal(freeName("scan", new Set()), "scan");
    assert.equal(freeName("scan", new Set(["scan", "scan2"])), "scan3");
  });
});

describe("paths in cells", () => {
  it("are relative inside of the notebook's folder only", () => {
    assert.equal(pathInCell("/data/a/study", "/data/a", posix), "study");
    assert.equal(pathInCell("/data/a", "/data/a", posix), ".");
    assert.equal(pathInCell("/data/a/..study/x.nii", "/data/a", posix), "..study/x.nii");
    assert.equal(pathInCell("/data/b/study", "/data/a", posix), "/data/b/study");
    assert.equal(pathInCell("/data/study", undefined, posix), "/data/study");
  });

  it("have forward slashes on Windows too, also on another drive", () => {
    assert.equal(pathInCell("C:\\data\\a\\study\\1", "C:\\data", win32), "a/study/1");
    assert.equal(pathInCell("D:\\study", "C:\\data", win32), "D:/study");
    assert.equal(pathInCell("\\\\server\\share\\study", "C:\\data", win32), "//server/share/study");
  });

  it("of reports stand beside the notebook", () => {
    assert.equal(reportPath("/a/b.IPYNB", posix), "/a/b.html");
    assert.equal(reportPath("C:\\a\\b.ipynb", win32), "C:\\a\\b.html");
  });
});
