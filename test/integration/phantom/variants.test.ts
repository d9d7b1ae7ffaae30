import assert from "node:assert/strict";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  PHANTOM_FAMILIES,
  PHANTOM_VARIANTS,
  PhantomError,
  phantomTruth,
  renderPhantom,
  writePhantomStudies,
} from "../../../src/phantom/index.js";
import type { PhantomTruth, PhantomVariant } from "../../../src/phantom/index.js";
import { drawSubject } from "../../../src/phantom/scene.js";
import { truthOf } from "../../../src/phantom/truth.js";
import { readSeries } from "../../../src/imaging/index.js";

const grid = { columns: 224, rows: 224, slices: 3, inPlane: 1.3, sliceSpacing: 4 };
const truthsOf = (variant: PhantomVariant): PhantomTruth[] =>
  Array.from({ length: 20 }, (_, seed) => phantomTruth({ seed, variant }));
const codes = ({ flags }: PhantomTruth): string[] => flags.map(({ code }) => code);
const discNames = ({ discs }: PhantomTruth): string[] => discs.map(({ level }) => level);

describe("variants of the spine", () => {
  it("tell their numbering: four and six lumbar vertebrae", () => {
    for (const [variant, lumbar] of [
      ["four-lumbar", 4],
      ["usual", 5],
      ["six-lumbar", 6],
    ] as const)
      for (const truth of truthsOf(variant)) {
        assert.equal(truth.variant, variant);
        assert.equal(truth.numbering.lumbar, lumbar);
        assert.equal(truth.numbering.lowestDisc, `L${lumbar}-S1`);
        assert.equal(discNames(truth).filter((level) => /^L/.test(level)).length, lumbar);
        assert.equal(codes(truth).includes("vertebra-count"), lumbar !== 5);
      }
  });

  it("a sacralised L5 has no gradable disc below, a lumbarised S1 a full one", () => {
    for (const truth of truthsOf("sacralised")) {
      assert.deepEqual(truth.numbering, { lumbar: 5, transitional: "sacralised", lowestDisc: "L4-L5" });
      assert.equal(discNames(truth).at(-1), "L4-L5");
      assert.ok(truth.vertebrae.some(({ level }) => level === "L5"));
      assert.ok(codes(truth).includes("transitional"));
    }
    for (const truth of truthsOf("lumbarised")) {
      assert.deepEqual(truth.numbering, { lumbar: 5, transitional: "lumbarised", lowestDisc: "S1-S2" });
      assert.deepEqual(discNames(truth).slice(-2), ["L5-S1", "S1-S2"]);
      const s1 = truth.vertebrae.find(({ level }) => level === "S1")!;
      const [a, b, c] = [
        s1.corners.anteriorSuperior,
        s1.corners.posteriorSuperior,
        s1.corners.anteriorInferior,
      ];
      const side = (p: typeof a, q: typeof a): number =>
        Math.hypot(p.patient[1] - q.patient[1], p.patient[2] - q.patient[2]);
      // Square: much nearer to as high as it is deep than a sacral body.
      assert.ok(side(a, c) / side(a, b) > 0.7 && side(a, c) / side(a, b) < 1);
    }
  });

  it("fused bodies have no disc between them and are flagged", () => {
    for (const truth of truthsOf("fused")) {
      const flag = truth.flags.find(({ code }) => code === "fused")!;
      const level = /at (\S+) are/.exec(flag.message)![1]!;
      assert.ok(!discNames(truth).includes(level));
      assert.ok(["L4-L5", "L3-L4", "L2-L3"].includes(level));
    }
  });

  it("scoliosis bends by 10 to 25°, and discs lie in different slices", () => {
    for (const truth of truthsOf("scoliosis")) {
      assert.ok(truth.cobb >= 10 && truth.cobb <= 25.1, `${truth.cobb}`);
      assert.ok(codes(truth).includes("scoliosis"));
      const slices = truth.discs.map(({ slice }) => slice);
      assert.ok(Math.max(...slices) > Math.min(...slices));
    }
  });

  it("a curve is a scoliosis from a Cobb angle of 10° on (Scoliosis Research Society)", () => {
    const subject = drawSubject({ ...grid, seed: 4 });
    const { volume } = renderPhantom({ ...grid, seed: 4 });
    const isFlagged = (cobb: number): boolean =>
      codes(truthOf({ ...subject, anatomy: { ...subject.anatomy, cobb } }, volume)).includes("scoliosis");
    assert.deepEqual([0, 6, 9.9, 10, 24].map(isFlagged), [false, false, false, true, true]);
  });

  it("small views and missing sacra are flagged, and isotropic stacks are thin", () => {
    for (const truth of truthsOf("small-view")) assert.ok(truth.discs.length <= 6);
    for (const truth of truthsOf("no-sacrum")) {
      assert.ok(codes(truth).includes("sacrum-out-of-view"));
      assert.ok(!truth.vertebrae.some(({ level }) => level === "S1"));
    }
    const { volume } = renderPhantom({ seed: 1, variant: "isotropic", slices: 8 });
    assert.ok(volume.spacing[2] < 1.2 && Math.abs(volume.spacing[2] - volume.spacing[0]) < 1e-9);
  });

  it("are drawn about as often as people have them", () => {
    const drawn = Array.from(
      { length: 3000 },
      (_, seed) => phantomTruth({ ...grid, seed, variant: "drawn" }).variant,
    );
    const share = (...variants: PhantomVariant[]): number =>
      drawn.filter((variant) => variants.includes(variant)).length / drawn.length;
    assert.ok(Math.abs(share("sacralised", "lumbarised") - 0.033) < 0.012);
    assert.ok(Math.abs(share("four-lumbar", "six-lumbar") - 0.077) < 0.016);
    for (const variant of PHANTOM_VARIANTS) assert.ok(share(variant) > 0, variant);
  });
});

