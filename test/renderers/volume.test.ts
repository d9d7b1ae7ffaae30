import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { placeMismatch, type DetectedSpine, type SeriesPlace } from "../../src/protocol/index.js";
import { inverseOf, toPatient, type Vec3 } from "../../src/renderers/volume/affine.js";
import { dragOf, keyAction, keyZoom } from "../../src/renderers/volume/events.js";
import { initialWindow, intensityAt, paintSlice } from "../../src/renderers/volume/intensity.js";
import { fromStage, panToSee, toStage, viewport } from "../../src/renderers/volume/layout.js";
import { parseNifti, type Volume } from "../../src/renderers/volume/nifti.js";
import { outlinesNear, outlinesOf } from "../../src/renderers/volume/outlines.js";
import { PLANE_NAMES, planesOf, remarkOn, toIndex, toPicture } from "../../src/renderers/volume/planes.js";
import { changedViews, initialState, reduce, type Scene } from "../../src/renderers/volume/state.js";
import { niftiFile, RAS_SAGITTAL, turned } from "./volumeFile.js";

const close = (a: readonly number[], b: readonly number[], tolerance = 1e-4): void => {
  assert.equal(a.length, b.length);
  a.forEach((value, i) => {
    assert.ok(Math.abs(value - b[i]!) <= tolerance, `${a.join(" ")} is not ${b.join(" ")}`);
  });
};

const values = Array.from({ length: 4 * 3 * 2 }, (_, i) => i * 10);
const file = (options: Partial<Parameters<typeof niftiFile>[0]> = {}): Uint8Array =>
  niftiFile({ size: [4, 3, 2], type: "int16", values, sform: RAS_SAGITTAL, ...options });
const scene = (volume: Volume): Scene => ({
  size: volume.size,
  planes: planesOf(volume),
  window: initialWindow(volume),
});

describe("volume viewer: reading", () => {
  for (const type of ["uint8", "int16", "uint16", "float32"] as const)
    for (const little of [true, false])
      it(`reads ${type}, ${little ? "little" : "big"} endian, with slope and intercept`, () => {
        const volume = parseNifti(file({ type, little, slope: 2, intercept: -5 }));
        assert.deepEqual(volume.size, [4, 3, 2]);
        assert.equal(intensityAt(volume, [1, 2, 1]), (12 + 8 + 1) * 10 * 2 - 5);
      });

  it("reads bytes that begin at an odd address", () => {
    const whole = file();
    const shifted = new Uint8Array(whole.length + 1);
    shifted.set(whole, 1);
    assert.deepEqual([...parseNifti(shifted.subarray(1)).voxels], values);
  });

  it("turns RAS to LPS, from the sform and from the quaternion alike", () => {
    const sform = parseNifti(file());
    close(toPatient(sform.affine, [1, 0, 0]), [-2, 3 + 0.5, 4]);
    // Half a turn about the head axis: RAS (-x, -y, z), which is LPS (x, y, z).
    const qform = parseNifti(
      file({ sform: undefined, quaternion: [0, 0, 1], offset: [1, 2, 3], spacing: [0.5, 0.6, 4] }),
    );
    close(toPatient(qform.affine, [1, 1, 1]), [-1 + 0.5, -2 + 0.6, 3 + 4]);
    assert.ok(qform.oriented);
    assert.ok(!parseNifti(file({ sform: undefined })).oriented);
  });

  it("says in a sentence what is wrong with a damaged file", () => {
    const whole = file();
    assert.throws(() => parseNifti(whole.subarray(0, 100)), /ends after 100 bytes/);
    assert.throws(() => parseNifti(whole.subarray(0, 380)), /ends after 380 of 400 bytes/);
    assert.throws(() => parseNifti(new Uint8Array(500)), /no uncompressed NIfTI-1/);
    assert.throws(() => parseNifti(file({ size: [4, 0, 2] })), /size of 4 x 0 x 2/);
    assert.throws(() => parseNifti(file({ sform: undefined, spacing: [0, 1, 1] })), /no size/);
    const coded = file();
    new DataView(coded.buffer).setInt16(70, 128, true);
    assert.throws(() => parseNifti(coded), /datatype 128/);
  });
});

