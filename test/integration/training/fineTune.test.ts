import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { loadWeights } from "../../../src/engine/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { countFineTuneSteps, fineTune, fineTuneTable } from "../../../src/training/index.js";
import type { FineTuneOptions, FineTuning, LabelledStudy } from "../../../src/training/index.js";

/** A study in whose picture nothing is to be seen. */
function emptyStudy(): LabelledStudy {
  const { volume } = renderPhantom({ seed: 499, slices: 3 });
  const voxels = volume.voxels.slice().fill(0);
  const load = () => Promise.resolve({ volume: { ...volume, voxels } });
  return { patient: "patient-3b", grades: { "L4-L5": { pfirrmann: 2 } }, load };
}

/** Phantoms whose user calls every disc one Pfirrmann grade worse than it is, and one disc a 7. */
function labelledPhantoms(count: number): LabelledStudy[] {
  return Array.from({ length: count }, (_, i) => {
    const { volume, truth } = renderPhantom({ seed: 500 + i, slices: 3 });
    const grades = Object.fromEntries(
      truth.discs.map(({ level, grades: { pfirrmann } }) => [
        level,
        { pfirrmann: Math.min(5, Math.round(pfirrmann.fractional) + 1) },
      ]),
    );
    if (i === 0) grades["L3-L4"] = { pfirrmann: 7 };
    return { patient: `patient-${i + 1}`, grades, load: () => Promise.resolve({ volume }) };
  });
}

describe("fine-tuning on a user's labels", () => {
  let folder: string;
  let options: FineTuneOptions;
  let result: FineTuning;
  let steps = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-fine-tune-"));
    options = {
      studies: [...labelledPhantoms(6), emptyStudy()],
      models: "models",
      output: join(folder, "tuned"),
      steps: 40,
      batchSize: 8,
      learningRate: 0.1,
      heldOutShare: 0.34,
      seed: 2,
      onStep: () => {
        steps++;
      },
    };
    result = await fineTune(options);
  });
  after(() => rm(folder, { recursive: true }));

  it("splits by patient and reads those kept out before and after", () => {
    const { trainingPatients, heldOutPatients, readings } = result;
    assert.deepEqual([trainingPatients.length, heldOutPatients.length], [4, 2]);
    const all = [...trainingPatients, ...heldOutPatients].sort();
    assert.deepEqual(
      all,
      options.studies.slice(0, 6).map(({ patient }) => patient),
      "who has no spine in the picture is in neither part",
    );
    assert.ok(readings.length >= 10);
    assert.ok(readings.every(({ patient }) => heldOutPatients.includes(patient)));
    assert.equal(steps, countFineTuneSteps(options));
  });

  it("moves the grades towards the user's and changes the labelled head alone", async () => {
    const off = (when: "before" | "after"): number =>
      result.readings.reduce((sum, reading) => sum + Math.abs(reading[when] - reading.label), 0);
    assert.ok(off("after") < off("before"), `${off("before")} before, ${off("after")} after`);
    const [old, tuned] = await Promise.all(
      ["models", options.output].map((models) => loadWeights(join(models, "multitask.safetensors"))),
    );
    const changed = Object.keys(old!.weights).filter(
      (name) => !Buffer.from(old!.weights[name]!.buffer).equals(Buffer.from(tuned!.weights[name]!.buffer)),
    );
    assert.deepEqual(
      changed.filter((name) => !name.startsWith("pfirrmann/")),
      [],
    );
    assert.ok(changed.includes("pfirrmann/kernel"));
    assert.match(tuned!.metadata.trainedOn!, /a user's own labels of 4 patients/);
    assert.ok(!JSON.stringify(tuned!.metadata).includes("patient-1"), "no patient is named in the weights");
  });

  it("makes a folder of models, tells what it left out, and tables the agreement", async () => {
    // With what is fitted on the detector's maps, which is the same; without what belongs to the weights before.
    assert.deepEqual(
      (await readdir(options.output)).sort(),
      [
        "contrast.json",
        "corners.safetensors",
        "detector.safetensors",
        "multitask.safetensors",
        "numbering.json",
        "pfirrmann.safetensors",
      ],
      "nothing of the training is left",
    );
    assert.equal(result.remarks[0], "1 labels of pfirrmann are none of 1, 2, 3, 4, 5; they are left out.");
    assert.match(result.remarks[1]!, /^A study was left out: /);
    assert.equal(result.remarks.length, 2);
    const table = fineTuneTable(result);
    assert.equal(table.length, 5);
    const exact = result.readings.filter(({ label, after: grade }) => label === grade).length;
    const accuracy = table.find(({ measure }) => measure === "accuracy")!;
    assert.equal(accuracy.after, Number((exact / result.readings.length).toFixed(3)));
    assert.equal(accuracy.discs, result.readings.length);
  });

  it("refuses a folder that holds weights, labels of nothing, and ends when interrupted", async () => {
    await assert.rejects(fineTune(options), /output folder holds weights already/);
    const none = options.studies.map((study) => ({ ...study, grades: { "L4-L5": { colour: 2 } } }));
    const output = join(folder, "other");
    await assert.rejects(fineTune({ ...options, output, studies: none }), /No study has a label/);
    const signal = AbortSignal.abort();
    await assert.rejects(fineTune({ ...options, output, signal }), { name: "AbortError" });
    assert.ok(!existsSync(join(output, "multitask.safetensors")), "no weights without their models");
  });
});
