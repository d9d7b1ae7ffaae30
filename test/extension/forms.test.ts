import assert from "node:assert/strict";
import { test } from "node:test";
import { parseCheck } from "../../src/extension/commands/check.js";
import { notebookCells } from "../../src/extension/commands/demo.js";
import { commandOutput } from "../../src/extension/commandOutput.js";
import { DETECTED_SPINE, FROM_VIEWER } from "../../src/extension/viewer/forms.js";
import { descriptionOf } from "../../src/extension/viewer/volumeFile.js";
import { parseSeries } from "../../src/extension/views/studyList.js";
import { checked } from "../../src/text/index.js";

const SERIES = {
  ...{ id: "a1", study: "s1", description: "T2", contrast: "T2", orientation: "sagittal" },
  ...{ columns: 3, rows: 4, slices: 5, spacing: [1, 1, 4], problems: [{ message: "m" }], later: true },
};
const POINT = [1, 2, 3];
const CORNER = { patient: POINT, pixel: [1, 2], slice: 3 };
const SPINE = {
  series: "T2",
  place: { series: "a1", size: [3, 4, 5], affine: [1, 0, 0, 0] },
  vertebrae: [
    {
      level: "L4",
      centre: POINT,
      corners: {
        ...{ anteriorSuperior: CORNER, posteriorSuperior: CORNER },
        ...{ posteriorInferior: CORNER, anteriorInferior: CORNER },
      },
    },
  ],
  discs: [{ level: "L4-L5", centre: POINT, angle: 1, width: 2, height: 3, slice: 4 }],
  flags: [{ code: "c", message: "m" }],
  seconds: 1,
};
const CHECK = {
  identity: [{ cell: null, part: "output", kind: "patient name", sentence: "s" }],
  outOfOrder: null,
};
const CELLS = {
  cells: [
    { cell_type: "code", source: ["a\n", "b"] },
    { cell_type: "raw", source: "c" },
  ],
};

const read = {
  series: (value: unknown) => parseSeries(JSON.stringify(value)),
  volume: (value: unknown) => descriptionOf(JSON.stringify(value)),
  check: (value: unknown) => parseCheck(JSON.stringify(value)),
  cells: (value: unknown) => notebookCells(JSON.stringify(value)),
  spine: (value: unknown) => commandOutput(JSON.stringify(value), DETECTED_SPINE, "What was found"),
};

test("what the command prints is read as it stands", () => {
  assert.deepEqual(read.series({ series: [SERIES] }), [SERIES]);
  assert.deepEqual(read.volume({ series: [SERIES], written: "a1" }), {
    series: "a1",
    title: "T2",
    problems: ["m"],
  });
  assert.deepEqual(read.check(CHECK), CHECK);
  assert.deepEqual(read.spine(SPINE), SPINE);
  assert.deepEqual(read.cells(CELLS), [
    { kind: "code", text: "a\nb" },
    { kind: "markdown", text: "c" },
  ]);
});

test("anything else is refused in a sentence that names the field", () => {
  const [disc] = SPINE.discs;
  const cases: readonly (readonly [keyof typeof read, unknown, RegExp])[] = [
    ["series", null, /^The list of series cannot be understood \(it must be an object\); the installed/],
    ["series", { series: {} }, /"series" must be a list/],
    ["series", { series: [{ ...SERIES, columns: "3" }] }, /"series\[0\]\.columns" must be a number/],
    ["series", { series: [{ ...SERIES, problems: [7] }] }, /"series\[0\]\.problems\[0\]" must be an object/],
    ["volume", { written: "a1" }, /"series" is missing/],
    ["volume", { series: [SERIES] }, /does not say which series it wrote/],
    ["volume", { series: [SERIES], written: 7 }, /"written" must be a text/],
    ["check", { identity: [] }, /"outOfOrder" is missing\); the installed parts/],
    [
      "check",
      { ...CHECK, identity: [{ ...CHECK.identity[0], part: "Jane Roe" }] },
      /must be one of source, output/,
    ],
    ["spine", { ...SPINE, vertebrae: undefined }, /^What was found cannot .*"vertebrae" is missing/],
    [
      "spine",
      { ...SPINE, discs: [{ ...disc, centre: [1, 2] }] },
      /"discs\[0\]\.centre\[2\]"|"discs\[0\]\.centre" must/,
    ],
    ["spine", { ...SPINE, place: { size: [1, 2, 3] } }, /"place\.affine" is missing/],
    [
      "cells",
      { cells: [{ cell_type: "code" }] },
      /demo notebook is damaged \("cells\[0\]\.source" is missing\)/,
    ],
    ["cells", { cells: [{ cell_type: "code", source: 7 }] }, /"cells\[0\]\.source" must be a text/],
  ];
  for (const [kind, value, message] of cases)
    assert.throws(
      () => read[kind](value),
      (error: Error) => message.test(error.message) && !error.message.includes("Roe"),
      `${kind} ${JSON.stringify(value)}`,
    );
  assert.throws(() => parseCheck("{"), /it is no JSON, or was cut off/);
});

test("the viewer's page asks for what is known", () => {
  for (const type of ["ready", "detect"]) assert.deepEqual(checked({ type }, FROM_VIEWER).value, { type });
  for (const message of [undefined, null, "ready", {}, { type: "delete" }])
    assert.equal(checked(message, FROM_VIEWER).value, undefined);
});
