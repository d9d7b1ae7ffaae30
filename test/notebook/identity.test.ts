import assert from "node:assert/strict";
import test from "node:test";
import {
  codeCell,
  describeIdentity,
  findIdentity,
  IdentityError,
  identityInSources,
  markdownCell,
  refuseIdentity,
} from "../../src/notebook/index.js";
import type { Cell, JsonObject, Notebook, NotebookIdentity } from "../../src/notebook/index.js";

const notebookOf = (cells: Cell[], metadata: JsonObject = {}): Notebook => ({
  nbformat: 4,
  nbformat_minor: 5,
  metadata,
  cells,
});
const showing = (data: JsonObject, metadata: JsonObject = {}): Cell => ({
  ...codeCell("show()"),
  outputs: [{ output_type: "display_data", data, metadata }],
});
const printing = (text: string): Cell => ({
  ...codeCell("print()"),
  outputs: [{ output_type: "stream", name: "stdout", text }],
});
const nobody = () => [];
const kindsIn = (cell: Cell): string[] =>
  findIdentity(notebookOf([cell]), nobody).map(({ part, kind }) => `${part}: ${kind}`);

test("names as DICOM writes them, identifying fields and tags are found in plain texts", () => {
  const cases: [text: string, kinds: string[]][] = [
    ["Study of DOE^JANE", ["patient name"]],
    ["Müller^Änne^^Dr", ["patient name"]],
    ["PatientName: Jane Doe", ["patient name"]],
    ["Patient's name: Jane Doe", ["patient name"]],
    ['{"PatientID":"12345"}', ["patient identifier"]],
    ['{"PatientID": 12345}', ["patient identifier"]],
    ['"{\\"PatientID\\":\\"12345\\"}"', ["patient identifier"]],
    ["patient_id = 12345", ["patient identifier"]],
    ["date of birth: 1970-01-31", ["birth date"]],
    ["(0010,0010) PN [Jane Doe]  # 8, 1 PatientName", ["patient name"]],
    ["(0010, 0020) Patient ID      LO: '4711'", ["patient identifier"]],
    ['{"00100020": {"vr": "LO", "Value": ["4711"]}}', ["patient identifier"]],
    ["AccessionNumber: A-1\nPatientBirthDate: 19700131", ["birth date", "accession number"]],
  ];
  for (const [text, kinds] of cases) {
    assert.deepEqual(
      kindsIn(printing(text)),
      kinds.map((kind) => `output: ${kind}`),
      text,
    );
    assert.deepEqual(
      kindsIn(markdownCell(text)),
      kinds.map((kind) => `source: ${kind}`),
      text,
    );
  }
});

test("what only resembles an identity is left alone", () => {
  const texts = [
    "x^2 + y^2, R^N, e^{-t}, $A^T B$, a ^ b",
    "L4-L5: 3, Pfirrmann: 2, name: demo",
    "PatientName: [identity removed]",
    "PatientName:\n\nThe fields above are empty.",
    "PatientName: ''",
    '{"PatientID": null, "PatientName": "", "patientName": "ANONYMIZED"}',
    "PHANTOM^SPINE",
    "(0010,0010) PN []",
    "patient names are never shown; the patient ID is a hash",
    "the patient's name is removed",
  ];
  for (const text of texts) {
    assert.deepEqual(kindsIn(printing(text)), [], text);
    assert.deepEqual(kindsIn(markdownCell(text)), [], text);
  }
});

test("in code only literals and comments hold values", () => {
  const found: [code: string, kinds: string[]][] = [
    ['const wanted = { PatientName: "Jane Doe" };', ["patient name"]],
    ["const patientId = '12345';", ["patient identifier"]],
    ["study(`DOE^JANE`)", ["patient name"]],
    ["// PatientName: Jane Doe\nload()", ["patient name"]],
  ];
  for (const [code, kinds] of found)
    assert.deepEqual(
      kindsIn(codeCell(code)),
      kinds.map((kind) => `source: ${kind}`),
      code,
    );
  for (const code of [
    "interface Header { PatientName: string; PatientID?: number }",
    "const patientName = header.PatientName;",
    'if (patientName === "") throw 1; const f = ({ PatientID: id }) => id;',
    "const mask = FIRST^SECOND;",
    'header["PatientName"] = ""; header.PatientID = undefined;',
  ])
    assert.deepEqual(kindsIn(codeCell(code)), [], code);
});