describe("volume viewer: planes", () => {
  it("shows a sagittal stack in radiological convention", () => {
    const volume = parseNifti(file());
    const { sagittal, coronal, axial } = planesOf(volume);
    assert.deepEqual(sagittal.letters, ["A", "P", "H", "F"]);
    assert.deepEqual(coronal.letters, ["R", "L", "H", "F"]);
    assert.deepEqual(axial.letters, ["R", "L", "A", "P"]);
    assert.deepEqual([sagittal.columns, sagittal.rows, sagittal.slices], [4, 3, 2]);
    close(sagittal.spacing, [0.5, 0.6, 4]);
    close(coronal.spacing, [4, 0.6, 0.5]);
    assert.equal(remarkOn(planesOf(volume), true), "");
    // Going right on the screen goes to the back in the sagittal view and to the left in the others; down goes to the feet.
    for (const [plane, across, down] of [
      [sagittal, [0, 1, 0], [0, 0, -1]],
      [coronal, [1, 0, 0], [0, 0, -1]],
      [axial, [1, 0, 0], [0, 1, 0]],
    ] as const) {
      const at = (column: number, row: number): Vec3 =>
        toPatient(volume.affine, toIndex(plane, [column, row], 0));
      const from = at(0, 0);
      assert.ok(at(1, 0).reduce((sum, value, i) => sum + (value - from[i]!) * across[i]!, 0) > 0);
      assert.ok(at(0, 1).reduce((sum, value, i) => sum + (value - from[i]!) * down[i]!, 0) > 0);
    }
  });

  it("goes from voxels to the picture and back in each view", () => {
    const volume = parseNifti(file());
    for (const name of PLANE_NAMES) {
      const plane = planesOf(volume)[name];
      const index: Vec3 = [3, 1, 0];
      assert.deepEqual(toIndex(plane, toPicture(plane, index), index[plane.through]), index);
    }
    close(toPatient(volume.inverse, toPatient(volume.affine, [1.5, 2, 0.25])), [1.5, 2, 0.25]);
    assert.equal(inverseOf([1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]), undefined);
  });

  it("names views that are tilted by more than 5 degrees", () => {
    const slight = parseNifti(file({ sform: turned(RAS_SAGITTAL, 4) }));
    assert.equal(remarkOn(planesOf(slight), true), "");
    const notable = parseNifti(file({ sform: turned(RAS_SAGITTAL, 6) }));
    assert.match(remarkOn(planesOf(notable), true), /sagittal by 6°, coronal by 6°/);
    const strong = parseNifti(file({ sform: turned(RAS_SAGITTAL, 20) }));
    const { sagittal, coronal, axial } = planesOf(strong);
    close([sagittal.tilt, coronal.tilt, axial.tilt], [20, 20, 0], 1e-3);
    assert.match(remarkOn(planesOf(strong), true), /sagittal by 20°, coronal by 20°/);
    assert.doesNotMatch(remarkOn(planesOf(strong), true), /axial/);
  });

  it("takes a file without orientation for a sagittal stack, and says so", () => {
    const volume = parseNifti(file({ sform: undefined }));
    const planes = planesOf(volume);
    assert.deepEqual(planes.sagittal.letters, ["", "", "", ""]);
    assert.deepEqual(toIndex(planes.sagittal, [1, 2], 1), [1, 2, 1]);
    assert.match(remarkOn(planes, false), /does not say how the patient lies/);
  });
});

describe("volume viewer: greys", () => {
  it("maps the window to black and white in every view", () => {
    const volume = parseNifti(file({ slope: 2, intercept: 100 }));
    for (const name of PLANE_NAMES) {
      const plane = planesOf(volume)[name];
      const pixels = new Uint32Array(plane.columns * plane.rows);
      const window = { centre: 300, width: 200 };
      paintSlice(pixels, volume, plane, 1, window);
      for (let row = 0; row < plane.rows; row++)
        for (let column = 0; column < plane.columns; column++) {
          const value = intensityAt(volume, toIndex(plane, [column, row], 1));
          const grey = Math.round(Math.min(1, Math.max(0, (value - 200) / 200)) * 255);
          const pixel = pixels[row * plane.columns + column]!;
          assert.equal(pixel >>> 24, 255);
          assert.ok(Math.abs((pixel & 255) - grey) <= 1, `${name}: ${value} is ${pixel & 255}, not ${grey}`);
        }
    }
  });

  it("chooses a window that a few bright voxels or values that are no numbers do not spoil", () => {
    const many = Array.from({ length: 1000 }, (_, i) => i);
    const volume = (list: number[]): Volume =>
      parseNifti(niftiFile({ size: [list.length, 1, 1], type: "float32", values: list }));
    const plain = initialWindow(volume(many));
    const spoiled = initialWindow(volume([...many, 1e9, Number.NaN]));
    assert.ok(Math.abs(plain.width - spoiled.width) < 10 && plain.width > 900);
    assert.deepEqual(initialWindow(volume([7, 7, 7])), { centre: 7, width: 1 });
    assert.deepEqual(initialWindow(volume([Number.NaN])), { centre: 0, width: 1 });
  });
});

