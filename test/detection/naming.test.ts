import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lumbosacralPosterior, nameDiscs } from "../../src/detection/naming.js";
import { shownLevel } from "../../src/detection/numbering/flags.js";
import { SPINE_FORMS } from "../../src/detection/numbering/forms.js";
import { sidewaysDeviation } from "../../src/detection/warnings.js";
import type { DiscCandidate } from "../../src/detection/discCandidates.js";

/** A disc at this height (mm from the top) whose share of "lowest disc" is given. */
function disc(row: number, lowest: number, length = 34, breadth = 9): DiscCandidate {
  return {
    region: { pixels: [0], centreRow: row, centreColumn: 100 },
    box: { centreRow: row, centreColumn: 100, angle: 0, length, breadth },
    confidence: 0.95,
    lowest,
  };
}

/** Seven discs 35 mm apart, the last one clearly lumbosacral. */
const usual = [20, 55, 90, 125, 160, 195, 230].map((row, i) => disc(row, i === 6 ? 0.95 : 0.02));
const codes = ({ flags }: ReturnType<typeof nameDiscs>): string[] => flags.map(({ code }) => code);

describe("numbering", () => {
  it("counts from the lumbosacral disc upward", () => {
    const naming = nameDiscs(usual, 60);
    assert.deepEqual(
      naming.named.map(({ level }) => level),
      ["T11-T12", "T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"],
    );
    assert.deepEqual(codes(naming), []);
    assert.ok(naming.numbering.sacrumInView && naming.numbering.posterior > 0.9);
  });

  it("leaves out a remnant disc below the sacrum's promontory", () => {
    const naming = nameDiscs([...usual, disc(255, 0.05, 15, 4)], 40);
    assert.equal(naming.named.at(-1)!.level, "L5-S1");
    assert.equal(naming.named.at(-1)!.candidate.box.centreRow, 230);
    assert.deepEqual(codes(naming), []);
  });

  it("gives the posterior, the runner-up and the margin where two discs look like the lowest", () => {
    const doubtful = [...usual.slice(0, 5), disc(195, 0.5), disc(230, 0.5)];
    const { numbering, flags } = nameDiscs(doubtful, 60);
    assert.ok(numbering.posterior < 0.9 && numbering.runnerUp !== undefined);
    assert.ok(Math.abs(numbering.margin - (numbering.posterior - numbering.runnerUp.probability)) < 1e-12);
    assert.ok(flags.some(({ code, message }) => code === "numbering-uncertain" && message.includes("L4-L5")));
    const sum = lumbosacralPosterior(doubtful).reduce((total, p) => total + p, 0);
    assert.ok(Math.abs(sum - 1) < 1e-12);
  });

  it("names no level where the sacrum is out of view", () => {
    const cut = usual.slice(0, 5);
    const naming = nameDiscs(cut, 20);
    assert.deepEqual(
      naming.named.map(({ level }) => level),
      ["disc-5", "disc-4", "disc-3", "disc-2", "disc-1"],
    );
    assert.ok(codes(naming).includes("sacrum-not-in-view"));
    assert.equal(naming.numbering.sacrumInView, false);
  });

  it("names with a warning where there would be room for a sacrum that was not recognised", () => {
    const naming = nameDiscs(usual.slice(0, 6), 80);
    assert.equal(naming.named.at(-1)!.level, "L5-S1");
    assert.ok(codes(naming).includes("sacrum-uncertain"));
  });

  it("carries no name over a gap", () => {
    const naming = nameDiscs([...usual.slice(0, 3), ...usual.slice(4)], 60);
    assert.deepEqual(
      naming.named.map(({ level }) => level),
      ["T11-T12", "T12-L1", "L1-L2", "L3-L4", "L4-L5", "L5-S1"],
    );
    assert.ok(codes(naming).includes("disc-missed"));
  });

  it("misses a level where neighbours are more than 1.65 times as far apart as usual, and none below that", () => {
    const stretched = (times: number): string[] => {
      const rows = [20, 55, 90, 125];
      const below = [0, 1, 2].map((i) => 125 + 35 * times + 35 * i);
      const chain = [...rows, ...below].map((row, i) => disc(row, i === 6 ? 0.95 : 0.02));
      return nameDiscs(chain, 60).named.map(({ level }) => level);
    };
    const whole = ["T11-T12", "T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];
    assert.deepEqual(stretched(1), whole);
    assert.deepEqual(stretched(1.6), whole);
    assert.deepEqual(stretched(1.7), ["T10-T11", "T11-T12", "T12-L1", "L1-L2", "L3-L4", "L4-L5", "L5-S1"]);
    assert.deepEqual(stretched(2.6)[3], "L1-L2");
    assert.deepEqual(stretched(2.7)[3], "T12-L1");
  });

  it("of nothing is nothing", () => {
    assert.deepEqual(nameDiscs([]).named, []);
  });
});

/** Probabilities of the forms: one is likely, all others share the rest. */
const forms = (likely: number, p: number): number[] =>
  SPINE_FORMS.map((_, k) => (k === likely ? p : (1 - p) / (SPINE_FORMS.length - 1)));
const formOf = (form: string, own: string): number =>
  SPINE_FORMS.findIndex((one) => one.form === form && one.own === own);

describe("what the spine may be", () => {
  const levels = (naming: ReturnType<typeof nameDiscs>): string[] => naming.named.map(({ level }) => level);

  it("without signs is what people are: five lumbar vertebrae in nine of ten", () => {
    const { numbering } = nameDiscs(usual, 60);
    const [four, five, six] = numbering.lumbarVertebrae;
    assert.ok(five > 0.88 && five < 0.9 && Math.abs(four + five + six - 1) < 1e-9);
    assert.ok(Math.abs(numbering.transitional - 0.033) < 0.001);
    assert.deepEqual(
      numbering.alternatives.map(({ form }) => form),
      ["six lumbar", "four lumbar"],
    );
    assert.equal(numbering.runnerUp!.lumbosacral, "L4-L5");
  });

  it("a lumbarised S1 on the lowest disc moves the names one up, and the disc below L5-S1 is left out", () => {
    const naming = nameDiscs(usual, 60, () => forms(formOf("lumbarised", "S1-S2"), 0.94));
    assert.deepEqual(levels(naming), ["T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"]);
    assert.equal(naming.named.at(-1)!.candidate.box.centreRow, 195);
    assert.ok(codes(naming).includes("transitional"));
    assert.ok(naming.numbering.lumbarVertebrae[2] > 0.9);
    assert.ok(naming.flags.some(({ message }) => message.includes("six vertebrae of lumbar kind")));
  });

  it("a sacralised L5 below the lowest free disc moves them one down", () => {
    const naming = nameDiscs(usual, 60, () => forms(formOf("sacralised", "L4-L5"), 0.94));
    assert.equal(levels(naming).at(-1), "L4-L5");
    assert.ok(naming.numbering.lumbarVertebrae[0] > 0.9);
    assert.ok(naming.flags.some(({ message }) => message.includes("four vertebrae of lumbar kind")));
  });

  it("a transitional vertebra that leaves the names as they are is told, and the names are not called doubtful", () => {
    const naming = nameDiscs(usual, 60, () => forms(formOf("sacralised", "L5-S1"), 0.94));
    assert.equal(levels(naming).at(-1), "L5-S1");
    assert.deepEqual(codes(naming), ["transitional"]);
    assert.ok(naming.numbering.posterior > 0.94);
  });

  it("a count that only the cord tells makes names doubtful and moves none", () => {
    const naming = nameDiscs(usual, 60, () => forms(formOf("six lumbar", "L6-S1"), 0.7));
    assert.equal(levels(naming).at(-1), "L5-S1");
    assert.ok(codes(naming).includes("numbering-uncertain"));
    assert.ok(naming.numbering.posterior < 0.3);
    const [best] = naming.numbering.alternatives;
    assert.deepEqual(
      [best!.form, best!.lumbarVertebrae, best!.lumbosacral, best!.names["L4-L5"], best!.names["L3-L4"]],
      ["six lumbar", 6, "L6-S1", "L5-L6", "L4-L5"],
    );
    assert.equal(shownLevel("L4-L5", naming.numbering), "L4-L5 (or L5-L6)");
  });

  it("sums to one, gives alternatives from the most probable down, and the runner-up is the second best place", () => {
    const { numbering } = nameDiscs(usual, 60, () => [0.6, 0.1, 0.08, 0.07, 0.05, 0.06, 0.04]);
    const { posterior, runnerUp, alternatives, lumbarVertebrae } = numbering;
    assert.ok(Math.abs(lumbarVertebrae.reduce((sum, p) => sum + p, 0) - 1) < 1e-9);
    // Usual, and both kinds of transitional vertebrae that leave the names as they are.
    assert.ok(Math.abs(posterior - 0.69) < 0.01);
    // Four lumbar and the sacralised L5 below put L5-S1 at one place: 0.16 against 0.15 on the other side.
    assert.equal(runnerUp!.lumbosacral, "S1-S2");
    assert.ok(Math.abs(runnerUp!.probability - 0.16) < 0.01);
    const given = alternatives.map(({ probability }) => probability);
    assert.deepEqual(
      given,
      [...given].sort((a, b) => b - a),
    );
    assert.ok(alternatives.every(({ names }) => Object.keys(names).length === 7));
  });

  it("with a sure numbering shows one name only", () => {
    const { numbering } = nameDiscs(usual, 60, () => forms(0, 0.95));
    assert.equal(shownLevel("L4-L5", numbering), "L4-L5");
  });
});

describe("curved spines", () => {
  const volume = { spacing: [0.7, 0.7, 4] } as unknown as Parameters<typeof sidewaysDeviation>[0];
  const at = (slice: number, i: number) => ({ slice, centre: { column: 100, row: 50 + 50 * i } });

  it("a straight spine deviates by nothing, even when it leans", () => {
    assert.ok(sidewaysDeviation(volume, [4, 5, 6, 7, 8].map(at)) < 1e-9);
  });

  it("a bow deviates by its height over the line that fits it", () => {
    const deviation = sidewaysDeviation(volume, [5, 7, 8, 7, 5].map(at));
    assert.ok(deviation > 5 && deviation < 9, String(deviation));
  });
});
