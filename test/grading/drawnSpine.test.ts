/** Each measure of a disc on a drawn picture whose lengths and signals are known: 1 mm a pixel, levels straight, front to the left. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TISSUE, type Disc, type Spine } from "../../src/detection/index.js";
import { geometryOf, measureDiscs, type DiscMeasures } from "../../src/grading/index.js";

const [COLUMNS, ROWS] = [160, 200];
const MIDDLE = 70;
const [FRONT, BACK] = [MIDDLE - 17, MIDDLE + 17];

/** Signals of the tissues, all different. */
const SIGNAL = { marrow: 100, nucleus: 160, annulus: 60, csf: 200, fat: 20 } as const;

/** What is drawn of one disc, which lies 10 mm high and 34 mm long about its row. */
interface Drawn {
  readonly level: string;
  /** Row (mm) of its middle. */
  readonly row: number;
  readonly height?: number;
  /** Signals of the nucleus' upper, middle and lower third. */
  readonly nucleus?: readonly [number, number, number];
  /** Signal within 6 mm above and below. */
  readonly near?: readonly [number, number];
  /** mm by which disc reaches behind the bodies' line. */
  readonly behind?: number;
  /** Front-to-back size (mm) of the bright sac at the disc; the bony canal is 16 mm everywhere. */
  readonly sac?: number;
}

const CANAL = { from: BACK + 6, to: BACK + 22 } as const;

function drawSpine(drawn: readonly Drawn[]): Spine {
  const voxels = new Float32Array(COLUMNS * ROWS).fill(SIGNAL.fat);
  const labels = new Uint8Array(COLUMNS * ROWS);
  const paint = (
    [left, right]: readonly [number, number],
    [top, bottom]: readonly [number, number],
    signal: number,
    tissue: number,
  ): void => {
    for (let row = Math.max(0, Math.round(top)); row < Math.min(ROWS, Math.round(bottom)); row++)
      for (let column = Math.round(left); column < Math.round(right); column++)
        [voxels[row * COLUMNS + column], labels[row * COLUMNS + column]] = [signal, tissue];
  };
  paint([FRONT, BACK], [0, ROWS], SIGNAL.marrow, TISSUE.body);
  paint([CANAL.from, CANAL.to], [0, ROWS], SIGNAL.csf, TISSUE.canal);
  for (const one of drawn) {
    const { row, height = 10, nucleus, near, behind = 0, sac } = one;
    const [top, bottom] = [row - height / 2, row + height / 2];
    const [above, below] = near ?? [SIGNAL.marrow, SIGNAL.marrow];
    paint([FRONT, BACK], [top - 6, top], above, TISSUE.body);
    paint([FRONT, BACK], [bottom, bottom + 6], below, TISSUE.body);
    paint([FRONT, BACK + behind], [top, bottom], SIGNAL.annulus, TISSUE.disc);
    const third = (0.6 * height) / 3;
    (nucleus ?? [SIGNAL.nucleus, SIGNAL.nucleus, SIGNAL.nucleus]).forEach((signal, i) => {
      const from = row - 0.3 * height + i * third;
      paint([MIDDLE - 10, MIDDLE + 10], [from, from + third], signal, TISSUE.disc);
    });
    if (sac !== undefined)
      paint([CANAL.from + sac, CANAL.to], [top - 3, bottom + 3], SIGNAL.fat, TISSUE.canal);
  }
  const slice = 0;
  const centre = (row: number) => ({ column: MIDDLE - 0.5, row: row - 0.5 });
  const discs = drawn.map(({ level, row, height = 10 }): Disc => ({
    level,
    centre: centre(row),
    angle: 0,
    width: 34,
    height,
    slice,
    confidence: 1,
  }));
  const volume = {
    voxels,
    columns: COLUMNS,
    rows: ROWS,
    slices: 1,
    spacing: [1, 1, 4],
    affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 1],
    geometry: "image",
  };
  return {
    stack: { volume },
    vertebrae: [],
    discs,
    tissue: [{ slice, rows: ROWS, columns: COLUMNS, columnStep: 1, rowStep: 1, labels }],
    midSlice: 0,
  } as unknown as Spine;
}

const measure = (...drawn: Drawn[]): DiscMeasures[] => measureDiscs(drawSpine(drawn));
const only = (changes: Partial<Drawn> = {}): DiscMeasures =>
  measure({ level: "L4-L5", row: 100, ...changes })[0]!;

function near(value: number, wanted: number, within: number, what: string): void {
  assert.ok(Math.abs(value - wanted) <= within, `${what} is ${value}, not ${wanted}`);
}

