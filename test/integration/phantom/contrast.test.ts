import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PHANTOM_TISSUE, renderPhantom, signalsOf, spinEcho, TISSUES } from "../../../src/phantom/index.js";
import type { Phantom, PhantomArtefacts } from "../../../src/phantom/index.js";

const grid = { columns: 256, rows: 288, slices: 5, inPlane: 1.05, sliceSpacing: 4 };
const routine = { repetitionTime: 3500, echoTime: 100 };

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Median value of a tissue in the middle slice. */
function valueOf({ volume, tissue }: Phantom, code: number, voxels = volume.voxels): number {
  const size = volume.rows * volume.columns;
  const found: number[] = [];
  for (let i = 2 * size; i < 3 * size; i++) if (tissue[i] === code) found.push(voxels[i]!);
  return median(found);
}

function marrowIn(voxels: Phantom["volume"]["voxels"], mask: Int32Array): number {
  return median(Array.from(mask, (i) => voxels[i]!));
}

describe("tissue signals", () => {
  it("follow the spin echo equation: a worked value and the specification's ratios at TR 3500, TE 100", () => {
    // CSF: 107 × (1 − e^(−3500/4273)) × e^(−100/1578) = 107 × 0.5592 × 0.9386.
    assert.ok(Math.abs(spinEcho(TISSUES.csf, routine) - 56.16) < 0.05);
    const { csf, cord, nucleus, annulus, muscle, fat } = signalsOf(routine);
    const near = (value: number, wanted: number, by: number): void => {
      assert.ok(Math.abs(value - wanted) < by, `${value} for ${wanted}`);
    };
    near(csf, 1.67, 0.05);
    near(cord, 0.64, 0.03);
    [1.38, 1.02, 0.58, 0.22].forEach((wanted, i) => {
      near(nucleus[i]!, wanted, 0.05);
    });
    near(annulus, 0.28, 0.04);
    near(muscle, 0.13, 0.1);
    near(fat, 1.3, 0.05);
  });

  it("are ordered fat, marrow, muscle, CSF on T1 and CSF, fat, marrow, muscle on T2", () => {
    for (const echoTime of [8, 12, 15]) {
      const t1 = signalsOf({ repetitionTime: 550, echoTime });
      assert.ok(t1.fat > 1 && t1.muscle < 1 && t1.cord > t1.csf && t1.muscle > t1.csf);
    }
    const t2 = signalsOf(routine);
    assert.ok(t2.csf > t2.fat && t2.fat > 1 && t2.cord < 1 && t2.muscle < t2.cord);
  });
});

describe("T1 and T2 of one phantom", () => {
  it("share the grid, and only T2 has bright CSF", () => {
    for (const seed of [500, 501, 502]) {
      const phantom = renderPhantom({ ...grid, seed, contrasts: ["T1", "T2"] });
      const t1 = phantom.t1!;
      assert.deepEqual([t1.rows, t1.columns, t1.slices], [288, 256, 5]);
      assert.deepEqual(t1.affine, phantom.volume.affine);
      const [canal, body] = [PHANTOM_TISSUE.canal, PHANTOM_TISSUE.body];
      assert.ok(valueOf(phantom, canal) > 0.9 * valueOf(phantom, body));
      assert.ok(valueOf(phantom, canal, t1.voxels) < 0.75 * valueOf(phantom, body, t1.voxels));
      assert.ok(phantom.sequences.T1!.echoTime < 20 && phantom.sequences.T2!.echoTime > 80);
    }
  });

  it("are drawn only where T1 is asked for, and T2 stays the same", () => {
    const both = renderPhantom({ ...grid, seed: 503, contrasts: ["T1", "T2"] });
    const one = renderPhantom({ ...grid, seed: 503 });
    assert.equal(one.t1, undefined);
    // Noise of the T1 series is drawn after that of T2.
    assert.deepEqual(both.volume.voxels, one.volume.voxels);
  });

  it("tell the Modic types apart as the table does: low/high, high/iso to high, low/low", () => {
    const ratios: Record<number, [number[], number[]]> = { 1: [[], []], 2: [[], []], 3: [[], []] };
    for (let seed = 520; seed < 540; seed++) {
      const phantom = renderPhantom({ ...grid, seed, contrasts: ["T1"] });
      for (const { level, grades } of phantom.truth.discs) {
        const mask = phantom.pathology.find(
          (one) => one.level === level && /MarrowChange/.test(one.feature) && one.voxels.length > 40,
        );
        if (mask === undefined) continue;
        [phantom.t1!, phantom.volume].forEach(({ voxels }, k) => {
          const marrow = valueOf(phantom, PHANTOM_TISSUE.body, voxels);
          ratios[grades.modic.grade]![k]!.push(marrowIn(voxels, mask.voxels) / marrow);
        });
      }
    }
    const [low, high] = [0.85, 1.1];
    const [one, two, three] = [1, 2, 3].map((type) => ratios[type]!.map(median) as [number, number]);
    const text = JSON.stringify([one, two, three]);
    assert.ok(one![0] < low && one![1] > high, text);
    assert.ok(two![0] > high && two![1] > 0.95, text);
    assert.ok(three![0] < low && three![1] < low, text);
  });
});

