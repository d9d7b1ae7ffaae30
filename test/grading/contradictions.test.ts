import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { contradictionFlags } from "../../src/grading/contradictions.js";

const of = (grades: Record<string, number>) =>
  contradictionFlags(
    "L4-L5",
    Object.fromEntries(Object.entries(grades).map(([key, grade]) => [key, { grade }])),
  );

describe("grades that contradict each other", () => {
  it("a collapsed disc that is graded as normal, and the other way round", () => {
    for (const pfirrmann of [1, 2])
      for (const narrowing of [3, 4]) {
        const [flag, ...more] = of({ pfirrmann, narrowing, herniation: 0 });
        assert.equal(flag?.code, "contradiction");
        assert.match(flag.message, new RegExp(`^L4-L5: Pfirrmann ${pfirrmann}.*narrowing ${narrowing}`));
        assert.deepEqual(more, []);
      }
    assert.equal(of({ pfirrmann: 5, narrowing: 1, herniation: 0 }).length, 1);
    assert.equal(of({ pfirrmann: 1, narrowing: 1, herniation: 1 }).length, 1);
  });

  it("nothing where the scales allow it, or a grade is lacking", () => {
    const allowed: Record<string, number>[] = [
      { pfirrmann: 1, narrowing: 2, herniation: 0 },
      { pfirrmann: 3, narrowing: 4, herniation: 1 },
      { pfirrmann: 2, narrowing: 1, herniation: 1 },
      { pfirrmann: 5, narrowing: 2, herniation: 0 },
      { pfirrmann: 1 },
      { narrowing: 4 },
      {},
    ];
    for (const grades of allowed) assert.deepEqual(of(grades), [], JSON.stringify(grades));
  });
});