describe("signals", () => {
  it("are ratios to the marrow and to the brightest of the canal", () => {
    const { nucleusToMarrow, nucleusToCsf, marrowToCsf, distinction } = only();
    near(nucleusToMarrow, 1.6, 0.02, "nucleus over marrow");
    near(nucleusToCsf, 0.8, 0.01, "nucleus over CSF");
    near(marrowToCsf, 0.5, 0.01, "marrow over CSF");
    // The annulus is what of the disc lies around the nucleus' box.
    assert.ok(distinction > 0.35 && distinction < 0.55, String(distinction));
    assert.ok(Math.abs(only({ nucleus: [60, 60, 60] }).distinction) < 0.01);
    assert.ok(only({ nucleus: [30, 30, 30] }).distinction < 0);
  });

  it("of the nucleus are told for its upper, middle and lower part, in this order", () => {
    const { profile } = only({ height: 20, nucleus: [80, 120, 180] });
    near(profile[0], 80 / 200, 0.06, "the upper part");
    near(profile[1], 120 / 200, 0.06, "the middle part");
    near(profile[2], 180 / 200, 0.06, "the lower part");
    const cleft = only({ height: 20, nucleus: [160, 60, 160] }).profile;
    assert.ok(cleft[1] < cleft[0] - 0.2 && cleft[1] < cleft[2] - 0.2, String(cleft));
  });

  it("are compared with the brightest disc of the spine", () => {
    const [bright, dark] = measure(
      { level: "L3-L4", row: 60 },
      { level: "L4-L5", row: 140, nucleus: [40, 40, 40] },
    );
    near(bright!.relativeNucleus, 1, 1e-9, "the brightest");
    near(dark!.relativeNucleus, 0.25, 0.02, "the dark one");
    assert.equal(dark!.brightestNucleus, bright!.nucleusToMarrow);
  });
});

describe("marrow at the endplates", () => {
  it("is the signal within 6 mm over that of the body's core, above first", () => {
    const { endplateMarrow } = only({ near: [150, 50] });
    near(endplateMarrow[0], 1.5, 0.03, "above");
    near(endplateMarrow[1], 0.5, 0.03, "below");
    const unchanged = only().endplateMarrow;
    near(unchanged[0], 1, 1e-6, "above");
    near(unchanged[1], 1, 1e-6, "below");
  });
});

describe("lengths", () => {
  it("are heights over the tallest, over the one above, width and tilt as they were found", () => {
    const [upper, lower] = measure(
      { level: "L3-L4", row: 60, height: 12 },
      { level: "L4-L5", row: 140, height: 6 },
    );
    assert.deepEqual([upper!.height, lower!.height, lower!.width, lower!.angle], [12, 6, 34, 0]);
    assert.deepEqual([upper!.relativeHeight, lower!.relativeHeight], [1, 0.5]);
    assert.deepEqual([upper!.heightToAbove, lower!.heightToAbove], [1, 0.5]);
    assert.deepEqual([upper!.levelIndex, lower!.levelIndex], [2, 1]);
  });

  it("of disc behind the bodies are an area", () => {
    near(only().overhang, 0, 12, "without a bulge");
    // At the bodies' line itself it depends on how the grid of samples falls.
    near(only({ behind: 4 }).overhang, 4 * 10, 10, "a bulge of 4 mm");
    near(only({ behind: 9 }).overhang - only({ behind: 4 }).overhang, 5 * 10, 1, "5 mm more");
  });

  it("of the canal are its bony size, and of the sac its bright part, also over that beside the bodies", () => {
    const open = only();
    near(open.canal, 16, 1, "the canal");
    near(open.sac, 16, 1, "the sac");
    near(open.sacToBodies, 1, 0.07, "the sac over that beside the bodies");
    const pressed = only({ sac: 5 });
    near(pressed.canal, 16, 1, "the bony canal");
    near(pressed.sac, 5, 1, "the pressed sac");
    near(pressed.sacToBodies, 5 / 16, 0.08, "the pressed sac over that beside the bodies");
  });
});

describe("the numbers that the network is given", () => {
  it("are the measures in the steps of its training, each in its place", () => {
    const measures: DiscMeasures = {
      height: 9,
      relativeHeight: 0.9,
      heightToAbove: 0.75,
      width: 30,
      angle: -5,
      nucleusToMarrow: 1,
      nucleusToCsf: 0.6,
      relativeNucleus: 1,
      brightestNucleus: 1,
      distinction: 0.3,
      profile: [0.2, 0.4, 0.8],
      marrowToCsf: 0.5,
      endplateMarrow: [1, 1],
      canal: 15,
      sac: 12,
      sacToBodies: 0.5,
      overhang: 0,
      slip: -10,
      anteriorHeight: 8,
      posteriorHeight: 4,
      heightToUsual: 0.6,
      heightToBest: 0.3,
      levelIndex: 2,
    };
    const wanted = [3, 3, 3, -0.5, 2, 1, 2, 4, 2, 6, 1, 3, 2, 1, 2, 4, 4, 2.5];
    const given = [...geometryOf(measures)];
    assert.equal(given.length, wanted.length);
    given.forEach((value, i) => {
      near(value, wanted[i]!, 1e-5, `number ${i}`);
    });
  });
});
