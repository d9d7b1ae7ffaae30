import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { PLOT, RanNotebook } from "./support.js";

describe("two-hospitals.ipynb", () => {
  let ran: RanNotebook;

  it("runs on the example patients, in fewer than 25 lines of code", () => {
    ran = new RanNotebook("two-hospitals");
    const { cells } = JSON.parse(readFileSync(join("notebooks", "two-hospitals.ipynb"), "utf8")) as {
      cells: { cell_type: string; source: string[] }[];
    };
    const code = cells.filter(({ cell_type }) => cell_type === "code").flatMap(({ source }) => source);
    // Captions are none.
    const lines = code.filter((line) => line.trim() !== "" && !line.startsWith("//|"));
    assert.ok(lines.length < 25, `${lines.length} lines`);
  });

  it("tells agreement by hospital and level", () => {
    const rows = ran.rows("agreement");
    const groups = rows.map(({ group }) => group);
    for (const group of ["LSMA, L5-S1", "LSMA, all", "SPIDER, T12-L1", "SPIDER, all", "all"])
      assert.ok(groups.includes(group), group);
    const all = rows.at(-1)!;
    assert.deepEqual([all.discs, all.patients], [190, 31]);
    const [, kappa] = /^(0\.\d\d) \(0\.\d\d to 0\.\d\d\)$/.exec(String(all["linear κ (95 % interval)"]))!;
    assert.ok(Number(kappa) > 0.6 && Number(kappa) < 0.9, kappa);
  });

  it("draws, shows the discs of disagreement, and writes figures and a table for a paper", () => {
    for (const id of ["confusion", "bars", "boxes"]) {
      const plot = ran.bundles(id).find((bundle) => PLOT in bundle)!;
      assert.ok("image/png" in plot, `${id} has its still`);
    }
    assert.match(ran.text("boxes"), /Severity of the lumbar discs/);
    assert.ok("image/png" in ran.bundles("differ")[0]!);
    assert.match(ran.printed("paper"), /\\caption\{Agreement with the radiologist\}[\s\S]*LSMA, L3-L4 & 7 & 7/);
  });
});
