/** Which patients of a data set may measure weights. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { readTrainedOn } from "../../src/training/trainedOn.js";

const lsma = { credit: "LSMA-PQR (CC BY 4.0)", title: "LSMA-PQR" };

test("weights are measured on patients who were kept out, and on all of a data set that they were not trained on", async () => {
  assert.equal(
    await readTrainedOn("models", { ...lsma, patients: [{ isHeld: true }, { isHeld: false }] }),
    true,
  );
  const strange = { credit: "somebody else's", title: "other", patients: [{ isHeld: false }] };
  assert.equal(await readTrainedOn("models", strange), false);
});

test("where all were trained on, nobody is left to measure on, which is said", async () => {
  await assert.rejects(
    readTrainedOn("models", { ...lsma, patients: [{ isHeld: false }, { isHeld: false }] }),
    {
      name: "DataError",
      message: /LSMA-PQR: the weights were trained on it, and all of its 2 patients are for training/,
    },
  );
});