describe("sizes over many seeds", () => {
  const truths = Array.from({ length: 300 }, (_, seed) => phantomTruth({ seed, severity: "healthy" }));
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const heights = (level: string): number[] =>
    truths.flatMap(({ discs }) => discs.filter((disc) => disc.level === level).map(({ height }) => height));

  it("disc heights lie in the published ranges", () => {
    for (const [level, published, deviation] of [
      ["L1-L2", 10, 1.9],
      ["L2-L3", 11.6, 1.8],
      ["L3-L4", 12.5, 1.8],
      ["L4-L5", 13.8, 2],
      ["L5-S1", 13, 2.5],
    ] as const)
      assert.ok(
        Math.abs(mean(heights(level)) - published) < 1.1 * deviation,
        `${level}: ${mean(heights(level)).toFixed(1)} mm`,
      );
  });

  it("lordosis from L1 to S1 is 20 to 85°, and bodies are about 35 mm deep", () => {
    const angles = truths.map(({ vertebrae }) => {
      const slope = (level: string): number => {
        const { anteriorSuperior: a, posteriorSuperior: p } = vertebrae.find(
          (v) => v.level === level,
        )!.corners;
        return (Math.atan2(p.pixel[1] - a.pixel[1], p.pixel[0] - a.pixel[0]) * 180) / Math.PI;
      };
      return slope("L1") - slope("S1");
    });
    assert.ok(
      Math.min(...angles) > 20 && Math.max(...angles) < 85,
      `${Math.min(...angles)} ${Math.max(...angles)}`,
    );
    assert.ok(mean(angles) > 35 && mean(angles) < 65, `mean ${mean(angles)}`);
    const depths = truths.flatMap(({ vertebrae }) =>
      vertebrae
        .filter(({ level }) => level === "L4")
        .map(({ corners: { anteriorSuperior: a, posteriorSuperior: p } }) =>
          Math.hypot(a.patient[1] - p.patient[1], a.patient[2] - p.patient[2]),
        ),
    );
    assert.ok(Math.abs(mean(depths) - 35.5) < 1.5, `${mean(depths)}`);
  });
});

