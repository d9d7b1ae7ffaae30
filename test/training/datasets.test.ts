import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { connectedRegions, detectSpine, TISSUE } from "../../src/detection/index.js";
import { toPatient, writeMetaImage } from "../../src/imaging/index.js";
import type { Phantom } from "../../src/phantom/index.js";
import { PHANTOM_TISSUE } from "../../src/phantom/index.js";
import { openDatasets, recogniseLayout, runRecipe } from "../../src/training/index.js";
import { outlinesOf } from "../../src/training/corners/samples.js";
import { MASK, maskedStacks, openDataset, patientsOf } from "../../src/training/datasets/index.js";
import type { Dataset, MaskedStack } from "../../src/training/datasets/index.js";
import { clinicalLabels, clinicalSamples, isTrusted } from "../../src/training/samples/index.js";
import { labelStack } from "../../src/training/labelledSlice.js";
import {
  smallPhantom,
  spiderMask,
  withFolder,
  writeLsmaPack,
  writeRsnaPack,
  writeSpiderPack,
  writeStudies,
} from "../support/datasetPacks.js";

const models = "models";
const quiet = (): void => undefined;
const phantom = smallPhantom(1);
/** The same spine as another reader's pictures would have it. */
const other = smallPhantom(2);

const seriesOf = (dataset: Dataset, patient: string, kind: string) =>
  dataset.patients.find((one) => one.patient === patient)!.series.find((one) => one.kind === kind)!;

/** SPIDER with a patient of each fate: 1 is trained on, 10 kept out, 2 has masks alone, 3 no T2, 4 no grades, 5 no images. */
function spiderPack(folder: string): void {
  const graded = { phantom, isGraded: true, isMasked: true };
  writeSpiderPack(folder, [
    { ...graded, number: 1, series: ["t1", "t2"] },
    { ...graded, phantom: other, number: 10, series: ["t2"], axes: { order: [2, 0, 1], backwards: [0, 2] } },
    {
      ...graded,
      number: 2,
      series: ["t2_SPACE"],
      isGraded: false,
      axes: { order: [0, 1, 2], backwards: [1] },
    },
    { ...graded, number: 3, series: ["t1"], isMasked: false },
    { ...graded, number: 4, series: ["t2"], isMasked: false, isGraded: false },
    { ...graded, number: 5, series: [] },
  ]);
}

/** Middle (LPS mm) of the pixels of a stack that have a code. */
function middleOf({ slices, volume }: MaskedStack, code: number): number[] {
  const places = slices.flatMap(({ mask }, slice) =>
    [...mask.voxels.keys()]
      .filter((i) => mask.voxels[i] === code)
      .map((i) => toPatient(volume, [i % mask.columns, Math.floor(i / mask.columns), slice])),
  );
  return [0, 1, 2].map((axis) => places.reduce((sum, place) => sum + place[axis]!, 0) / places.length);
}

/** The same of the phantom's own mask, by SPIDER's code. */
function trueMiddle(one: Phantom, code: number): number[] {
  const mask = spiderMask(one);
  const size = mask.rows * mask.columns;
  const places = [...mask.voxels.keys()]
    .filter((i) => mask.voxels[i] === code)
    .map((i) =>
      toPatient(mask, [i % mask.columns, Math.floor((i % size) / mask.columns), Math.floor(i / size)]),
    );
  return [0, 1, 2].map((axis) => places.reduce((sum, place) => sum + place[axis]!, 0) / places.length);
}

const distance = (a: readonly number[], b: readonly number[]): number =>
  Math.hypot(...a.map((value, axis) => value - b[axis]!));

