import assert from "node:assert/strict";
import { test } from "node:test";
import { FEATURES } from "../../src/grading/features.js";
import { requireHeads } from "../../src/grading/graders.js";

const outputs = FEATURES.map(({ key }) => ({ name: key, loss: "setCrossEntropy" as const }));

test("weights that lack a feature's head are told by its name", () => {
  requireHeads({ outputs });
  assert.throws(() => {
    requireHeads({ outputs: outputs.filter(({ name }) => name !== "bulging") });
  }, /no head for bulging/);
});
