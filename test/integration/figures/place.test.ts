import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { encodeSlices } from "../../../src/figures/index.js";
import {
  detect,
  DetectedSpine,
  dicomReport,
  grade,
  GradedSpine,
  Hotspots,
  hotspots,
  loadSeries,
  sliceCell,
} from "../../../src/api/index.js";
import { heatOnDisc } from "../../../src/studies/jamaludin/index.js";
import { placeOf } from "../../../src/figures/pictures/place.js";
import { evidencePng, spinePng } from "../../../src/reports/patient/pictures.js";
import { encodePng, writeNifti } from "../../../src/imaging/index.js";
import type { Volume } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";
import { parseNifti } from "../../../src/renderers/volume/nifti.js";
import { outlinesOf } from "../../../src/renderers/volume/outlines.js";
import { planesOf } from "../../../src/renderers/volume/planes.js";
import type { SeriesPlace } from "../../../src/protocol/index.js";
import { syntheticHeat, syntheticOutlines, syntheticVolume } from "../../support/displays.js";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "spinebook-place-"));
});
after(() => rm(folder, { recursive: true }));

describe("outlines and heat for a picture", () => {
  const volume = syntheticVolume();
  const other = { ...volume, voxels: volume.voxels.map((value) => value + 1) };
  const moved = { ...volume, affine: volume.affine.map((value, i) => (i === 7 ? value + 5 : value)) };
  const overlays = [{ outlines: syntheticOutlines() }, { heat: syntheticHeat("Pfirrmann") }];

  it("are drawn over the pictures in which they were found and over no others", () => {
    for (const overlay of overlays) {
      const over = (found?: SeriesPlace) => () =>
        encodeSlices({ volume, title: "T2", ...overlay, ...(found && { found }) });
      assert.doesNotThrow(over(placeOf(volume)));
      assert.throws(over(), /does not say in which pictures/);
      assert.throws(over(placeOf(other)), /another series/);
      const without = (shown: Volume) => ({ ...placeOf(shown), series: undefined });
      assert.throws(over(without(moved)), /another place in the patient/);
      assert.throws(over(without(syntheticVolume(160, 240, 8))), /160 × 240 × 8 voxels/);
    }
  });

  it("need no place where there are none", () => {
    assert.doesNotThrow(() => encodeSlices({ volume, title: "T2", outlines: [], heat: [] }));
  });

  it("are refused in the report's pictures and in a montage as well", async () => {
    await assert.rejects(spinePng(volume, 4, syntheticOutlines(), placeOf(other), "T2"), /another series/);
    const values = volume.voxels;
    assert.throws(() => sliceCell(volume, 4, "", values.subarray(1)), /heat must lie on the grid/);
    assert.throws(() => sliceCell({ ...volume, slices: 8 }, 4, ""), /have 307200 values, but there are/);
    assert.doesNotThrow(() => sliceCell(volume, 4, "", values));
  });
});

describe("two examinations on the same grid", () => {
  const { volume } = renderPhantom({ seed: 4 });
  const load = async (name: string, brighter: number) => {
    const path = join(folder, name);
    const voxels = volume.voxels.map((value) => value + brighter);
    await writeFile(path, writeNifti({ ...volume, voxels }));
    return loadSeries(path);
  };

  it("never lend each other vertebrae, grades or evidence", async () => {
    const [own, other] = [await detect(await load("one.nii", 0)), await detect(await load("two.nii", 3))];
    assert.deepEqual(own.scan.place.size, other.scan.place.size);
    assert.deepEqual(own.scan.place.affine, other.scan.place.affine);
    assert.doesNotThrow(() => new DetectedSpine(own.scan, own.spine));
    assert.throws(() => new DetectedSpine(other.scan, own.spine), /another series/);
    const [graded, second] = [await grade(own), await grade(other)];
    assert.throws(() => new GradedSpine(other.scan, graded.report), /another series/);
    // What the structured report refers to are the scan's files: the grades of other pictures never come that far.
    assert.ok((await dicomReport(graded)).length > 0);
    const found = await hotspots(graded, { levels: ["L4-L5"], features: ["pfirrmann"] });
    assert.doesNotThrow(() => new Hotspots(graded, found.all));
    assert.throws(() => new Hotspots(second, found.all), /another series/);
    const [hotspot] = found.all;
    const shown = second.report.spine.stack.volume;
    assert.throws(() => evidencePng(shown, placeOf(shown), hotspot!), /another series/);
    assert.throws(() => heatOnDisc(second.report.spine, hotspot!), /another series/);
  });
});

describe("the viewer draws what was found in the very file it shows", () => {
  const volume = (more: Partial<Volume>): Volume => ({ ...syntheticVolume(40, 30, 5), ...more });
  const oblique = [0.1, 0.05, 3.9, -80.123456, 0.9, 0.02, 0.2, -120.7, 0.03, -0.95, 0.1, 410.3, 0, 0, 0, 1];
  const FILES: Readonly<Record<string, () => { readonly name: string; readonly bytes: Uint8Array }>> = {
    "a stack with geometry": () => ({ name: "a.nii", bytes: writeNifti(volume({})) }),
    "an oblique stack far from the origin": () => ({
      name: "b.nii",
      bytes: writeNifti(volume({ affine: oblique })),
    }),
    "three slices with geometry": () => ({ name: "c.nii", bytes: writeNifti(syntheticVolume(40, 30, 3)) }),
    "one slice without geometry": () => ({
      name: "d.nii",
      bytes: writeNifti({ ...syntheticVolume(40, 30, 1), geometry: "image" }),
    }),
    "a picture": () => ({ name: "e.png", bytes: encodePng(new Uint8Array(1200).fill(9), 40, 30) }),
  };

  for (const [what, make] of Object.entries(FILES))
    it(what, async () => {
      const { name, bytes } = make();
      const path = join(folder, name);
      await writeFile(path, bytes);
      const scan = await loadSeries(path, { spacing: 0.7 });
      const shown = parseNifti(writeNifti(scan.volume));
      // As it comes out of `spinebook detect --json`.
      const place = JSON.parse(JSON.stringify(scan.place)) as SeriesPlace;
      const nothing = { series: "", flags: [], vertebrae: [], discs: [] };
      const outlines = outlinesOf({ ...nothing, place }, shown, planesOf(shown).sagittal, scan.place.series);
      assert.deepEqual(outlines, []);
      const elsewhere = { ...place, affine: place.affine.map((value, i) => (i === 3 ? value + 1 : value)) };
      assert.throws(
        () => outlinesOf({ ...nothing, place: elsewhere }, shown, planesOf(shown).sagittal),
        /another place/,
      );
    });
});