describe("SPIDER as its publisher packs it", () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-spider-"));
  const said: string[] = [];
  let dataset: Dataset;
  before(async () => {
    spiderPack(folder);
    [dataset] = (await openDatasets(folder, (line) => said.push(line))) as [Dataset];
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("is told with what was taken, left out and why", async () => {
    assert.equal(await recogniseLayout(folder), "spider-published");
    assert.equal(
      said[0],
      "SPIDER as published: 3 patients taken, 3 left out: 1 without a T2 series, 1 without grades, 1 without images; " +
        "1 of those taken are kept out of all training; 1 have no graded T2 series, only T2 SPACE or masks",
    );
    assert.match(said[1]!, /2 series have no mask/);
    assert.deepEqual(
      dataset.patients.map(({ patient, isHeld }) => [patient, isHeld]),
      [
        ["1", false],
        ["2", false],
        ["10", true],
      ],
    );
    const [first] = dataset.patients;
    const l5 = first!.gradings.find(({ level }) => level === "L5-S1")!;
    const truth = phantom.truth.discs.find(({ level }) => level === "L5-S1")!.grades;
    assert.equal(l5.grades.pfirrmann, truth.pfirrmann.grade);
    assert.equal(l5.grades.narrowingPresent, truth.narrowing.grade > 1 ? 1 : 0);
  });

  it("gives masks where the phantom has its tissues, in whatever order the files keep their axes", async () => {
    const stack = await seriesOf(dataset, "10", "T2").loadMasked!("evaluation");
    assert.deepEqual([stack.volume.columns, stack.volume.rows, stack.slices.length], [192, 256, 5]);
    assert.ok(distance(middleOf(stack, MASK.lowestDisc), trueMiddle(other, 201)) < 0.01);
    assert.ok(distance(middleOf(stack, MASK.canal), trueMiddle(other, 100)) < 0.01);
    // Columns run to the back and rows to the feet, as the networks see all slices.
    assert.ok(stack.volume.affine[4]! > 0 && stack.volume.affine[9]! < 0);
    const sumOf = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, value) => sum + value, 0);
    assert.equal(sumOf(stack.volume.voxels), sumOf(other.volume.voxels));
  });

  it("makes slices for the detector and corners from the masks", async () => {
    const names: string[] = [];
    for await (const stack of maskedStacks([dataset], "training", quiet)) {
      names.push(stack.name);
      if (stack.name !== "1_t2") continue;
      const labelled = labelStack(stack.slices, stack.volume.spacing[2]);
      const middle = labelled[Math.floor(labelled.length / 2)]!;
      const { tissue, volume, truth } = phantom;
      const size = volume.rows * volume.columns;
      // The stack is that of the phantom with slices from the right to the left: the middle one stays.
      const own = tissue.subarray(2 * size, 3 * size);
      const isDisc = (label: number): boolean => label === TISSUE.disc || label === TISSUE.lowestDisc;
      const [discs, both] = [
        own.filter((kind) => kind === PHANTOM_TISSUE.disc).length,
        (kind: number, i: number) => kind === PHANTOM_TISSUE.disc && isDisc(middle.labels[i]!),
      ];
      assert.equal(own.filter(both).length, discs);
      const bodies = [...own.keys()].filter((i) => own[i] === PHANTOM_TISSUE.body);
      const asBodies = bodies.filter((i) => middle.labels[i] === TISSUE.body).length;
      assert.ok(asBodies > 0.97 * bodies.length, `${asBodies} of ${bodies.length}`);
      const lowest = connectedRegions(
        middle.labels.length,
        middle.columns,
        (i) => middle.labels[i] === TISSUE.lowestDisc,
        20,
      );
      const l5 = truth.discs.find(({ level }) => level === "L5-S1")!;
      assert.equal(lowest.length, 1);
      assert.ok(Math.abs(lowest[0]!.centreRow - l5.pixel[1]) < 4);
      const errors = outlinesOf(middle.labels, middle).map((outline) =>
        Math.min(
          ...truth.vertebrae.flatMap(({ sections }) =>
            sections
              .filter(({ slice }) => slice === 2)
              .map(
                ({
                  corners: {
                    anteriorSuperior: [column, row],
                  },
                }) =>
                  Math.hypot(
                    outline[0][0] - column * volume.spacing[0],
                    outline[0][1] - row * volume.spacing[1],
                  ),
              ),
          ),
        ),
      );
      assert.ok(errors.length >= 4 && errors.every((error) => error < 4), errors.join());
    }
    assert.deepEqual(names, ["1_t1", "1_t2", "2_t2_SPACE"]);
  });

  it("makes graded discs of whole stacks, with their T1 beside, and none of patients who are kept out", async () => {
    const { samples } = await clinicalSamples([dataset], models, quiet);
    assert.ok(samples.length >= 15, `${samples.length} samples`);
    assert.ok(samples.every(({ patient, partner }) => patient === "1" && partner !== undefined));
    assert.equal(new Set(samples.map(({ slice }) => slice)).size, samples[0]!.volume.slices);
    for (const { disc, labels, volume, slice } of samples) {
      const place = toPatient(volume, [disc.centre.column, disc.centre.row, slice]);
      const near = phantom.truth.discs.reduce((best, one) =>
        distance(one.centre.slice(1), place.slice(1)) < distance(best.centre.slice(1), place.slice(1))
          ? one
          : best,
      );
      assert.ok(distance(near.centre.slice(1), place.slice(1)) < 6);
      assert.deepEqual(labels.pfirrmann, [near.grades.pfirrmann.grade - 1]);
      assert.deepEqual(labels.narrowing, near.grades.narrowing.grade > 1 ? [1, 2, 3] : [0]);
    }
  });

  it("trains the detector from the pack by a recipe", async () => {
    const path = join(folder, "d.json");
    const recipe = { kind: "detector", steps: 1, batchSize: 1, learningRate: 0.001, seed: 1, phantoms: 0 };
    writeFileSync(path, JSON.stringify(recipe));
    const lines: string[] = [];
    const places = { output: join(folder, "d.safetensors"), checkpoint: join(folder, "d.ckpt") };
    await runRecipe({ path, data: [folder], models, ...places }, (line) => lines.push(line));
    assert.ok(existsSync(places.output));
    assert.ok(
      lines.some((line) => /1[0-9] masked slices of 2 patients/.test(line)),
      lines.join("\n"),
    );
  });

  it("leaves out a mask that is not its image's, or has other codes, and says so", async () => {
    await withFolder(async (folder) => {
      const one = { number: 1, phantom, series: ["t2"], isMasked: true, isGraded: true } as const;
      writeSpiderPack(folder, [one]);
      const [dataset] = await openDatasets(folder, quiet);
      const load = (): Promise<MaskedStack> => seriesOf(dataset!, "1", "T2").loadMasked!("training");
      const mask = spiderMask(phantom);
      const put = (volume: typeof mask): void => {
        writeFileSync(join(folder, "masks", "1_t2.mha"), writeMetaImage(volume));
      };
      put({ ...mask, voxels: mask.voxels.map((value) => (value === 203 ? 240 : value)) });
      await assert.rejects(load(), /1_t2 holds the value 240/);
      put({ ...mask, affine: mask.affine.map((value, i) => (i === 7 ? value + 20 : value)) });
      await assert.rejects(load(), /does not lie on its image/);
      const said: string[] = [];
      for await (const stack of maskedStacks([dataset!], "training", (line) => said.push(line)))
        assert.fail(`${stack.name} was read`);
      assert.match(said.join(), /1_t2 is left out: The mask of 1_t2 does not lie/);
    });
  });
});

