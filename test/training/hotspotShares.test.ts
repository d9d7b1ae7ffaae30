import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FEATURES, measuredHeatText } from "../../src/grading/index.js";
import { heatLine } from "../../src/grading/hotspots/words.js";
import type { HeatMeasure, Hotspot, RegionShares } from "../../src/grading/index.js";
import { summariseHeat } from "../../src/training/evaluation/hotspotShares.js";

const EVEN: RegionShares = {
  endplates: 0.1,
  disc: 0.2,
  upperBody: 0.2,
  lowerBody: 0.2,
  canal: 0.2,
  elsewhere: 0.1,
};

/** Discs of six patients each of which has its heat in the disc by this share; deleting takes these parts of a score of 4. */
function discsOf(count: number, disc: number, [hottest, random]: readonly [number, number], blurred = 0) {
  return Array.from({ length: count }, (_, i): HeatMeasure & { patient: string } => {
    const own = disc + 0.01 * ((i % 3) - 1);
    return {
      patient: `p${i % 6}`,
      hotspot: { feature: FEATURES[0]! } as Hotspot,
      shares: { ...EVEN, disc: own, canal: 0.4 - own },
      even: EVEN,
      scores: { whole: 4, blurred, without: [4 - 4 * hottest, 4 - 4 * random] },
    };
  });
}

describe("what the heat of many discs says", () => {
  it("is shares beside even heat, and what the hottest tenth explains beside random pixels", () => {
    const measured = summariseHeat(discsOf(24, 0.3, [0.5, 0.2]))!;
    assert.equal(measured.discs, 24);
    assert.equal(measured.patients, 6);
    const { disc, canal, endplates } = measured.regions;
    assert.deepEqual([disc.share.value, disc.even, disc.ratio.value], [0.3, 0.2, 1.5]);
    assert.ok(disc.ratio.low > 1.4 && disc.ratio.low <= 1.5 && disc.ratio.high >= 1.5);
    assert.equal(canal.ratio.value, 0.5);
    assert.equal(endplates.ratio.value, 1);
    assert.deepEqual(
      [measured.deletion?.hottest.value, measured.deletion?.random.value, measured.deletion?.beyond.value],
      [0.5, 0.2, 0.3],
    );
    const text = measuredHeatText(FEATURES[0]!, measured);
    assert.match(text, /On 24 real discs of 6 patients heat for the Pfirrmann grade was denser/);
    assert.match(text, /in the disc \(1\.5 times\); blurring its hottest tenth took 50 % of the score/);
    assert.doesNotMatch(text, /canal|do not read/);
  });

  it("says so where no region is denser and no place was shown to matter", () => {
    const measured = summariseHeat(discsOf(24, 0.2, [0.2, 0.2]))!;
    const text = measuredHeatText(FEATURES[0]!, { ...measured });
    assert.match(text, /in no region denser/);
    assert.match(text, /do not read a place from it/);
  });

  it("of one disc is a line, with a share beyond the whole score as all of it", () => {
    const lineOf = (explained: number | undefined): string =>
      heatLine({ shares: EVEN, even: EVEN, explained });
    assert.equal(
      lineOf(0.34),
      "Of the heat: disc 20, endplates 10, bodies 40, canal 20, elsewhere 10 %; its hottest tenth makes 34 % of the score.",
    );
    assert.match(lineOf(1.54), /makes all of the score/);
    assert.match(lineOf(-0.1), /makes none of the score/);
    assert.match(lineOf(undefined), /the picture hardly changes the score/);
  });

  it("is nothing of few discs, nor of scores that the picture does not change", () => {
    assert.equal(summariseHeat(discsOf(9, 0.3, [0.5, 0.2])), undefined);
    assert.equal(summariseHeat(discsOf(24, 0.3, [0.5, 0.2], 3.9))!.deletion, null);
    assert.match(measuredHeatText(FEATURES[10]!, undefined), /heat for the Modic type .* was not measured/);
  });
});
