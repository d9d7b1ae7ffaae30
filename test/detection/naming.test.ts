import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lumbarCount } from "../../src/detection/lumbarCount.js";
import { lumbosacralPosterior, nameDiscs } from "../../src/detection/naming.js";
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
    assert.ok(naming.numbering.sacrumInView && naming.numbering.posterior > 0.95);
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

describe("four, five or six lumbar vertebrae", () => {
  const five = lumbarCount(usual, 6);

  it("five without a sign, as most people have", () => {
    assert.ok(five[1] > 0.95 && Math.abs(five[0] + five[1] + five[2] - 1) < 1e-12);
  });

  it("six more likely with a well-formed disc below, four with a rudimentary lumbosacral one", () => {
    const lumbarised = [...usual, disc(262, 0.05, 32, 8)];
    const sacralised = [...usual.slice(0, 6), disc(228, 0.9, 22, 3)];
    assert.ok(lumbarCount(lumbarised, 6)[2] > 5 * five[2]);
    assert.ok(lumbarCount(sacralised, 6)[0] > 5 * five[0]);
    assert.ok(codes(nameDiscs(lumbarised, 60)).includes("transitional"));
    assert.ok(codes(nameDiscs(sacralised, 60)).includes("transitional"));
  });

  it("rudimentary is a disc below three quarters of the length and half of the height of the one above", () => {
    const four = (length: number, breadth: number) =>
      lumbarCount([...usual.slice(0, 6), disc(228, 0.9, length, breadth)], 6)[0];
    // The disc above is 34 mm long and 9 mm high: 25.5 and 4.5 mm.
    assert.ok(four(25, 4.4) > 5 * five[0]);
    for (const [length, breadth] of [
      [26, 4.4],
      [25, 4.6],
      [34, 9],
    ] as const)
      // prettier-ignore
      assert.equal(four(length, breadth), five[0], `${length} x ${breadth} mm`);
  });

  it("well formed is a disc below from 70 % of the lumbosacral one's length on", () => {
    const six = (length: number) => lumbarCount([...usual, disc(262, 0.05, length, 8)], 6)[2];
    assert.ok(six(24) > 5 * five[2]);
    assert.equal(six(23.5), five[2]);
  });

  it("a remnant below is no sign", () => {
    assert.deepEqual(lumbarCount([...usual, disc(255, 0.05, 15, 4)], 6), five);
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
