/** The example patients of an installation that has lost some of its files. */
import assert from "node:assert/strict";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { exampleCohort, exampleStudy, exampleTables } from "../../src/analysis/index.js";

let root: string;
before(async () => {
  root = await mkdtemp(join(tmpdir(), "spinebook-examples-"));
});
after(() => rm(root, { recursive: true }));

type Damage = (folder: string) => Promise<void>;

/** A copy of the examples, damaged. */
async function damaged(damage: Damage): Promise<string> {
  const folder = await mkdtemp(join(root, "copy-"));
  await cp("examples", folder, { recursive: true });
  await damage(folder);
  return folder;
}

const lost = (...path: readonly string[]): Damage => {
  return (folder) => rm(join(folder, ...path), { recursive: true });
};
const grades = (text: string): Damage => {
  return (folder) => writeFile(join(folder, "grades.csv"), text);
};

test("a whole folder is read wherever it lies", async () => {
  const folder = await damaged(() => Promise.resolve());
  assert.equal((await exampleCohort(folder)).length, 24);
  assert.equal((await exampleStudy(folder)).dicom, join(folder, "study"));
});

const cases: readonly [string, (folder: string) => Promise<unknown>, Damage][] = [
  ["no grades", exampleStudy, lost("grades.csv")],
  ["empty grades", exampleStudy, grades("")],
  ["no study", exampleStudy, lost("study")],
  ["no pair", exampleStudy, lost("pair")],
  ["a picture of the pair lost", exampleStudy, lost("pair", "10_t1.png")],
  ["no list of the cohort", exampleCohort, lost("cohort", "images.csv")],
  ["a picture of the cohort lost", exampleCohort, lost("cohort", "12_t2.png")],
  ["no table of studies", exampleTables, lost("studies.csv")],
  ["no readings", exampleTables, lost("readings.csv")],
  ["a picture of the other hospital lost", exampleTables, lost("other-hospital", "13_t2.png")],
  ["grades of nobody", exampleCohort, grades("patient,level\n")],
];
for (const [what, read, damage] of cases)
  test(`examples with ${what} are told in one sentence`, async () => {
    const sentence = /not in this installation \(.* is missing or incomplete\); install the package again\.$/;
    await assert.rejects(read(await damaged(damage)), { name: "Error", message: sentence });
  });
