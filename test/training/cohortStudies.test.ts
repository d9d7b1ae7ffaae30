import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { datasetsOfCohort, describeDataset, validationPatients } from "../../src/training/index.js";
import type { CohortSeries, CohortStudy } from "../../src/training/datasets/index.js";

const load = () => Promise.reject(new Error("nobody asked for it"));
const t2: CohortSeries = {
  ...{ contrast: "T2", orientation: "sagittal", pictures: "there", isRead: false, load },
};
const graded = { level: "L4-L5", rater: "anna", reading: 1, grades: { pfirrmann: 3 } };
const study = (patient: string, change: Partial<CohortStudy> = {}): CohortStudy => ({
  ...{ study: `s${patient}`, patient, dataset: "local", series: [t2], gradings: [graded] },
  ...change,
});

describe("studies of a cohort as data sets", () => {
  it("are those with a person's grades and pictures that lie where they lay; the others are counted by reason", () => {
    const [dataset, ...others] = datasetsOfCohort(
      [
        study("1"),
        study("2", { gradings: [] }),
        study("3", { series: [{ ...t2, pictures: "gone" }] }),
        study("4", { series: [{ ...t2, pictures: "unknown" }] }),
        study("5", { series: [{ ...t2, contrast: "T2FS" }, { ...t2, contrast: "T1" }, { ...t2, orientation: "axial" }] }), // prettier-ignore
        study("6", {
          gradings: [{ ...graded, grades: { leftForaminalNarrowing: 1, pfirrmannFractional: 2.7 } }],
        }),
      ],
      ["2 readings by models are not taken."],
    );
    assert.deepEqual(others, []);
    assert.equal(dataset!.patients.length, 1);
    assert.deepEqual(Object.fromEntries(dataset!.leftOut), {
      "without a reader's grades": 2,
      "with pictures that do not lie where they lay": 1,
      "with pictures whose place the cohort does not know": 1,
      "without a sagittal T2 series": 1,
    });
    assert.match(describeDataset(dataset!), /^local of the cohort: 1 patient taken, 5 left out: /);
    assert.match(dataset!.patients[0]!.patient, /^own-[0-9a-f]{10}$/);
  });

  it("are read by the series that the reader read, with its T1 partner", async () => {
    const series = [
      { ...t2, contrast: "unknown" },
      { ...t2, orientation: "unknown" },
      t2,
      { ...t2, contrast: "T1" },
    ];
    const asked: number[] = [];
    const loads = series.map((one, i) => ({
      ...one,
      load: () => {
        asked.push(i);
        return Promise.reject(new Error("a test has no pictures"));
      },
    }));
    const chosen = async (own: readonly CohortSeries[]) => {
      asked.length = 0;
      const [patient] = datasetsOfCohort([study("1", { series: own })])[0]!.patients;
      for (const { load: read } of patient!.series) await assert.rejects(read());
      return [patient!.series.map(({ kind }) => kind), [...asked]];
    };
    assert.deepEqual(await chosen(loads), [["T2", "T1"], [2, 3]]); // prettier-ignore
    assert.deepEqual(await chosen(loads.map((one, i) => ({ ...one, isRead: i === 1 }))), [["T2", "T1"], [1, 3]]); // prettier-ignore
  });

  it("keep out of training whom the published data sets keep out, whatever their ids begin with", () => {
    const numbers = Array.from({ length: 60 }, (_, i) => String(i + 1));
    const held = validationPatients(numbers);
    const studies = numbers.flatMap((number) => [
      study(number, { dataset: "SPIDER" }),
      study(`LSMA-${number}`, { dataset: "LSMA" }),
    ]);
    const [spider, lsma] = datasetsOfCohort([...studies, study("0a1b2c3d4e5f", { dataset: "SPIDER" })]);
    assert.deepEqual(
      spider!.patients.filter(({ isHeld }) => isHeld).map(({ patient }) => patient),
      held,
    );
    assert.equal(spider!.credit, "SPIDER (CC BY 4.0)");
    // Of a pseudonym nobody can tell whose it is.
    assert.deepEqual([...spider!.leftOut], [["with an id that is no number of SPIDER's", 1]]);
    assert.equal(lsma!.patients[0]!.patient, "LSMA-1");
  });

  it("name several readings of one rater apart", () => {
    const second = { ...graded, reading: 2, grades: { pfirrmann: 4 } };
    const [dataset] = datasetsOfCohort([study("1", { gradings: [graded, second] })]);
    assert.deepEqual(
      dataset!.patients[0]!.gradings.map(({ rater, grades }) => [rater, grades.pfirrmann]),
      [
        ["anna", 3],
        ["anna / 2", 4],
      ],
    );
  });
});
