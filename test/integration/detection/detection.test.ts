import assert from "node:assert/strict";
import { describe, it } from "node:test";
import {
  connectedRegions,
  detectSpine,
  DetectionError,
  orientedBox,
  spineJson,
} from "../../../src/detection/index.js";
import type { Volume } from "../../../src/imaging/index.js";
import { toPatient } from "../../../src/imaging/index.js";
import { renderPhantom } from "../../../src/phantom/index.js";

const models = "models";

describe("regions", () => {
  it("finds connected regions by 4 neighbours", () => {
    const picture = ["##..#", "#...#", "..#.#"].join("");
    const regions = connectedRegions(picture.length, 5, (i) => picture[i] === "#");
    assert.deepEqual(regions.map(({ pixels }) => pixels.length).sort(), [1, 3, 3]);
  });

  it("measures a turned rectangle", () => {
    const [columns, rows, angle] = [200, 200, 0.35];
    const inside = (i: number): boolean => {
      const [x, y] = [(i % columns) - 90, Math.floor(i / columns) - 110];
      const [u, v] = [Math.cos(angle) * x + Math.sin(angle) * y, Math.cos(angle) * y - Math.sin(angle) * x];
      return Math.abs(u) <= 40 && Math.abs(v) <= 8;
    };
    const [region] = connectedRegions(columns * rows, columns, inside);
    const box = orientedBox(region!, columns);
    assert.ok(
      Math.abs(box.angle - angle) < 0.01 &&
        Math.abs(box.centreColumn - 90) < 0.5 &&
        Math.abs(box.centreRow - 110) < 0.5,
    );
    assert.ok(
      Math.abs(box.length - 80) < 4 && Math.abs(box.breadth - 16.5) < 1.5,
      `${box.length} x ${box.breadth}`,
    );
  });
});

