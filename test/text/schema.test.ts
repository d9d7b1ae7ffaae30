import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import {
  checked,
  checkedJson,
  finiteNumber,
  numberBetween,
  recordOf,
  versionIs,
  wholeNumber,
} from "../../src/text/index.js";

const FORM = v.strictObject({
  version: versionIs(1),
  name: v.string(),
  steps: wholeNumber(1, 9),
  count: wholeNumber(0),
  share: numberBetween(0, 1),
  offset: finiteNumber(),
  on: v.boolean(),
  kind: v.picklist(["a", "b"]),
  by: recordOf(v.array(v.number())),
  part: v.variant("type", [
    v.object({ type: v.literal("x"), at: v.string("a date") }),
    v.object({ type: v.literal("y"), pair: v.tuple([v.number(), v.number()]) }),
  ]),
  more: v.optional(v.string()),
});

const GOOD = {
  version: 1,
  name: "n",
  steps: 3,
  count: 0,
  share: 0.5,
  offset: -1,
  on: true,
  kind: "a",
  by: { pfirrmann: [1] },
  part: { type: "x", at: "2024" },
};

/** The good value with something else in a field. */
const but = (fields: object): unknown => ({ ...GOOD, ...fields });
const without = (name: keyof typeof GOOD): unknown =>
  Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== name));

test("a value of the form comes back as it was given", () => {
  assert.deepEqual(checked(GOOD, FORM), { value: GOOD });
  assert.deepEqual(checkedJson(JSON.stringify(GOOD), FORM), { value: GOOD });
  const given = { later: 1, b: 2, a: 1 };
  const { value } = checked(given, v.object({ a: v.number(), b: v.number() }));
  assert.equal(value, given, "also its order and what the schema does not name");
});

test("no field of a record escapes its check", () => {
  for (const name of ["__proto__", "constructor", "prototype"])
    assert.notEqual(checkedJson(`{"${name}":"x"}`, recordOf(v.number())).problem, undefined, name);
});

test("the first problem is said by field and wish, never by the value", () => {
  const cases: readonly (readonly [unknown, string])[] = [
    [null, "it must be an object"],
    ["Jane Roe", "it must be an object"],
    [[], '"version" is missing'],
    [without("name"), '"name" is missing'],
    [but({ version: 2 }), '"version" must be 1, the one version that this Spinebook reads'],
    [but({ name: 7 }), '"name" must be a text'],
    [but({ name: undefined }), '"name" must be a text'],
    [but({ steps: 10 }), '"steps" must be a whole number from 1 to 9'],
    [but({ steps: "3" }), '"steps" must be a whole number from 1 to 9'],
    [but({ steps: 1.5 }), '"steps" must be a whole number from 1 to 9'],
    [but({ count: -1 }), '"count" must be a whole number of at least 0'],
    [but({ share: 1.1 }), '"share" must be a number from 0 to 1'],
    [but({ offset: Infinity }), '"offset" must be a number'],
    [but({ on: 1 }), '"on" must be true or false'],
    [but({ kind: "Jane Roe" }), '"kind" must be one of a, b'],
    [but({ by: [1] }), '"by" must be an object without fields called __proto__, prototype, constructor'],
    [but({ by: null }), '"by" must be an object without fields called __proto__, prototype, constructor'],
    [but({ by: { pfirrmann: [1, "Jane Roe"] } }), '"by.pfirrmann[1]" must be a number'],
    [but({ by: { "Jane Roe": 1 } }), '"by...." must be a list'],
    [but({ part: "Jane Roe" }), '"part" must be an object'],
    [but({ part: { type: "Jane Roe" } }), '"part.type" must be one of x, y'],
    [but({ part: { type: "x", at: 1 } }), '"part.at" must be a date'],
    [but({ part: { type: "y", pair: 1 } }), '"part.pair" must be a list'],
    [but({ part: { type: "y" } }), '"part.pair" is missing'],
    [but({ another: "Jane Roe" }), 'there is an unknown field "another"'],
    [but({ "Jane Roe": 1 }), 'there is an unknown field "..."'],
  ];
  for (const [value, problem] of cases) {
    assert.deepEqual(checked(value, FORM), { problem });
    assert.doesNotMatch(problem, /Jane/);
  }
});

test("a text that is no JSON is told from one of another form", () => {
  assert.deepEqual(checkedJson('{"version": 1', FORM), { problem: "it is no JSON, or was cut off" });
  assert.deepEqual(checkedJson("7", FORM), { problem: "it must be an object" });
});