describe("artefacts", () => {
  const render = (artefacts: PhantomArtefacts): Phantom =>
    renderPhantom({ ...grid, seed: 510, severity: "healthy", artefacts });
  const quiet = { signalToNoise: 1e6, coilGain: 1, saturationBand: 1 };
  const plain = render(quiet);
  const { rows, columns } = plain.volume;
  const size = rows * columns;

  /** Mean change over marrow in the middle slice of voxels that fulfil a condition. */
  function change(other: Phantom, where: (row: number, column: number, tissue: number) => boolean): number {
    const marrow = valueOf(plain, PHANTOM_TISSUE.body);
    let [sum, count] = [0, 0];
    for (let i = 2 * size; i < 3 * size; i++)
      if (where(Math.floor(i / columns) % rows, i % columns, plain.tissue[i]!)) {
        sum += (other.volume.voxels[i]! - plain.volume.voxels[i]!) / marrow;
        count++;
      }
    assert.ok(count > 20);
    return sum / count;
  }

  it("truncated k-space rings: air beside bright skin swings, tissues keep their mean", () => {
    const ringing = render({ ...quiet, kSpace: 0.6 });
    const isBody = (_row: number, _column: number, tissue: number): boolean => tissue === PHANTOM_TISSUE.body;
    assert.ok(Math.abs(change(ringing, isBody)) < 0.02);
    const marrow = valueOf(plain, PHANTOM_TISSUE.body);
    const lit = (phantom: Phantom): number =>
      phantom.volume.voxels
        .subarray(2 * size, 3 * size)
        .filter((value, i) => plain.volume.voxels[2 * size + i]! < 0.03 * marrow && value > 0.06 * marrow)
        .length;
    assert.equal(lit(plain), 0);
    assert.ok(lit(ringing) > 100, `${lit(ringing)} voxels of air`);
  });

  it("noise has the deviation that was asked for", () => {
    const noisy = render({ ...quiet, signalToNoise: 20 });
    const marrow = valueOf(plain, PHANTOM_TISSUE.body);
    const differences: number[] = [];
    for (let i = 2 * size; i < 3 * size; i++)
      if (plain.tissue[i] === PHANTOM_TISSUE.body)
        differences.push((noisy.volume.voxels[i]! - plain.volume.voxels[i]!) / marrow);
    const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
    const deviation = Math.sqrt(
      differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / differences.length,
    );
    assert.ok(Math.abs(deviation * 20 - 1) < 0.1, `${deviation * 20}`);
  });

  it("flow takes signal from the canal only, metal leaves a void, ghosts fill the air in front of the belly", () => {
    const flowing = render({ ...quiet, flowVoids: 0.9 });
    assert.ok(change(flowing, (_r, _c, tissue) => tissue === PHANTOM_TISSUE.canal) < -0.1);
    assert.ok(Math.abs(change(flowing, (_r, _c, tissue) => tissue === PHANTOM_TISSUE.body)) < 0.005);
    const ghosted = render({ ...quiet, ghosts: 0.1 });
    assert.ok(change(ghosted, () => true) > 0.002);
    const metal = render({ ...quiet, metal: 14 });
    assert.deepEqual(
      metal.truth.flags.map(({ code }) => code).filter((code) => code === "metal"),
      ["metal"],
    );
    const dark = (phantom: Phantom): number => {
      // Voids lie 13 mm beside the middle: in the outermost slices.
      const part = phantom.volume.voxels.subarray(0, size);
      const limit = 0.06 * valueOf(plain, PHANTOM_TISSUE.body);
      return part.filter((value, i) => value < limit && plain.volume.voxels[i]! > 2 * limit).length;
    };
    assert.ok(dark(metal) > 100, `${dark(metal)} voxels`);
    assert.equal(dark(plain), 0);
  });

  it("chemical shift moves fat: skin fat reaches further back, CSF stays", () => {
    const shifted = render({ ...quiet, chemicalShift: 2 });
    const row = Math.round(rows / 2);
    const lastBright = ({ volume }: Phantom): number => {
      const line = Array.from(
        volume.voxels.subarray(2 * size + row * columns, 2 * size + (row + 1) * columns),
      );
      const limit = 0.5 * valueOf(plain, PHANTOM_TISSUE.body);
      return line.findLastIndex((value) => value > limit);
    };
    assert.equal(lastBright(shifted) - lastBright(plain), 2);
    assert.ok(Math.abs(change(shifted, (_r, _c, tissue) => tissue === PHANTOM_TISSUE.canal)) < 0.15);
  });

  it("a coil's gain brightens the back over the front by the factor asked for", () => {
    const coil = render({ ...quiet, coilGain: 4 });
    const ratios: number[][] = [[], []];
    for (let i = 2 * size; i < 3 * size; i++) {
      const side = i % columns < columns * 0.2 ? 0 : i % columns > columns * 0.6 ? 1 : -1;
      if (side >= 0 && plain.volume.voxels[i]! > 40)
        ratios[side]!.push(coil.volume.voxels[i]! / plain.volume.voxels[i]!);
    }
    assert.ok(median(ratios[1]!) / median(ratios[0]!) > 2);
  });
});
