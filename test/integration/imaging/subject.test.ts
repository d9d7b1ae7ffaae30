import assert from "node:assert/strict";
import { test } from "node:test";
import {
  mkdtempSync,
  rmSync,
  writeFileSync,
  readdirSync,
  readFileSync,
  mkdirSync,
  copyFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listStudies, readSeries, studySources } from "../../../src/imaging/index.js";
import { element } from "../../../src/imaging/dicom/writing/elements.js";
import { writePhantomStudies } from "../../../src/phantom/index.js";
import { withElements } from "../../support/dicomElements.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-subject-"));
test.after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The subject that a file with these elements tells of. */
async function subjectWith(elements: Readonly<Record<number, readonly [vr: string, value: string]>>) {
  const [study] = await writePhantomStudies(join(folder, "made"), { seed: 2, studies: 1 });
  const [name] = readdirSync(join(study!, "dicom")).sort();
  const file = withElements(
    readFileSync(join(study!, "dicom", name!)),
    Object.fromEntries(
      Object.entries(elements).map(([tag, [vr, value]]) => [tag, element(Number(tag), vr, value)]),
    ),
  );
  const path = join(folder, "one.dcm");
  writeFileSync(path, file);
  const [series] = await readSeries(path);
  assert.ok(!JSON.stringify(series).includes("KH-4711"), "what prints a series prints no patient");
  return series!.subject!();
}

test("sex, age, day, field and maker are told, of the patient only a hash", async () => {
  const subject = await subjectWith({
    0x00080020: ["DA", "20200301"],
    0x00080070: ["LO", "SIEMENS HEALTHINEERS, Dr. Doe"],
    0x00100020: ["LO", "KH-4711"],
    0x00100040: ["CS", "F "],
    0x00101010: ["AS", "018M"],
    0x00180087: ["DS", "1.5"],
  });
  const { patient, ...rest } = subject;
  assert.match(patient!, /^[0-9a-f]{12}$/);
  assert.deepEqual(rest, { sex: "F", age: 1.5, day: 18_322, fieldStrength: 1.5, manufacturer: "Siemens" });
});

test("without an age it is that between birth and examination; nonsense is left out", async () => {
  const born = await subjectWith({ 0x00080020: ["DA", "20200301"], 0x00100030: ["DA", "19700301"] });
  assert.equal(born.age, 50);
  const nonsense = await subjectWith({
    0x00080020: ["DA", "2020-03"],
    0x00100030: ["DA", "18000101"],
    0x00100040: ["CS", "X"],
    0x00101010: ["AS", "99X"],
  });
  assert.equal(nonsense.age, undefined);
  assert.equal(nonsense.sex, undefined);
  assert.equal(nonsense.day, undefined);
});

test("studies below a folder are listed by their own ids, whatever the folders are", async () => {
  const [one, two] = await writePhantomStudies(join(folder, "two"), { seed: 5, studies: 2 });
  const listed = await listStudies(join(folder, "two"));
  assert.equal(listed.length, 2);
  assert.ok(listed.every(({ key, study }) => key === study));
  // Half of a study's images in a second folder are still of it; both studies in one folder are two.
  const mixed = join(folder, "mixed");
  const [left, right] = [join(mixed, "left"), join(mixed, "right")];
  for (const path of [left, right]) mkdirSync(path, { recursive: true });
  const names = readdirSync(join(one!, "dicom")).sort();
  names.forEach((name, i) => {
    copyFileSync(join(one!, "dicom", name), join(i % 2 === 0 ? left : right, name));
  });
  for (const name of readdirSync(join(two!, "dicom")))
    copyFileSync(join(two!, "dicom", name), join(right, `z${name}`));
  const again = await listStudies(mixed);
  assert.deepEqual(again.map(({ key }) => key).sort(), listed.map(({ key }) => key).sort());
  assert.deepEqual(again.map(({ paths }) => paths.length).sort(), [1, 2]);
  // A file alone is a study of its own; text is none.
  writeFileSync(join(mixed, "notes.txt"), "nothing");
  assert.equal((await listStudies(mixed)).length, 2);
  assert.equal((await studySources(join(left, names[0]!))).length, 1);
});
