import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inflateRawSync } from "node:zlib";
import { unpackVoxels } from "../../src/figures/pictures/pack.js";
import { placeOf } from "../../src/figures/pictures/place.js";
import { encodeSlices, frameOf } from "../../src/figures/pictures/slices.js";
import { toPatient as volumeToPatient } from "../../src/imaging/volume.js";
import { greyLevel, heatAlpha, heatColour } from "../../src/protocol/appearance.js";
import { base64ToBytes } from "../../src/protocol/index.js";
import { COLOUR_MAPS, heatTable } from "../../src/renderers/slices/colours.js";
import { decodeSlice } from "../../src/renderers/slices/decode.js";
import { detailRows } from "../../src/renderers/slices/details.js";
import { isFrame, sliceThrough, toPatient } from "../../src/renderers/slices/frame.js";
import { LinkRegistry } from "../../src/renderers/slices/link.js";
import { readingText, readPoint } from "../../src/renderers/slices/probe.js";
import { fillGreyTable } from "../../src/renderers/slices/raster.js";
import { syntheticHeat, syntheticVolume } from "../support/displays.js";

const near = (actual: number, expected: number, tolerance = 1e-9): void => {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not ${expected}`);
};

describe("patient positions", () => {
  const volume = syntheticVolume(64, 96, 5);
  const tilted = {
    ...volume,
    affine: [0.1, 0.05, 3.9, -8, 0.98, -0.1, -0.4, 20, 0.12, -0.97, 0.3, 300, 0, 0, 0, 1],
  };

  it("are the volume's own", () => {
    const payload = encodeSlices({ volume: tilted, title: "T2" });
    assert.ok(isFrame(payload.frame));
    const place = [12.5, 40, 3] as const;
    toPatient(payload.frame, place).forEach((value, i) => {
      near(value, volumeToPatient(tilted, place)[i]!);
    });
    near(sliceThrough(payload.frame, volumeToPatient(tilted, [50, 7, 3.25])), 3.25);
  });

  it("stay true on a display with larger pixels", () => {
    const grid = { columns: 40, rows: 32 };
    const frame = frameOf(tilted, grid);
    // The edges of both grids lie at the same places, half a pixel from the first centre.
    for (const [column, row] of [
      [-0.5, -0.5],
      [39.5, 31.5],
      [10.25, 7],
    ] as const) {
      const own = [((column + 0.5) * 64) / 40 - 0.5, ((row + 0.5) * 96) / 32 - 0.5, 2] as const;
      toPatient(frame, [column, row, 2]).forEach((value, i) => {
        near(value, volumeToPatient(tilted, own)[i]!);
      });
    }
  });

  it("are left out where the picture has none, and name the series by its pixels", () => {
    const flat = encodeSlices({ volume: { ...volume, geometry: "image" }, title: "T2" });
    assert.equal(flat.frame, undefined);
    const [one, again] = [encodeSlices({ volume, title: "a" }), encodeSlices({ volume, title: "b" })];
    assert.match(one.series!, /^[0-9a-f]{12}$/);
    assert.equal(one.series, again.series);
    const other = { ...volume, voxels: volume.voxels.map((value) => value + 1) as Int16Array };
    assert.notEqual(encodeSlices({ volume: other, title: "a" }).series, one.series);
  });

  it("tell intensity and place of a point", () => {
    const payload = encodeSlices({ volume, title: "T2" });
    const pixels = unpackVoxels(payload).subarray(2 * 64 * 96, 3 * 64 * 96);
    const reading = readPoint(payload, pixels, 2, [30.4, 50.6]);
    assert.deepEqual([reading.column, reading.row], [30, 51]);
    assert.equal(reading.intensity, pixels[51 * 64 + 30]);
    assert.equal(
      readingText({ column: 30, row: 51, intensity: 7, position: [8, -30.44, -0.01] }),
      "Intensity 7 · LPS 8.0, −30.4, 0.0 mm · column 30, row 51",
    );
    const older = { ...payload, frame: undefined };
    assert.doesNotMatch(readingText(readPoint(older, pixels, 2, [1, 1])), /LPS/);
  });

  it("link viewers of a series, and forget those that left", () => {
    const registry = new LinkRegistry();
    const seen: string[] = [];
    const member = (name: string) => ({
      follow: (point: readonly number[]) => void seen.push(`${name} ${point.join(" ")}`),
      linkChanged: () => undefined,
    });
    const [a, b] = [registry.join("s", member("a")), registry.join("s", member("b"))];
    const stranger = registry.join("t", member("c"));
    a.announce([1, 2, 3]);
    assert.deepEqual(seen, [], "the link is off at first");
    a.link(true);
    assert.deepEqual([a.linked, b.linked, stranger.linked], [true, true, false]);
    a.announce([1, 2, 3]);
    assert.deepEqual(seen, ["b 1 2 3"]);
    b.leave();
    assert.deepEqual([a.linked, a.companions, registry.size], [false, 0, 2]);
    a.leave();
    stranger.leave();
    assert.equal(registry.size, 0);
  });
});

describe("pictures", () => {
  it("decode one slice at a time to what was packed", () => {
    const volume = syntheticVolume(31, 17, 3);
    const voxels = volume.voxels.map((value, i) => (i % 50 === 0 ? -value * 30 : value)) as Int16Array;
    const payload = encodeSlices({ volume: { ...volume, voxels }, title: "T2" });
    const bytes = new Uint8Array(inflateRawSync(base64ToBytes(payload.voxels)));
    const pixels = new Int16Array(31 * 17);
    for (const slice of [2, 0, 1]) {
      decodeSlice(bytes, slice, 31, pixels);
      assert.deepEqual(pixels, voxels.slice(slice * 31 * 17, (slice + 1) * 31 * 17));
    }
  });

  it("look up the same greys and heat colours as the still picture computes", () => {
    for (const window of [
      { centre: 424.5, width: 808 },
      { centre: -32768, width: 65535 },
      { centre: 32767, width: 1 },
    ]) {
      const table = new Uint32Array(65536);
      fillGreyTable(table, window);
      for (let value = -32768; value < 32768; value += 7) {
        const pixel = table[value + 32768]!;
        assert.equal(pixel & 255, greyLevel(value, window), `${value} under ${window.centre}`);
        assert.equal(pixel >>> 24, 255);
      }
    }
    const heat = new Uint8Array(heatTable(COLOUR_MAPS[0]!).buffer);
    for (const value of [0, 1, 77, 128, 255])
      assert.deepEqual(
        [...heat.subarray(value * 4, value * 4 + 4)],
        [...heatColour(value), heatAlpha(value, 1)],
      );
    // At a stop a map has its colour, halfway between two their mean; viridis has 51 values from stop to stop.
    for (const { stops, name } of COLOUR_MAPS.slice(1)) {
      const bytes = new Uint8Array(heatTable({ stops, name }).buffer);
      const spaces = stops.length - 1;
      for (let value = 0; value < 256; value++) {
        const [at, part] = [Math.floor((value * spaces) / 255), ((value * spaces) % 255) / 255];
        const [from, to] = [stops[at]!, stops[Math.min(at + 1, spaces)]!];
        for (const channel of [0, 1, 2] as const) {
          const wanted = (1 - part) * from[channel] + part * to[channel];
          const found = bytes[4 * value + channel]!;
          assert.ok(Math.abs(found - wanted) <= 0.5 + 1e-9, `${name} ${value}: ${found}, not ${wanted}`);
        }
      }
    }
    assert.equal(new Set(COLOUR_MAPS.map((map) => heatTable(map)[200])).size, 3);
  });

  it("name size, spacing, plane and weighting, and nothing else", () => {
    const payload = encodeSlices({
      volume: syntheticVolume(),
      title: "sagittal T2 TSE, 9 slices",
      heat: syntheticHeat("Pfirrmann"),
      found: placeOf(syntheticVolume()),
    });
    assert.deepEqual(Object.fromEntries(detailRows(payload)), {
      Size: "160 × 240 pixels, 9 slices",
      "Pixel spacing": "1.00 × 1.00 mm",
      "Slice spacing": "4.00 mm",
      "Field of view": "160 × 240 mm",
      Orientation: "sagittal, A to P, H to F",
      Weighting: "T2",
    });
  });
});