describe("the population", () => {
  const discs = Array.from({ length: 800 }, (_, seed) =>
    phantomTruth({ seed, severity: "population" }),
  ).flatMap((truth) => truth.discs.slice(-6));
  const share = (has: (grades: (typeof discs)[number]["grades"]) => boolean): number =>
    discs.filter(({ grades }) => has(grades)).length / discs.length;

  it("has the papers' frequencies of findings", () => {
    const near = (value: number, wanted: number): void => {
      const tolerance = 4 * Math.sqrt((wanted * (1 - wanted)) / discs.length);
      assert.ok(Math.abs(value - wanted) < tolerance, `${value.toFixed(3)} for ${wanted}`);
    };
    near(
      share((grades) => grades.spondylolisthesis.grade === 1),
      0.039,
    );
    near(
      share((grades) => grades.centralCanalStenosis.grade === 1),
      0.059,
    );
    near(
      share((grades) => grades.upperEndplateDefect.grade === 1),
      0.086,
    );
    near(
      share((grades) => grades.lowerEndplateDefect.grade === 1),
      0.088,
    );
    near(
      share((grades) => grades.modic.grade > 0),
      0.15,
    );
    [3862, 1754, 2800, 2415, 1163].forEach((count, i) => {
      near(
        share((grades) => grades.pfirrmann.grade === i + 1),
        count / 11994,
      );
    });
    [7186, 1375, 2185, 1243].forEach((count, i) => {
      near(
        share((grades) => grades.narrowing.grade === i + 1),
        count / 11989,
      );
    });
  });

  it("slips of more than 2 mm are slips, most of them at L4-L5", () => {
    for (const { measures, grades } of discs)
      assert.equal(grades.spondylolisthesis.grade, measures.slip > 2 ? 1 : 0);
    const slipped = discs.filter(({ grades }) => grades.spondylolisthesis.grade === 1);
    const at = (level: string): number => slipped.filter((disc) => disc.level === level).length;
    for (const level of ["T12-L1", "L1-L2", "L2-L3", "L3-L4", "L5-S1"])
      assert.ok(at("L4-L5") > at(level), level);
  });
});

describe("generator families", () => {
  it("keep the truth of the spine and change the picture", () => {
    const [standard, ...others] = PHANTOM_FAMILIES.map((family) =>
      renderPhantom({ ...grid, seed: 33, family }),
    );
    for (const { truth, volume } of others) {
      assert.deepEqual(truth.discs, standard!.truth.discs);
      assert.notDeepEqual(volume.voxels, standard!.volume.voxels);
    }
  });

  it("corners of each slice agree with the body's own", () => {
    for (const { vertebrae } of [phantomTruth({ seed: 3 }), phantomTruth({ seed: 4, variant: "scoliosis" })])
      for (const { corners, sections } of vertebrae) {
        const own = sections.find(({ slice }) => slice === corners.posteriorSuperior.slice)!;
        const [a, b] = [own.corners.posteriorSuperior, corners.posteriorSuperior.pixel];
        assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) < 1.5);
        assert.ok(sections.length >= 5);
      }
  });
});

describe("options", () => {
  it("that no phantom can be made of are refused in a sentence", () => {
    assert.throws(() => renderPhantom({ seed: 1.5 }), PhantomError);
    assert.throws(() => renderPhantom({ seed: 1, slices: 0 }), /whole number of at least 1/);
    assert.throws(() => renderPhantom({ seed: 1, artefacts: { kSpace: 0 } }), /k-space/);
  });

  it("reach the studies: T1 beside T2, the variant in truth.json", async () => {
    const folder = await mkdtemp(join(tmpdir(), "spinebook-variants-"));
    try {
      const options = {
        ...grid,
        seed: 5,
        studies: 2,
        variant: "lumbarised",
        contrasts: ["T1", "T2"],
      } as const;
      const studies = await writePhantomStudies(folder, options);
      for (const [i, study] of studies.entries()) {
        const series = await readSeries(join(study, "dicom"));
        assert.equal(series.length, 2);
        const truth = JSON.parse(await readFile(join(study, "truth.json"), "utf8")) as PhantomTruth;
        assert.equal(truth.numbering.transitional, "lumbarised");
        const { t1 } = renderPhantom({ ...options, seed: 5000 + i });
        const volumes = await Promise.all(series.map((one) => one.load()));
        assert.ok(volumes.some(({ voxels }) => voxels.every((value, k) => value === t1!.voxels[k])));
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
