import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RanNotebook } from "./support.js";

describe("fine-tune.ipynb", () => {
  it("brings the grader nearer to a reader with a convention of their own", () => {
    const ran = new RanNotebook("fine-tune");
    const errors = ran.rows("agreement").filter(({ measure }) => measure === "MAE");
    assert.deepEqual(
      errors.map(({ feature }) => feature),
      ["Pfirrmann", "Narrowing"],
    );
    const sum = (when: string): number => errors.reduce((total, row) => total + (row[when] as number), 0);
    assert.ok(sum("after") < sum("before"), JSON.stringify(errors));
    assert.match(ran.text("use"), /not calibrated/);
  });
});
