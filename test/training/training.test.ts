import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it, test } from "node:test";
import { TISSUE } from "../../src/detection/index.js";
import { Random } from "../../src/numbers/index.js";
import type { Volume } from "../../src/imaging/index.js";
import { augmentedCrop, tissueTargets } from "../../src/training/augmentation.js";
import { parseCsv } from "../../src/text/index.js";
import { labelKey } from "../../src/training/discAugmentation.js";
import { clinicalLabels } from "../../src/training/samples/index.js";
import { foldOf } from "../../src/training/graderFolds.js";
import { listGradedPatients, RecipeError, runRecipe, validationPatients } from "../../src/training/index.js";
import { BACKGROUND_OR_SACRUM, labelStack, UNKNOWN } from "../../src/training/labelledSlice.js";
import { cosineRate } from "../../src/training/loop.js";
import { readGradings, readOverview } from "../../src/training/datasets/spiderTables.js";
import { sharedData } from "../support/data.js";

const spider = sharedData("spider");

/** A drawn mask: V vertebra, D disc, C canal, 5 mm a letter. */
function drawn(rows: readonly string[]): Volume {
  const scale = 5;
  const [height, width] = [rows.length * scale, rows[0]!.length * scale];
  const codes: Record<string, number> = { V: 76, D: 29, C: 150 };
  const voxels = Int16Array.from(
    { length: height * width },
    (_, i) => codes[rows[Math.floor(i / width / scale)]![Math.floor((i % width) / scale)]!] ?? 0,
  );
  return {
    voxels,
    columns: width,
    rows: height,
    slices: 1,
    spacing: [1, 1, 1],
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    geometry: "image",
  };
}

const mask = drawn([".VVVV.CC.VV.", ".DDDD.CC....", ".VVVV.CC.VV.", ".DDDD.CC....", "......CC...."]);
const at = (labels: Uint8Array, letterRow: number, letterColumn: number): number =>
  labels[(letterRow * 5 + 2) * mask.columns + letterColumn * 5 + 2]!;

