import assert from "node:assert/strict";
import test from "node:test";
import {
  codeCell,
  declaredParameters,
  injectParameters,
  markdownCell,
  ParameterError,
  parseParameter,
  tagsOf,
  unknownParameters,
} from "../../src/notebook/index.js";
import type { Cell, Notebook } from "../../src/notebook/index.js";

const notebookOf = (...cells: Cell[]): Notebook => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });
const declared = codeCell("let seed = 1;\nlet studies = 2;", { tags: ["parameters"] });

test("the injected cell stands behind the parameters cell and sets every value", () => {
  const notebook = notebookOf(markdownCell("# T"), declared, codeCell("seed"));
  const { cells } = injectParameters(notebook, {
    seed: 7,
    name: 'a "b"\n',
    list: [1, { x: null }],
    flag: true,
  });
  assert.deepEqual(
    cells.map((cell) => tagsOf(cell)[0] ?? cell.cell_type),
    ["markdown", "parameters", "injected-parameters", "code"],
  );
  assert.equal(
    cells[2]!.source,
    '// Parameters of this run\nlet seed = 7;\nlet name = "a \\"b\\"\\n";\nlet list = [1,{"x":null}];\nlet flag = true;',
  );
  assert.equal(notebook.cells.length, 3, "the notebook given is not changed");
});

test("a second injection replaces the first; without a parameters cell it stands first", () => {
  const once = injectParameters(notebookOf(declared, codeCell("seed")), { seed: 7 });
  const twice = injectParameters(once, { seed: 8 });
  assert.equal(twice.cells.length, 3);
  assert.match(twice.cells[1]!.source, /seed = 8/);
  assert.match(injectParameters(notebookOf(codeCell("seed")), { seed: 8 }).cells[0]!.source, /seed = 8/);
});

test("without parameters nothing changes", () => {
  const once = injectParameters(notebookOf(declared), { seed: 7 });
  assert.equal(injectParameters(once, {}), once);
});

test("names that are no variable names cannot carry code into the notebook", () => {
  for (const name of ["a b", "1a", "class", "x=1;process.exit()//", "", "let"])
    assert.throws(() => injectParameters(notebookOf(declared), { [name]: 1 }), ParameterError, name);
  for (const name of ["$x", "größe", "_1"]) injectParameters(notebookOf(declared), { [name]: 1 });
});

test("values that JSON cannot hold are refused by name", () => {
  for (const value of [undefined, NaN, Infinity, 1n, () => 1])
    assert.throws(
      () => injectParameters(notebookOf(declared), { seed: value }),
      /Parameter "seed" has a value/,
    );
});

test("names that the parameters cell does not mention are found", () => {
  assert.deepEqual(unknownParameters(notebookOf(declared), { seed: 1, sed: 2, study: 3 }), ["sed", "study"]);
});

test("command-line values are JSON where they can be, text otherwise", () => {
  const cases: [argument: string, name: string, value: unknown][] = [
    ["seed=7", "seed", 7],
    ["x=-1.5e3", "x", -1500],
    ["flag=false", "flag", false],
    ["list=[1,2]", "list", [1, 2]],
    ['s="7"', "s", "7"],
    ["path=a=b/c", "path", "a=b/c"],
    ["id=007", "id", "007"],
    ["accession=12345678901234567890", "accession", "12345678901234567890"],
    ["empty=", "empty", ""],
  ];
  for (const [argument, name, value] of cases) assert.deepEqual(parseParameter(argument), [name, value]);
  assert.throws(() => parseParameter("seed"), ParameterError);
  assert.throws(() => parseParameter("=7"), ParameterError);
});

test("the parameters cell tells which variables it declares, and which have no value there", () => {
  const source = [
    "let path: string; // let it = name, a folder",
    "const grade = 3, words = ['a, b = 1', `c`], other: Map<string, number> = new Map();",
    "var size: { a: number; b: 2 } = { a: 1,\n b: 2 };",
    "/* let hidden; */ let last",
  ].join("\n");
  assert.deepEqual(declaredParameters(notebookOf(codeCell(source, { tags: ["parameters"] }))), [
    { name: "path", isNeeded: true },
    { name: "grade", isNeeded: false },
    { name: "words", isNeeded: false },
    { name: "other", isNeeded: false },
    { name: "size", isNeeded: false },
    { name: "last", isNeeded: true },
  ]);
  assert.deepEqual(declaredParameters(notebookOf(codeCell("let a;"))), []);
});
