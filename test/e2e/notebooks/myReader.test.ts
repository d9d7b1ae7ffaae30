import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GRADES, PLOT, RanNotebook } from "./support.js";

describe("my-reader.ipynb", () => {
  it("brings grades nearer to a reader with a convention of their own", () => {
    const ran = new RanNotebook("my-reader");
    const readings = ran.rows("readings");
    assert.ok(readings.length >= 60, String(readings.length));
    const rows = new Map(ran.rows("fit").map((row) => [row.measure, Object.values(row).slice(1).map(parseFloat as (value: unknown) => number)]));
    const [before, after] = rows.get("linear kappa")!;
    assert.ok(after! > before!, `${before} ${after}`);
    const [biasBefore, biasAfter] = rows.get("bias (grades)")!;
    assert.ok(Math.abs(biasAfter!) < Math.abs(biasBefore!), `${biasBefore} ${biasAfter}`);
    assert.ok(PLOT in ran.bundles("before")[0]!);
    const [shown] = ran.bundles("use");
    assert.ok(GRADES in shown!);
    assert.match(ran.text("use"), /as reader mine gives them/);
  });
});