describe("volume viewer: state", () => {
  const volume = parseNifti(file());
  const all = scene(volume);
  const start = initialState(all);

  it("keeps the crosshair on a voxel of the volume", () => {
    assert.deepEqual(reduce(start, { type: "moveTo", index: [9, -4, 0.4] }, all).cursor, [3, 0, 0]);
    const last = reduce(start, { type: "scroll", plane: "sagittal", by: 99 }, all);
    assert.equal(last.cursor[2], 1);
    assert.equal(reduce(last, { type: "scroll", plane: "sagittal", by: 1 }, all), last);
    assert.deepEqual(reduce(start, { type: "nudge", plane: "sagittal", by: [1, -1] }, all).cursor, [3, 0, 1]);
  });

  it("marks a level until the crosshair moves on, and tells which views change", () => {
    const chosen = reduce(start, { type: "level", level: "L4", index: [0, 0, 0] }, all);
    assert.deepEqual([chosen.level, chosen.cursor], ["L4", [0, 0, 0]]);
    assert.equal(reduce(chosen, { type: "nudge", plane: "axial", by: [0, 1] }, all).level, "");
    assert.deepEqual(changedViews(start, chosen), PLANE_NAMES);
    const zoomed = reduce(start, { type: "zoom", plane: "coronal", factor: 2, at: [0, 0] }, all);
    assert.deepEqual(changedViews(start, zoomed), ["coronal"]);
  });

  it("zooms about a place that stays where it is; reset undoes it, but leaves the crosshair", () => {
    const stage = { width: 300, height: 200 };
    const plane = all.planes.sagittal;
    const before = viewport(plane, stage, start.views.sagittal);
    const at: [number, number] = [170, 90];
    const mm: [number, number] = [(at[0] - 150) / before.perMm, (at[1] - 100) / before.perMm];
    let state = reduce(start, { type: "zoom", plane: "sagittal", factor: 3, at: mm }, all);
    const after = viewport(plane, stage, state.views.sagittal);
    close([...fromStage(after, at)], [...fromStage(before, at)]);
    close([...toStage(after, fromStage(after, at))], at);
    state = reduce(state, { type: "window", centreBy: 0.5, widthBy: -9 }, all);
    assert.ok(state.window.width > 0);
    state = reduce(state, { type: "moveTo", index: [0, 0, 0] }, all);
    const reset = reduce(state, { type: "reset" }, all);
    assert.deepEqual([reset.window, reset.views, reset.cursor], [start.window, start.views, [0, 0, 0]]);
  });

  it("brings a crosshair that has left an enlarged view back into sight", () => {
    const stage = { width: 300, height: 200 };
    const plane = all.planes.sagittal;
    let state = reduce(start, { type: "zoom", plane: "sagittal", factor: 4, at: [0, 0] }, all);
    assert.equal(panToSee(viewport(plane, stage, start.views.sagittal), stage, [0, 0]), undefined);
    const by = panToSee(viewport(plane, stage, state.views.sagittal), stage, [0, 0]);
    assert.ok(by);
    state = reduce(state, { type: "pan", plane: "sagittal", by }, all);
    assert.equal(panToSee(viewport(plane, stage, state.views.sagittal), stage, [0, 0]), undefined);
  });

  it("knows keys and buttons, and leaves those of VS Code alone", () => {
    const key = (name: string, held: Partial<Record<"shiftKey" | "ctrlKey", boolean>> = {}) => ({
      ...{ key: name, shiftKey: false, ctrlKey: false, altKey: false, metaKey: false },
      ...held,
    });
    assert.deepEqual(keyAction(key("ArrowLeft"), "axial"), { type: "nudge", plane: "axial", by: [-1, 0] });
    assert.equal(keyAction(key("ArrowLeft", { shiftKey: true }), "axial")?.type, "window");
    assert.equal(keyAction(key("r", { ctrlKey: true }), "axial"), undefined);
    assert.ok(keyZoom(key("+"))! > 1 && keyZoom(key("-"))! < 1);
    assert.deepEqual(
      [0, 1, 2].map((button) => dragOf({ button, shiftKey: false })),
      ["crosshair", "pan", "window"],
    );
    assert.equal(dragOf({ button: 0, shiftKey: true }), "window");
  });
});

