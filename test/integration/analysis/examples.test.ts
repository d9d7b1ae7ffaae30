/** The real patients that ship: what they are, that they are credited, and that the steps work on them. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import dicomParser from "dicom-parser";
import {
  detect,
  exampleCohort,
  exampleStudy,
  exampleTables,
  grade,
  loadSeries,
  training,
} from "../../../src/api/index.js";
import { parseCsv } from "../../../src/text/index.js";
import { sharedData } from "../../support/data.js";

const LIMIT = 5e6;
const spider = sharedData("spider");

function sizeOf(path: string): number {
  if (!statSync(path).isDirectory()) return statSync(path).size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

describe("the example patients", () => {
  it("are small, and credited beside", () => {
    assert.ok(sizeOf("examples") <= LIMIT, `${sizeOf("examples")} bytes`);
    const text = readFileSync(join("examples", "README.md"), "utf8");
    const credits = ["SPIDER", "van der Graaf", "LSMA-PQR", "Sudirman"];
    for (const part of [...credits, "CC BY 4.0", "creativecommons.org/licenses/by/4.0"])
      assert.ok(
        text.replace("Creative Commons Attribution 4.0 International", "CC BY 4.0").includes(part),
        part,
      );
  });

  it("carry the credit in each DICOM file, and no name, date or number of an examination", async () => {
    const { dicom } = await exampleStudy();
    for (const name of readdirSync(dicom)) {
      const bytes = readFileSync(join(dicom, name));
      assert.ok(bytes.includes("SPIDER data set (van der Graaf et al.") && bytes.includes("CC BY 4.0"), name);
      const data = dicomParser.parseDicom(bytes);
      for (const tag of ["x00100030", "x00080020", "x00080050", "x00080090"])
        assert.equal(data.string(tag) ?? "", "", `${name} ${tag}`);
      assert.match(data.string("x00100010") ?? "", /^SPIDER-\d+$/);
    }
  });

  it("a stack of T2 slices with its geometry, and a T1 with a T2 slice of another patient", async () => {
    const study = await exampleStudy();
    const scan = await loadSeries(study.dicom);
    const { slices, spacing } = scan.volume;
    assert.ok(slices >= 7, `${slices} slices`);
    assert.deepEqual(
      spacing.map((mm) => mm > 0.2 && mm < 2),
      [true, true, true],
    );
    const spine = await detect(scan);
    const levels = new Set(spine.discs.map(({ level }) => level));
    for (const { level } of study.grades.slice(0, 6)) assert.ok(levels.has(level), level);
    assert.notEqual(study.pair.patient, study.patient);
    const [t1, t2] = await Promise.all(
      [study.pair.t1, study.pair.t2].map(({ image, spacing }) => loadSeries(image, { spacing })),
    );
    const graded = await grade(t2!, { t1: t1! });
    assert.ok(graded.discs.length >= 6);
  });

  it("24 patients of a cohort with grades of all discs from T12-L1 to L5-S1", async () => {
    const cohort = await exampleCohort();
    assert.equal(new Set(cohort.map(({ patient }) => patient)).size, 24);
    for (const { patient, image, spacing, grades } of cohort) {
      assert.ok(existsSync(image) && spacing > 0.2 && spacing < 1.5, patient);
      assert.ok(
        grades.length >= 5 && grades.every(({ pfirrmann }) => pfirrmann >= 1 && pfirrmann <= 5),
        patient,
      );
    }
  });

  it("31 patients of two hospitals as a table of studies and one of readings", async () => {
    const { studies, readings } = await exampleTables();
    const [rows, read] = [studies, readings].map((path) => parseCsv(readFileSync(path, "utf8")));
    const patients = rows!.map(({ patient }) => patient!);
    assert.equal(new Set(patients).size, 31);
    assert.deepEqual(new Set(rows!.map(({ hospital }) => hospital)), new Set(["SPIDER", "LSMA"]));
    assert.deepEqual(new Set(read!.map(({ patient }) => patient!)), new Set(patients));
    for (const { pfirrmann } of read!) assert.match(pfirrmann!, /^[1-5]$/);
  });

  it(
    "are of the patients that no training sees",
    { skip: spider === undefined && "the data are not at hand" },
    async () => {
      const held = new Set(training.validationPatients(await training.listGradedPatients(spider!)));
      const study = await exampleStudy();
      const shown = [study, study.pair, ...(await exampleCohort())].map(({ patient }) => patient);
      assert.equal(new Set(shown).size, 26);
      assert.deepEqual(
        shown.filter((patient) => !held.has(patient)),
        [],
      );
      const [others] = await training.openDatasets(sharedData("lsma")!, () => undefined);
      const taught = new Set(others!.patients.filter(({ isHeld }) => !isHeld).map(({ patient }) => patient));
      const rows = parseCsv(readFileSync((await exampleTables()).studies, "utf8"));
      const lsma = rows.map(({ patient }) => patient!).filter((patient) => patient.startsWith("LSMA-"));
      assert.equal(lsma.length, 7);
      assert.deepEqual(
        lsma.filter((patient) => taught.has(patient)),
        [],
      );
    },
  );
});
