import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { PLOT, RanNotebook } from "./support.js";

describe("longitudinal.ipynb", () => {
  it("marks the discs that changed and no other", () => {
    const ran = new RanNotebook("longitudinal");
    const rows = ran.rows("course");
    assert.equal(rows.length, 6);
    const beyond = rows.filter((row) => row["beyond the rater's noise"] === "yes").map(({ disc }) => disc);
    assert.ok(beyond.includes("L4-L5"));
    for (const row of rows.filter((one) => one["true change"] === "+0.00"))
      assert.equal(row["beyond the rater's noise"], "no", JSON.stringify(row));
    for (const row of ran.rows("noise")) assert.ok((row["smallest detectable change"] as number) > 0);
    assert.ok(PLOT in ran.bundles("plot")[0]!);
    assert.ok("image/png" in ran.bundles("pictures")[0]!);
  });
});