test("every text and JSON output is looked into; pictures, packed data and attachments are not", () => {
  const html = "<table><tr><th>PatientID</th><td>12345</td></tr></table>";
  assert.deepEqual(kindsIn(showing({ "text/html": html })), ["output: patient identifier"]);
  const headings = "<table><tr><th>PatientID</th><th>Age</th></tr><tr><td>-</td><td>50</td></tr></table>";
  assert.deepEqual(kindsIn(showing({ "text/html": headings })), []);
  assert.deepEqual(kindsIn(showing({ "image/svg+xml": "<svg><text>DOE^JANE</text></svg>" })), [
    "output: patient name",
  ]);
  assert.deepEqual(kindsIn(showing({ "application/vnd.x+json": { deep: [{ t: "DOE^JANE" }] } })), [
    "output: patient name",
  ]);
  const error: Cell = {
    ...codeCell("x"),
    outputs: [{ output_type: "error", ename: "E", evalue: "no study of DOE^JANE", traceback: [] }],
  };
  assert.deepEqual(kindsIn(error), ["output: patient name"]);

  const packed = `${"A".repeat(2000)}DOE^JANE`;
  assert.deepEqual(kindsIn(showing({ "application/json": { voxels: packed }, "image/png": packed })), []);
  const attached = {
    ...markdownCell("![](attachment:a.txt)"),
    attachments: { "a.txt": { "text/plain": "DOE^JANE" } },
  };
  assert.deepEqual(kindsIn(attached), []);
});

test("metadata of the notebook, of cells and of outputs is looked into too", () => {
  const author = { author: "DOE^JANE" };
  const places = (notebook: Notebook) =>
    findIdentity(notebook, nobody).map(({ cellIndex, part }) => [cellIndex, part]);
  assert.deepEqual(places(notebookOf([], author)), [["metadata", "source"]]);
  assert.deepEqual(places(notebookOf([codeCell("1", author)])), [["metadata", "source"]]);
  assert.deepEqual(places(notebookOf([{ ...codeCell("1"), unknownField: author }])), [
    ["metadata", "source"],
  ]);
  assert.deepEqual(places(notebookOf([showing({}, author)])), [["metadata", "output"]]);
});

test("what the kernel knows is found in any text, once, and in the notebook's order", () => {
  const asked: string[] = [];
  const cells = [markdownCell("Jane D."), { ...printing("Jane D. and DOE^JANE"), source: "1" }];
  const found = findIdentity(notebookOf(cells, { note: "Jane D." }), (texts) => {
    asked.push(...texts);
    return texts.flatMap((text, index) =>
      text.includes("Jane D.") ? [{ text: index, kind: "patient name" }] : [],
    );
  });
  assert.deepEqual(found, [
    { cellIndex: 0, part: "source", kind: "patient name" },
    { cellIndex: 1, part: "output", kind: "patient name" },
    { cellIndex: "metadata", part: "source", kind: "patient name" },
  ]);
  // The kernel takes a long text without any space for packed data and does not look into it.
  for (const text of asked) assert.ok(!/^\S{1000,}$/.test(text));
});

test("a finding is told by its place and kind, never by its value", () => {
  const finding: NotebookIdentity = { cellIndex: 2, part: "source", kind: "patient name" };
  assert.throws(
    () => {
      refuseIdentity([finding]);
    },
    (error: unknown) =>
      error instanceof IdentityError &&
      error.message ===
        "Cell 3's source holds what looks like a patient name; remove it before the notebook is passed on.",
  );
  assert.throws(() => {
    refuseIdentity([finding, finding, finding]);
  }, /a patient name \(so do 2 other places\); remove it/);
  refuseIdentity([]);
  assert.equal(
    describeIdentity({ cellIndex: 0, part: "output", kind: "accession number" }),
    "Cell 1's output holds what looks like an accession number",
  );
  assert.equal(
    describeIdentity({ cellIndex: "metadata", part: "source", kind: "birth date" }),
    "The metadata of the notebook holds what looks like a birth date",
  );
});

test("sources alone can be looked at before anything runs", () => {
  const notebook = notebookOf([printing("DOE^JANE"), markdownCell("DOE^JANE")]);
  assert.deepEqual(identityInSources(notebook), [{ cellIndex: 1, part: "source", kind: "patient name" }]);
});

test("long texts are looked through in little time", () => {
  const begin = Date.now();
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => `<tr><td>L${i}</td><td>PatientX ${i} A^b "</td></tr>`,
  ).join("");
  const noise = "patient patient's other patient (0010,0010 AAAA^ ".repeat(10_000);
  kindsIn(showing({ "text/html": rows, "text/plain": noise, "application/json": { noise } }));
  assert.ok(Date.now() - begin < 3000, `${Date.now() - begin} ms`);
});