describe("LSMA-PQR with Sudirman's DICOM", () => {
  it("gives the T2 series with its T1 and the grades by level", async () => {
    await withFolder(async (folder) => {
      await writeLsmaPack(folder, [
        { number: 1, phantom, grades: [4, 3, 2] },
        { number: 7, grades: [2, 2, 2] },
      ]);
      const said: string[] = [];
      const [dataset] = await openDatasets(folder, (line) => said.push(line));
      assert.equal(dataset!.layout, "lsma-published");
      assert.match(said[0]!, /1 patient taken, 1 left out: 1 without images/);
      const [patient] = dataset!.patients;
      assert.deepEqual(
        patient!.gradings.map(({ level, grades }) => [level, grades.pfirrmann]),
        [
          ["L5-S1", 4],
          ["L4-L5", 3],
          ["L3-L4", 2],
        ],
      );
      const [t2, t1] = ["T2", "T1"].map((kind) => seriesOf(dataset!, "LSMA-1", kind));
      assert.deepEqual((await t2!.load()).voxels.length, phantom.volume.voxels.length);
      const mean = async (load: () => Promise<{ voxels: ArrayLike<number> }>): Promise<number> => {
        const { voxels } = await load();
        return Array.from(voxels).reduce((sum, value) => sum + value, 0) / voxels.length;
      };
      const trueMean = (voxels: ArrayLike<number>): number =>
        Array.from(voxels).reduce((sum, value) => sum + value, 0) / voxels.length;
      assert.ok(Math.abs((await mean(t2!.load)) - trueMean(phantom.volume.voxels)) < 0.01);
      assert.ok(Math.abs((await mean(t1!.load)) - trueMean(phantom.t1!.voxels)) < 0.01);
    });
  });
});

