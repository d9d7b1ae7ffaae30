import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { BodyShape } from "../../src/detection/bodies.js";
import { isSameBody } from "../../src/detection/vertebrae.js";

/** A body of `width` x `height` mm whose centre lies in this column. */
function body(column: number, width: number, height: number): BodyShape {
  const [left, right, top, bottom] = [
    column - width / 2,
    column + width / 2,
    50 - height / 2,
    50 + height / 2,
  ];
  return {
    confidence: 1,
    centre: [50, column],
    corners: [
      [top, left],
      [top, right],
      [bottom, right],
      [bottom, left],
    ],
  };
}

describe("a body in two slices", () => {
  const one = body(100, 34, 27);
  it("is the same where it stays in its place and keeps its size", () => {
    assert.ok(isSameBody(one, one));
    assert.ok(isSameBody(body(108, 30, 22), one), "8 mm aside and 1.4 times smaller");
  });
  it("is another where it lies 9 mm aside", () => {
    assert.ok(!isSameBody(body(109.5, 34, 27), one));
  });
  it("is another where it is more than 1.6 times as large, or as small", () => {
    const small = body(100, 34, 16);
    assert.ok(!isSameBody(one, small) && !isSameBody(small, one));
    const slightlySmaller = body(100, 34, 17.5);
    assert.ok(isSameBody(one, slightlySmaller) && isSameBody(slightlySmaller, one));
  });
});
