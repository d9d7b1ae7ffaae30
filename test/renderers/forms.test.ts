import assert from "node:assert/strict";
import { test } from "node:test";
import { GRADES, payloadOf, RATING, ratingAnswer, tableAnswer } from "../../src/renderers/forms.js";

const GRADED = { version: 1, title: "t", features: [], discs: [], flags: [], later: true };
const SESSION = { version: 1, session: "s", title: "t", done: 1, total: 2 };

test("a payload is drawn as it was saved, or refused in words", () => {
  assert.equal(payloadOf(GRADED, GRADES, "these grades have"), GRADED);
  assert.equal(payloadOf(SESSION, RATING, "this session has"), SESSION);
  const damaged = /^Error: its data in this file are damaged: run the cell again$/;
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, damaged],
    ["x", damaged],
    [{ ...GRADED, version: undefined }, damaged],
    [{ ...GRADED, discs: undefined }, damaged],
    [{ ...GRADED, discs: {} }, damaged],
    [{ ...GRADED, title: 7 }, damaged],
    [{ ...GRADED, version: 2 }, /^Error: these grades have version 2, but only version 1 is known: update/],
  ];
  for (const [data, message] of cases)
    assert.throws(() => payloadOf(data, GRADES, "these grades have"), message);
  assert.throws(() => payloadOf({ ...SESSION, done: "1" }, RATING, "this session has"), damaged);
});

test("a kernel's answer is known by its envelope", () => {
  const answers = [
    { type: "about", about: {}, state: {} },
    { type: "case", case: {} },
    { type: "state", state: {}, later: true },
    { type: "failed", message: "m" },
  ];
  for (const answer of answers) assert.equal(ratingAnswer(answer), answer);
  for (const wrong of [
    undefined,
    null,
    7,
    {},
    { type: "later" },
    { type: "state" },
    { type: "failed", message: 7 },
  ])
    assert.equal(ratingAnswer(wrong), undefined);
  const rows = { number: 1, rows: [{}], total: 3 };
  assert.equal(tableAnswer(rows), rows);
  const failed = { number: 1, failed: "m" };
  assert.equal(tableAnswer(failed), failed);
  for (const wrong of [undefined, [], {}, { rows: [] }, { ...rows, rows: {} }, { ...rows, total: "3" }])
    assert.equal(tableAnswer(wrong), undefined);
});
