import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { discVolume, detect, grade, loadSeries, makePhantoms } from "../../../src/api/index.js";

describe("a study with a T1 series", () => {
  let folder: string;
  let paths: string[];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-t1-"));
    const both = await makePhantoms(join(folder, "both"), { seed: 9, studies: 1, contrasts: ["T2", "T1"] });
    const other = await makePhantoms(join(folder, "other"), { seed: 10, studies: 1 });
    paths = [...both, ...other].map(({ dicom }) => dicom);
  });
  after(() => rm(folder, { recursive: true }));

  it("is loaded with its T1 series as the partner of the T2 one, and says why", async () => {
    const scan = await loadSeries(paths[0]!);
    assert.equal(scan.hasT1, true);
    assert.match(scan.reasons.join(" "), /is its T1 partner/);
    const t1 = await scan.loadT1();
    assert.equal(t1!.slices, scan.volume.slices);
    assert.notDeepEqual(t1!.voxels, scan.volume.voxels);
    assert.equal((await loadSeries(paths[1]!)).hasT1, false);
  });

  it("is graded with it where that is asked for", async () => {
    const spine = await detect(paths[0]!);
    const withT1 = await grade(spine, { t1: true });
    const without = await grade(spine);
    assert.deepEqual([withT1.report.withT1, without.report.withT1], [true, false]);
    const probabilities = ({ discs }: typeof withT1) =>
      discs.map(({ grades }) => grades.modic!.probabilities);
    assert.notDeepEqual(probabilities(withT1), probabilities(without));
    assert.deepEqual(probabilities(await grade(spine, { t1: paths[0]! })), probabilities(withT1));
    await assert.rejects(grade(paths[1]!, { t1: true }), /holds no T1 series/);
  });

  it("of another place is not used, and that is said", async () => {
    const spine = await detect(paths[1]!);
    const elsewhere = await loadSeries(paths[1]!);
    const { affine } = elsewhere.volume;
    Object.assign(elsewhere.volume, { affine: affine.map((value, i) => (i === 11 ? value + 500 : value)) });
    const graded = await grade(spine, { t1: elsewhere });
    assert.equal(graded.report.withT1, false);
    assert.ok(graded.flags.some(({ code }) => code === "t1-elsewhere"));
  });

  it("gives disc volumes that show themselves", async () => {
    const spine = await detect(paths[1]!);
    const cut = discVolume(spine, "L4-L5");
    assert.deepEqual([cut.slices, cut.rows, cut.columns], [9, 112, 224]);
    const symbol = Symbol.for("Jupyter.display") as unknown as "display";
    const bundle = await (cut as unknown as Record<"display", () => Promise<Record<string, unknown>>>)[
      symbol
    ]();
    assert.match(String(bundle["text/plain"]), /L4-L5/);
  });
});