describe("RSNA 2024", () => {
  it("gives the canal's stenosis, and trusts names of levels that its marks confirm", async () => {
    await withFolder(async (folder) => {
      const severities = ["Normal/Mild", "Moderate", "Severe", "", "Normal/Mild"];
      await writeRsnaPack(folder, { study: "4003253", phantom, severities });
      const [dataset] = await openDatasets(folder, quiet);
      assert.equal(dataset!.layout, "rsna");
      const [patient] = dataset!.patients;
      assert.deepEqual(
        patient!.gradings.map(({ level, grades }) => [level, clinicalLabels(grades)]),
        [
          ["L5-S1", { labels: { centralCanalStenosis: [0] }, doubt: { centralCanalStenosis: 0.4 } }],
          ["L3-L4", { labels: { centralCanalStenosis: [1] }, doubt: {} }],
          ["L2-L3", { labels: { centralCanalStenosis: [1] }, doubt: {} }],
          ["L1-L2", { labels: { centralCanalStenosis: [0] }, doubt: { centralCanalStenosis: 0.4 } }],
        ],
      );
      const series = seriesOf(dataset!, "RSNA-4003253", "T2");
      const spine = await detectSpine(await series.load(), models);
      assert.equal(isTrusted(spine, series), true);
      // Marks a level higher contradict the names.
      const rows = Math.round(35 / phantom.volume.spacing[1]);
      await writeRsnaPack(folder, { study: "4003253", phantom, severities, off: -rows });
      const moved = seriesOf(await openDataset(folder, quiet), "RSNA-4003253", "T2");
      assert.equal(isTrusted(spine, moved), false);
    });
  });
});