describe("detection on phantoms", () => {
  it("finds every disc with its true name and place, and corners of bodies", async () => {
    let [named, total] = [0, 0];
    const errors: number[] = [];
    const cornerErrors: number[] = [];
    for (const seed of [101, 102, 103, 104]) {
      const { volume, truth } = renderPhantom({ seed });
      const spine = await detectSpine(volume, models);
      for (const disc of truth.discs.slice(-6)) {
        total++;
        const found = spine.discs.find(({ level }) => level === disc.level);
        if (found === undefined) continue;
        const [x, y] = [found.centre.column - disc.pixel[0], found.centre.row - disc.pixel[1]];
        const error = Math.hypot(x, y) * volume.spacing[0];
        if (error < 8) named++;
        errors.push(error);
      }
      const json = spineJson(spine) as {
        vertebrae: {
          level: string;
          corners: Record<string, { patient: number[]; pixel: [number, number]; slice: number }>;
        }[];
      };
      for (const vertebra of truth.vertebrae) {
        const found = json.vertebrae.find(({ level }) => level === vertebra.level);
        for (const [name, corner] of Object.entries(vertebra.corners)) {
          const other = found?.corners[name];
          if (other !== undefined && vertebra.level !== "S1")
            cornerErrors.push(
              Math.hypot(other.pixel[0] - corner.pixel[0], other.pixel[1] - corner.pixel[1]) *
                volume.spacing[0],
            );
        }
      }
    }
    const median = (values: number[]): number => values.sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
    assert.ok(named / total >= 0.95, `${named} of ${total} discs`);
    assert.ok(median(errors) < 2, `disc centres: median ${median(errors)} mm`);
    assert.ok(median(cornerErrors) < 0.7, `corners: median ${median(cornerErrors)} mm`);
  });

  it("gives patient coordinates that belong to the pixels", async () => {
    const { volume } = renderPhantom({ seed: 105 });
    const json = spineJson(await detectSpine(volume, models)) as {
      discs: { centre: number[]; pixel: [number, number]; slice: number }[];
    };
    for (const { centre, pixel, slice } of json.discs)
      toPatient(volume, [pixel[0], pixel[1], slice]).forEach((value, k) => {
        assert.ok(Math.abs(value - centre[k]!) < 1e-6);
      });
  });

  it("says so where there is no spine", async () => {
    const voxels = Int16Array.from({ length: 200 * 200 }, (_, i) => (i * 7919) % 255);
    const volume: Volume = {
      voxels,
      columns: 200,
      rows: 200,
      slices: 1,
      spacing: [1, 1, 1],
      affine: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      geometry: "image",
    };
    await assert.rejects(
      detectSpine(volume, models),
      (error) => error instanceof DetectionError && /No lumbar spine/.test(error.message),
    );
  });

  it("notices a picture whose spacing is wrong by a factor of two", async () => {
    const { volume } = renderPhantom({ seed: 106, slices: 3, inPlane: 0.7 });
    const size = volume.rows * volume.columns;
    const picture: Volume = {
      ...volume,
      voxels: volume.voxels.slice(size, 2 * size),
      slices: 1,
      spacing: [0.35, 0.35, 1],
      affine: [0.35, 0, 0, 0, 0, 0.35, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
      geometry: "image",
    };
    const spine = await detectSpine(picture, models);
    assert.ok(spine.flags.some(({ code }) => code === "spacing"));
    assert.ok(spine.discs.length >= 6);
  });

  it("notices pictures that are turned, and mostly how", async () => {
    let right = 0;
    for (const seed of [107, 108, 109, 110]) {
      const { volume } = renderPhantom({ seed, slices: 3, inPlane: 0.7 });
      const size = volume.rows * volume.columns;
      const voxels = volume.voxels.slice(size, 2 * size).reverse();
      const picture: Volume = {
        ...volume,
        voxels,
        slices: 1,
        spacing: [0.7, 0.7, 1],
        affine: [0.7, 0, 0, 0, 0, 0.7, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
        geometry: "image",
      };
      const said = await detectSpine(picture, models).then(
        ({ flags }) => flags.map(({ message }) => message).join(" "),
        (error: unknown) => (error as Error).message,
      );
      assert.match(said, /The picture seems to be/, `seed ${seed}`);
      if (/turned by 180°|upside down/.test(said)) right++;
    }
    assert.ok(right >= 3, `${right} of 4`);
  });

  it("places corners within a millimetre, and tells them for every slice that shows the body", async () => {
    const errors: number[] = [];
    for (const seed of [121, 122]) {
      const { volume, truth } = renderPhantom({ seed });
      const spine = await detectSpine(volume, models);
      for (const { level, slices, corners } of spine.vertebrae) {
        const own = truth.vertebrae.find((vertebra) => vertebra.level === level);
        if (own === undefined) continue;
        assert.ok(slices.length >= 3, `${level} is seen in ${slices.length} slices`);
        assert.ok(slices.some((slice) => slice.corners === corners));
        for (const one of slices) {
          const slice = Math.round(spine.stack.toOriginal([0, 0, one.slice])[2]);
          const section = own.sections.find((candidate) => candidate.slice === slice);
          if (section === undefined) continue;
          for (const [name, [column, row]] of Object.entries(section.corners)) {
            const found = one.corners[name as keyof typeof one.corners];
            errors.push(Math.hypot(found.column - column, found.row - row) * volume.spacing[0]);
          }
        }
      }
    }
    const median = errors.sort((a, b) => a - b)[Math.floor(errors.length / 2)]!;
    assert.ok(errors.length > 200 && median < 1, `median ${median} mm of ${errors.length}`);
  });

  it("names no level where the sacrum is out of view", async () => {
    let noticed = 0;
    for (const seed of [131, 132, 133]) {
      const spine = await detectSpine(renderPhantom({ seed, variant: "no-sacrum" }).volume, models);
      if (spine.numbering.sacrumInView) continue;
      noticed++;
      assert.ok(spine.discs.every(({ level }) => level.startsWith("disc-")));
      assert.ok(spine.vertebrae.every(({ level }) => level.startsWith("vertebra-")));
      assert.ok(spine.flags.some(({ code }) => code === "sacrum-not-in-view"));
    }
    assert.ok(noticed >= 2, `${noticed} of 3`);
  });

  it("keeps the names over fused bodies, and doubts them where the anatomy is transitional", async () => {
    let doubted = 0;
    for (const seed of [131, 132, 133]) {
      const { volume, truth } = renderPhantom({ seed, variant: "fused" });
      const { discs } = await detectSpine(volume, models);
      for (const { level, pixel } of truth.discs.slice(-5)) {
        const found = discs.find((disc) => disc.level === level);
        assert.ok(
          found !== undefined && Math.abs(found.centre.row - pixel[1]) * volume.spacing[1] < 8,
          `seed ${seed}: ${level}`,
        );
      }
      for (const variant of ["lumbarised", "sacralised"] as const) {
        const { flags } = await detectSpine(renderPhantom({ seed, variant }).volume, models);
        if (flags.some(({ code }) => code === "transitional" || code === "numbering-uncertain")) doubted++;
      }
    }
    assert.ok(doubted >= 4, `${doubted} of 6`);
  });

  it("says what the spine may be with probabilities that sum to one, also in small and cut pictures", async () => {
    const whole = renderPhantom({ seed: 71, slices: 1 }).volume;
    const cutRows = Math.round(0.4 * whole.rows);
    const cut: Volume = {
      ...whole,
      rows: whole.rows - cutRows,
      voxels: whole.voxels.slice(cutRows * whole.columns),
    };
    const small = renderPhantom({ seed: 72, slices: 1, variant: "small-view" }).volume;
    for (const [name, volume] of Object.entries({ whole, cut, small })) {
      const { numbering, discs } = await detectSpine(volume, models);
      const sum = numbering.lumbarVertebrae.reduce((total, p) => total + p, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9, name);
      assert.equal(discs.at(-1)!.level, "L5-S1", name);
      assert.ok(numbering.posterior > 0.5 && numbering.posterior < 1, `${name}: ${numbering.posterior}`);
      const all = numbering.alternatives.reduce((total, { probability }) => total + probability, 0);
      assert.ok(numbering.posterior + all <= 1 + 1e-9, name);
      for (const { names } of numbering.alternatives)
        assert.deepEqual(Object.keys(names), discs.map(({ level }) => level).reverse(), name);
    }
  });
});