describe("training data", () => {
  it("reads CSV with quotes, commas, line ends inside fields, and a byte order mark", () => {
    assert.deepEqual(parseCsv('\uFEFFa,b\r\n1,"x, ""y""\nz"\r\n\r\n2,\n'), [
      { a: "1", b: 'x, "y"\nz' },
      { a: "2", b: "" },
    ]);
  });

  it("splits vertebrae at the canal and gives the lowest disc a class of its own", () => {
    const [slice] = labelStack([{ image: mask, mask }]);
    const { labels } = slice!;
    assert.equal(at(labels, 0, 2), TISSUE.body);
    assert.equal(at(labels, 0, 9), TISSUE.posterior);
    assert.equal(at(labels, 1, 2), TISSUE.disc);
    assert.equal(at(labels, 3, 2), TISSUE.lowestDisc);
    assert.equal(at(labels, 2, 6), TISSUE.canal);
    assert.equal(at(labels, 4, 2), BACKGROUND_OR_SACRUM);
  });

  it("makes crops that depend on the seed only, and weights that sum to one", () => {
    const [slice] = labelStack([{ image: mask, mask }]);
    const crop = (seed: number) => augmentedCrop(slice!, { rows: 48, columns: 32 }, new Random(seed));
    assert.deepEqual(crop(5), crop(5));
    assert.notDeepEqual(crop(5).values, crop(6).values);
    const unknown = { ...crop(7), labels: new Uint8Array(48 * 32).fill(UNKNOWN) };
    const { targets, weights } = tissueTargets([crop(5), unknown]);
    assert.ok(Math.abs(weights.reduce((sum, weight) => sum + weight, 0) - 1) < 1e-4);
    assert.ok(weights.subarray(48 * 32).every((weight) => weight === 0));
    assert.equal(targets.length, 2 * 7 * 48 * 32);
  });

  it("weighs thin and rare tissues more: the lowest disc above other discs, these above bodies and canal", () => {
    const tissues = ["background", "body", "canal", "disc", "lowestDisc"] as const;
    const labels = Uint8Array.from(tissues, (tissue) => TISSUE[tissue]);
    const { weights } = tissueTargets([{ values: new Float32Array(labels.length), labels }]);
    const [background, body, canal, disc, lowest] = weights as unknown as [number, number, number, number, number]; // prettier-ignore
    assert.ok(lowest > disc && disc > body && disc > canal && body > background && canal > background);
  });

  it("turns crops without mirroring: columns and rows lean to opposite sides", () => {
    // Each block of 16 x 16 pixels has a label of its own, so that a crop's labels tell the places they were taken from.
    const [side, block, codes] = [240, 16, 15];
    const labels = Uint8Array.from({ length: side * side }, (_, i) => {
      const [row, column] = [Math.floor(i / side / block), Math.floor((i % side) / block)];
      return 8 + row * codes + column;
    });
    const values = new Float32Array(side * side).fill(1);
    const slice = {
      ...{ values, labels, rows: side, columns: side, spacing: 1, scale: { mean: 0, deviation: 1 } },
      discPixels: Int32Array.of((side / 2) * side + side / 2),
      lowestPixels: new Int32Array(0),
    };
    const size = { rows: 64, columns: 64 };
    let [rotation, shear, turns] = [0, 0, 0];
    for (let seed = 1; seed <= 40; seed++) {
      const crop = augmentedCrop(slice, size, new Random(seed)).labels;
      // The crop lies inside: its pixels are evenly spread, so that rows, columns and their products part least squares.
      if (crop.some((label) => label < 8)) continue;
      const along = { rowByX: 0, columnByY: 0, rowByY: 0, columnByX: 0 };
      crop.forEach((label, i) => {
        const [row, column] = [Math.floor((label - 8) / codes) * block, ((label - 8) % codes) * block];
        const [y, x] = [Math.floor(i / 64) - 31.5, (i % 64) - 31.5];
        along.rowByX += row * x;
        along.columnByY += column * y;
        along.rowByY += row * y;
        along.columnByX += column * x;
      });
      assert.ok(along.rowByY > 0 && along.columnByX > 0, `seed ${seed} is mirrored`);
      rotation += Math.abs(along.rowByX - along.columnByY);
      shear += Math.abs(along.rowByX + along.columnByY);
      turns++;
    }
    assert.ok(turns > 10, `${turns} crops inside`);
    assert.ok(rotation > 2 * shear, `rotation ${rotation}, shear ${shear}`);
  });

  it("takes public labels as what they say", () => {
    const base = {
      pfirrmann: 4,
      narrowingPresent: 1,
      spondylolisthesis: 0,
      upperEndplateDefect: 1,
      lowerEndplateDefect: 0,
      herniation: 0,
      bulging: 1,
      modic: 2,
    };
    const { labels, doubt } = clinicalLabels(base);
    assert.deepEqual(
      [labels.pfirrmann, labels.narrowing, labels.upperMarrowChange, labels.modic],
      [[3], [1, 2, 3], [1], [2]],
    );
    assert.equal(labels.centralCanalStenosis, undefined);
    assert.ok(doubt.upperMarrowChange! < 1);
    assert.deepEqual(clinicalLabels({ ...base, modic: 0, narrowingPresent: 0 }).labels.narrowing, [0]);
    assert.deepEqual(
      [labelKey("upperMarrowChange", true), labelKey("lowerEndplateDefect", true), labelKey("bulging", true)],
      ["lowerMarrowChange", "upperEndplateDefect", "bulging"],
    );
  });

  it("lets the learning rate rise, then fall to zero", () => {
    assert.ok(cosineRate(0, 1000, 1) < cosineRate(60, 1000, 1));
    assert.ok(cosineRate(999, 1000, 1) < 1e-4);
  });

  it("refuses recipes that lack something, in one sentence", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spinebook-recipe-"));
    try {
      const path = join(folder, "r.json");
      const refuses = async (text: string, words: RegExp): Promise<void> => {
        await writeFile(path, text);
        await assert.rejects(
          runRecipe({ path, data: folder, models: folder }, () => undefined),
          (error) => error instanceof RecipeError && words.test(error.message),
        );
      };
      await refuses("{", /r\.json is no recipe/);
      await refuses('{"kind":"detector"}', /"steps"/);
      await refuses(
        '{"kind":"oracle","steps":1,"batchSize":1,"learningRate":1,"seed":1,"phantoms":0}',
        /"kind"/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("goes on from the weights that are named, and refuses them before it reads any data", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spinebook-recipe-"));
    try {
      const path = join(folder, "r.json");
      const run = {
        path,
        data: join(folder, "none"),
        models: folder,
        start: join(folder, "start.safetensors"),
      };
      const start = (kind: string, more = {}): Promise<unknown> =>
        writeFile(
          path,
          JSON.stringify({ kind, steps: 1, batchSize: 8, learningRate: 0.001, seed: 1, phantoms: 0 }),
        ).then(() => runRecipe({ ...run, ...more }, () => undefined));
      await assert.rejects(start("multitask"), /start\.safetensors/);
      await assert.rejects(start("multitask", { folds: 2 }), /start from nothing/);
      await assert.rejects(start("multitask", { halvings: 1 }), /start from nothing/);
      await assert.rejects(start("corners"), /starts from nothing/);
      await assert.rejects(
        start("multitask", { start: join("models", "pfirrmann.safetensors") }),
        /belong to another network/,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe("the SPIDER data", { skip: spider === undefined ? "the data are not at hand" : false }, () => {
  it("gives 30 fixed validation patients", async () => {
    const patients = await listGradedPatients(spider!);
    const held = validationPatients(patients);
    assert.equal(held.length, 30);
    assert.deepEqual(validationPatients([...patients].reverse()), held);
    assert.deepEqual(held.slice(0, 4), ["10", "12", "13", "20"]);
  });

  it("reads gradings and spacing as published", async () => {
    const gradings = await readGradings(spider!);
    assert.equal(gradings.length, 1240);
    assert.deepEqual(
      gradings.find(({ patient, level }) => patient === "1" && level === "L2-L3")!.grades.pfirrmann,
      4,
    );
    assert.equal((await readOverview(spider!)).get("1_t2")!.spacing, 0.625);
  });
});

test("each patient is in one fold, and folds are about equally large", () => {
  const patients = Array.from({ length: 400 }, (_, i) => String(i + 1));
  const sizes = [0, 0, 0, 0, 0];
  for (const patient of patients) {
    assert.equal(foldOf(patient, 5), foldOf(patient, 5));
    sizes[foldOf(patient, 5)]!++;
  }
  assert.ok(
    sizes.every((size) => size > 55 && size < 105),
    sizes.join(),
  );
});
