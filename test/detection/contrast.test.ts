/** The weighting of a series: what signals say, and how header and picture are put together. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  combineContrast,
  CONTRAST_SIGNALS,
  contrastFlags,
  contrastInputs,
  contrastProbabilities,
  loadContrastModel,
  TISSUE,
  tissueSignals,
} from "../../src/detection/index.js";
import type { SeriesContrast, TissueLabels } from "../../src/detection/index.js";
import type { Contrast, Volume } from "../../src/imaging/index.js";

/** Columns of tissues from front to back, 1 mm a pixel: fat, body or disc, gap, canal, posterior, muscle, skin, air. */
const [COLUMNS, ROWS] = [140, 120];
const PLACE = { body: [30, 64], canal: [66, 82], posterior: [84, 100], skin: [112, 126] } as const;
const SIGNAL = { front: 70, marrow: 100, disc: 60, csf: 200, posterior: 90, muscle: 40, fat: 150 } as const;

function drawn(): { volume: Volume; map: TissueLabels } {
  const voxels = new Float32Array(COLUMNS * ROWS);
  const labels = new Uint8Array(COLUMNS * ROWS);
  const within = (column: number, [from, to]: readonly [number, number]) => column >= from && column < to;
  for (let row = 0; row < ROWS; row++)
    for (let column = 0; column < COLUMNS; column++) {
      const isDisc = row % 40 >= 15 && row % 40 < 25;
      const [signal, tissue] = within(column, PLACE.body)
        ? isDisc
          ? [SIGNAL.disc, TISSUE.disc]
          : [SIGNAL.marrow, TISSUE.body]
        : within(column, PLACE.canal)
          ? [SIGNAL.csf, TISSUE.canal]
          : within(column, PLACE.posterior)
            ? [SIGNAL.posterior, TISSUE.posterior]
            : [
                column >= 126 ? 0 : column >= 112 ? SIGNAL.fat : column < 30 ? SIGNAL.front : SIGNAL.muscle,
                0,
              ];
      [voxels[row * COLUMNS + column], labels[row * COLUMNS + column]] = [signal, tissue];
    }
  return {
    volume: {
      voxels,
      columns: COLUMNS,
      rows: ROWS,
      slices: 1,
      spacing: [1, 1, 4],
      affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1],
      geometry: "image",
    },
    map: { slice: 0, rows: ROWS, columns: COLUMNS, columnStep: 1, rowStep: 1, labels },
  };
}

describe("signals that tell the weighting", () => {
  it("are those of the tissues, each in its place", () => {
    const { volume, map } = drawn();
    const signals = tissueSignals(volume, map)!;
    const { csf, marrow, disc, posterior, behind, skin, front } = signals;
    assert.deepEqual(
      { csf, marrow, disc, posterior, behind, skin, front },
      { csf: 200, marrow: 100, disc: 60, posterior: 90, behind: 40, skin: 150, front: 70 },
    );
    const inputs = contrastInputs(signals)!;
    assert.equal(inputs.length, CONTRAST_SIGNALS.length);
    assert.ok(Math.abs(inputs[0]! - Math.log(0.5)) < 1e-12);
  });

  it("do not depend on scanner units, and are none without a spine or a canal's signal", () => {
    const { volume, map } = drawn();
    const inputsOf = (gain: number) =>
      contrastInputs(tissueSignals({ ...volume, voxels: volume.voxels.map((value) => gain * value) }, map)!);
    assert.deepEqual(inputsOf(3), inputsOf(1));
    assert.equal(inputsOf(0), undefined);
    assert.equal(tissueSignals(volume, { ...map, labels: map.labels.map(() => 0) }), undefined);
  });
});

describe("header and picture", () => {
  const rows: readonly (readonly [Contrast, SeriesContrast["picture"], Contrast, string, boolean])[] = [
    ["T2", "T2", "T2", "both", false],
    ["STIR", "T2FS", "STIR", "both", false],
    ["T2FS", "T2FS", "T2FS", "both", false],
    ["unknown", "T2FS", "T2FS", "picture", false],
    ["unknown", "unsure", "unknown", "neither", false],
    ["T1", "unsure", "T1", "header", false],
    ["PD", "T2", "PD", "header", false],
    // Headers of T2 do not always say that fat is suppressed.
    ["T2", "T2FS", "T2FS", "picture", false],
    ["STIR", "T2", "T2", "picture", true],
    ["T2", "T1", "T1", "picture", true],
    ["T1", "T2", "T2", "picture", true],
  ];
  for (const [header, picture, contrast, knownBy, contradiction] of rows)
    it(`${header} by the header and ${picture} by the picture is ${contrast}`, () => {
      assert.deepEqual(combineContrast(header, picture), { contrast, knownBy, contradiction });
      const codes = contrastFlags({ header, picture, contrast, contradiction, knownBy: knownBy as "both" });
      assert.equal(codes.length, contrast === "T2" && !contradiction ? 0 : 1);
      if (contradiction) {
        assert.equal(codes[0]!.code, "contrast-contradiction");
        assert.match(codes[0]!.message, /header makes this series .* picture looks like/);
      }
    });
});

describe("the model of weightings", () => {
  it("gives probabilities, and takes no input further than four deviations", () => {
    const model = {
      mean: [0, 0],
      deviation: [1, 2],
      weights: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 0.5],
      ],
    };
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
    assert.ok(Math.abs(sum(contrastProbabilities([1, 2], model)) - 1) < 1e-12);
    assert.deepEqual(contrastProbabilities([50, 0], model), contrastProbabilities([4, 0], model));
    const [first, second] = contrastProbabilities([1, 4], model);
    assert.ok(Math.abs(second! / first! - Math.exp(1)) < 1e-12);
  });

  it("is read from its file; without one only headers tell, and a damaged one is told by its field", async () => {
    const folder = await mkdtemp(join(tmpdir(), "contrast-"));
    try {
      assert.equal(await loadContrastModel(join(folder, "absent")), undefined);
      const shipped = (await loadContrastModel("models"))!;
      await writeFile(join(folder, "contrast.json"), JSON.stringify({ ...shipped, mean: [1, 2] }));
      await assert.rejects(loadContrastModel(folder), /contrast\.json is not as it should be \(.*mean/);
      const missed = shipped.recognition.filter(({ what }) => /^(?:SPIDER|LSMA) T2$/.test(what));
      const called = missed.reduce((total, one) => total + one.called[2], 0);
      const images = missed.reduce((total, one) => total + one.images, 0);
      assert.ok(
        images > 500 && called / images <= 0.02,
        `${called} of ${images} T2 slices called suppressed`,
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
