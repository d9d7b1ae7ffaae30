import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { GALLERY } from "../../support/gallery.js";
import { GRADES, PLOT, RanNotebook, SLICES } from "./support.js";

describe("gallery.ipynb", () => {
  let ran: RanNotebook;

  it("shows every kind of value", () => {
    ran = new RanNotebook("gallery", { mayBeSilent: true });
    assert.match(ran.text("plain"), /1180591620717411303424n/);
    assert.deepEqual(
      ran.rows("map").map(({ key }) => key),
      ["L4-L5", "L5-S1"],
    );
    assert.equal(ran.rows("instances").length, 2);
    assert.equal(ran.rows("rows").length, 12);
    assert.deepEqual(
      ran.rows("arrow").map(({ level }) => level),
      ["L4-L5", "L5-S1"],
    );
    for (const id of ["element", "plot"]) assert.ok("image/svg+xml" in ran.bundles(id)[0]!, id);
    assert.ok(SLICES in ran.bundles("scan")[0]! && GRADES in ran.bundles("grades")[0]!);
  });

  it("shows a figure of every trace type, each with its still", () => {
    const groups = "points spread many trees finance angles nets space maps".split(" ");
    const plots = groups.flatMap((group) => ran.bundles(`g-${group}`)).filter((bundle) => PLOT in bundle);
    assert.equal(plots.length, Object.keys(GALLERY).length);
    for (const bundle of plots) assert.ok("image/png" in bundle || "image/svg+xml" in bundle);
  });
});