describe("own studies with grades.csv", () => {
  const table = [
    "Patient,Level,Reader,Pfirrmann grade,Narrowing,Remark",
    "case-a,L4/L5,anna,III,2,x",
    "case-a,L4/L5,ben,4,2,x",
    "case-a,L5-S1,anna,2,,x",
    "HOSPITAL^77,L4-5,anna,5,4,x",
    "case-a,L9-X,anna,2,1,x",
    "case-gone,L4-L5,anna,2,1,x",
  ].join("\n");

  it("are found by folder or by the patient's id in their headers, and named by nobody", async () => {
    await withFolder(async (folder) => {
      await writeStudies(folder, `${table}\n`, [
        { name: "case-a", patientId: "a", phantom },
        { name: "scan_2", patientId: "HOSPITAL^77", phantom: other },
      ]);
      const said: string[] = [];
      const [dataset] = await openDatasets(folder, (line) => said.push(line));
      assert.equal(dataset!.layout, "studies");
      assert.equal(dataset!.patients.length, 2);
      assert.match(said.join("\n"), /2 patients taken, 1 left out: 1 without images/);
      assert.match(said.join("\n"), /1 row of grades\.csv with a level that is not known/);
      assert.match(said.join("\n"), /1 column of grades\.csv not known/);
      assert.doesNotMatch(JSON.stringify(dataset) + said.join(), /HOSPITAL|case-a/);
      const [first] = dataset!.patients;
      assert.deepEqual(
        first!.gradings.map(({ level, rater, grades }) => [level, rater, grades.pfirrmann]),
        [
          ["L4-L5", "anna", 3],
          ["L4-L5", "ben", 4],
          ["L5-S1", "anna", 2],
        ],
      );
      const { samples } = await clinicalSamples([{ ...dataset!, patients: [first!] }], models, quiet, {
        isHeld: () => false,
      });
      const shares = samples.map(({ labels, doubt }) => [labels.pfirrmann![0]! + 1, doubt.pfirrmann ?? 1]);
      // Each of two readers of a disc counts half, in each of three slices.
      assert.deepEqual(
        [...shares].sort((a, b) => a[0]! - b[0]!),
        [2, 2, 2, 3, 3, 3, 4, 4, 4].map((grade) => [grade, grade === 2 ? 1 : 0.5]),
      );
    });
  });

  it("are refused without patients, levels or grades, by what is lacking", async () => {
    const refused: readonly (readonly [string, RegExp])[] = [
      ["level,pfirrmann\nL4-L5,2\n", /no column that tells the patient/],
      ["patient,pfirrmann\na,2\n", /no column that tells the level/],
      ["patient,level\na,L4-L5\n", /no column of grades/],
      ["patient,level,pfirrmann\na,L4-L5,2\n", /Nothing of own studies can be taken.*1 without images/],
    ];
    await withFolder(async (folder) => {
      for (const [text, words] of refused) {
        writeFileSync(join(folder, "grades.csv"), text);
        await assert.rejects(openDatasets(folder, quiet), words);
      }
    });
  });
});

describe("several data sets at once", () => {
  it("count a patient once, and do not pool another reader's grades with the first one's", async () => {
    await withFolder(async (folder) => {
      const [spider, again, lsma] = ["spider", "again", "lsma"].map((name) => join(folder, name)) as [
        string,
        string,
        string,
      ];
      const one = { phantom, series: ["t2"], isMasked: true, isGraded: true } as const;
      writeSpiderPack(spider, [{ ...one, number: 1 }]);
      writeSpiderPack(
        again,
        [1, 6].map((number) => ({ ...one, number })),
      );
      mkdirSync(lsma);
      await writeLsmaPack(lsma, [{ number: 1, phantom, grades: [4, 3, 2] }]);
      const said: string[] = [];
      const datasets = await openDatasets([spider, again, lsma], (line) => said.push(line));
      assert.match(said.join("\n"), /1 patient taken, 1 left out: 1 in a data set named before/);
      assert.deepEqual(
        patientsOf(datasets, "training").map(({ patient }) => patient),
        ["1", "6", "LSMA-1"],
      );
    });
    const given = clinicalLabels({ pfirrmann: 4, narrowing: 2, herniation: 1 }, { reader: "LSMA" });
    assert.deepEqual(given.labels, { "pfirrmann.LSMA": [3], narrowing: [0, 1, 2], herniation: [1] });
    assert.equal(given.reader, "LSMA");
  });

  it("are refused where a folder is none of them, by what was looked for", async () => {
    await withFolder(async (folder) => {
      await assert.rejects(openDatasets(join(folder, "none"), quiet), /no such folder/);
      await assert.rejects(
        openDatasets(folder, quiet),
        /Looked for: SPIDER as published: radiological_gradings\.csv, images/,
      );
      writeFileSync(join(folder, "radiological_gradings.csv"), "Patient\n");
      writeFileSync(join(folder, "images.zip"), "PK");
      await assert.rejects(
        openDatasets(folder, quiet),
        /Unpack images\.zip there first.*radiological_gradings\.csv there, but not images\/N_t2\.mha/,
      );
    });
  });
});
