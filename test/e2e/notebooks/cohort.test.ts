import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { GRADES, PLOT, RanNotebook } from "./support.js";

it("committed notebooks carry no outputs", () => {
  for (const name of readdirSync("notebooks").filter((file) => file.endsWith(".ipynb"))) {
    const { cells } = JSON.parse(readFileSync(join("notebooks", name), "utf8")) as {
      cells: { outputs?: unknown[]; execution_count?: unknown }[];
    };
    for (const { outputs = [], execution_count = null } of cells)
      assert.deepEqual([outputs, execution_count], [[], null], name);
  }
});

describe("cohort.ipynb", () => {
  it("grades, asks, looks, adds readers and compares", () => {
    const ran = new RanNotebook("cohort", { mayBeSilent: true });
    const levels = ran.rows("sql").map(({ level }) => level);
    assert.deepEqual(levels.slice(-5), ["L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"]);
    for (const row of ran.rows("table")) assert.ok((row.pfirrmann as number) >= 4);
    assert.ok("image/png" in ran.bundles("montage")[0]!);
    assert.ok(GRADES in ran.bundles("one")[0]!);
    const raters = ran.rows("raters").map(({ rater }) => rater);
    assert.deepEqual([...raters].sort(), ["anna", "bert", "model"]);
    assert.equal(ran.rows("agree").length, 2);
    for (const id of ["confusion", "bland", "by-level", "by-age", "by-sex"])
      assert.ok(PLOT in ran.bundles(id).at(-1)!, id);
    assert.match(ran.text("share"), /readings\.parquet/);
  });
});

describe("report-cohort.ipynb and report-patient.ipynb", () => {
  it("run to the end with what they bring along", () => {
    for (const name of ["report-cohort", "report-patient"]) new RanNotebook(name, { mayBeSilent: true });
  });
});