describe("volume viewer: outlines", () => {
  const volume = parseNifti(file());
  const { sagittal } = planesOf(volume);
  const at = (index: Vec3): { patient: Vec3 } => ({ patient: toPatient(volume.affine, index) });
  const spine: DetectedSpine = {
    series: "T2",
    place: { series: "one", study: "s", size: volume.size, affine: volume.affine },
    flags: [],
    vertebrae: [
      {
        level: "L4",
        centre: at([1.5, 1.8, 0]).patient,
        corners: {
          anteriorSuperior: at([1, 1.5, 0]),
          posteriorSuperior: at([2, 1.5, 0]),
          posteriorInferior: at([2, 2, 0]),
          anteriorInferior: at([1, 2, 0]),
        },
      },
    ],
    discs: [{ level: "L3-L4", centre: at([1.5, 1, 0]).patient, angle: 90, width: 0.6, height: 0.5 }],
  };

  it("brings corners and turned boxes to voxels, from head to feet", () => {
    const [disc, vertebra] = outlinesOf(spine, volume, sagittal);
    assert.deepEqual([disc?.level, vertebra?.level], ["L3-L4", "L4"]);
    close(vertebra!.corners.flat(), [1, 1.5, 0, 2, 1.5, 0, 2, 2, 0, 1, 2, 0]);
    // A quarter turn: the 0.6 mm of its width now run down one row, the 0.5 mm of its height across one column.
    close(disc!.corners.flat(), [2, 0.5, 0, 2, 1.5, 0, 1, 1.5, 0, 1, 0.5, 0]);
  });

  it("shows outlines up to 9 mm from their slice", () => {
    const outlines = outlinesOf(spine, volume, sagittal);
    assert.equal(outlinesNear(outlines, sagittal, volume, 2).length, 2);
    assert.equal(outlinesNear(outlines, sagittal, volume, 3).length, 0);
  });

  it("are refused over another series, study, grid or place, and where nothing says which", () => {
    const over = (place: unknown, series?: string) => () =>
      outlinesOf({ ...spine, place: place as SeriesPlace }, volume, sagittal, series);
    assert.doesNotThrow(over(spine.place, "one"));
    assert.doesNotThrow(over({ ...spine.place, series: undefined }, "one"));
    assert.throws(over(spine.place, "two"), /belongs to another series/);
    assert.throws(over(undefined), /does not say in which pictures/);
    const [columns, ...others] = volume.size;
    assert.throws(
      over({ ...spine.place, size: [columns + 1, ...others] }),
      /pictures of \d+ × \d+ × \d+ voxels/,
    );
    const moved = volume.affine.map((value, i) => (i === 3 ? value + 0.5 : value));
    assert.throws(over({ ...spine.place, affine: moved }), /another place in the patient/);
    assert.throws(
      over({ ...spine.place, affine: volume.affine.map(() => null) }),
      /another place in the patient/,
    );
    const other = placeMismatch(spine.place, { ...spine.place, study: "t" });
    assert.match(other ?? "", /another study/);
  });

  it("says so when the answer is damaged", () => {
    assert.throws(() => outlinesOf({} as DetectedSpine, volume, sagittal), /no vertebrae and discs/);
    const wrong = { ...spine, discs: [{ ...spine.discs[0]!, width: Number.NaN }] };
    assert.throws(() => outlinesOf(wrong, volume, sagittal), /not numbers/);
  });
});
