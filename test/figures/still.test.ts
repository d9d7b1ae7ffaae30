import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { encodeSlices, stillSvg } from "../../src/figures/index.js";
import { placeOf } from "../../src/figures/pictures/place.js";
import type { Outline } from "../../src/protocol/index.js";
import { syntheticVolume } from "../support/displays.js";

interface Text {
  readonly words: string;
  readonly x: number;
  readonly y: number;
  readonly anchor: string;
}

/** The texts inside of the picture, with their places; each is written twice, once as its rim. */
function textsOf(svg: string): Text[] {
  const all = [
    ...svg.matchAll(/<text x="([\d.-]+)" y="([\d.-]+)" text-anchor="(\w+)" fill="#?\w+">([^<]*)</g),
  ];
  return all
    .map(([, x, y, anchor, words]) => ({ words: words!, x: Number(x), y: Number(y), anchor: anchor! }))
    .filter((text, i, texts) => texts.findIndex((other) => other.words === text.words) === i);
}

/** Whether two texts of about 7 x 12 units a character lie over each other. */
function overlap(a: Text, b: Text): boolean {
  const span = ({ words, x, anchor }: Text): [number, number] => {
    const wide = words.length * 7;
    const left = anchor === "start" ? x : anchor === "end" ? x - wide : x - wide / 2;
    return [left, left + wide];
  };
  const [[left, right], [from, to]] = [span(a), span(b)];
  return left < to && from < right && Math.abs(a.y - b.y) < 12;
}

describe("a still's letters", () => {
  const volume = syntheticVolume();
  const at = (kind: Outline["kind"], label: string, left: number, top: number, note = ""): Outline => ({
    ...{ kind, label, note, slices: [0, 8] },
    corners: [
      [left, top],
      [left + 40, top],
      [left + 40, top + 12],
      [left, top + 12],
    ],
  });
  // A name at each edge's middle: over A, P, H and F.
  const outlines = [
    at("disc", "L2-L3", 40, 114, "Pfirrmann 2"),
    at("vertebra", "T12", 60, 1),
    at("vertebra", "S1", 60, 226),
    at("vertebra", "L3", 132, 114),
  ];

  it("give way to the names of levels, to the window and to the scale", () => {
    const payload = encodeSlices({ volume, title: "T2", outlines, found: placeOf(volume) });
    const texts = textsOf(stillSvg(payload));
    const letters = texts.filter(({ words }) => words.length === 1);
    assert.deepEqual(letters.map(({ words }) => words).sort(), ["A", "F", "H", "P"]);
    for (const letter of letters)
      for (const other of texts)
        if (other !== letter) assert.ok(!overlap(letter, other), `${letter.words} lies over ${other.words}`);
  });

  it("stand in the middle of their edges where nothing is, beside the window and the scale", () => {
    const texts = textsOf(stillSvg(encodeSlices({ volume, title: "T2" })));
    const place = (words: string): Text => texts.find((text) => text.words === words)!;
    assert.equal(place("H").x, place("F").x);
    assert.equal(place("A").y, place("P").y);
    assert.ok(texts.some(({ words }) => /^W \d+ +L \d+$/.test(words)));
    assert.ok(texts.some(({ words }) => /^\d+ mm$/.test(words)));
  });

  it("are readable over bright fat: a dark rim of four units lies below each text", () => {
    const svg = stillSvg(encodeSlices({ volume, title: "T2" }));
    const rims = svg.match(/<text[^>]* stroke="rgba\(0,0,0,0.92\)" stroke-width="4"/g) ?? [];
    assert.equal(rims.length, textsOf(svg).length);
  });
});
