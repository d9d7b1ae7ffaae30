import assert from "node:assert/strict";
import { test } from "node:test";
import { RATING_QUESTION } from "../../src/rating/desk/question.js";
import { UNREADABLE } from "../../src/protocol/index.js";
import { checked } from "../../src/text/index.js";

const VIEW = {
  id: "i",
  position: 0,
  slice: 5,
  box: { column: 50, row: 50, width: 40, height: 30 },
  isChanged: false,
  seconds: 1,
};

test("a display's questions are understood, also with a field of a later version", () => {
  const questions = [
    { type: "open" },
    { type: "open", later: true },
    { type: "case", position: 3 },
    { type: "grade", ...VIEW, grade: 2.3 },
    { type: "skip", ...VIEW, reason: "motion" },
    { type: "skip", ...VIEW, reason: UNREADABLE },
    { type: "skip", id: "i", position: 0, reason: UNREADABLE },
    { type: "undo", id: "i", position: 0 },
  ];
  for (const question of questions) assert.equal(checked(question, RATING_QUESTION).value, question);
});

test("what is no question is told by field, without its values", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /^it must be an object$/],
    ["Jane Roe", /^it must be an object$/],
    [{}, /^"type" must be one of open, case/],
    [{ type: "Jane Roe" }, /^"type" must be one of open, case, grade, skip, undo$/],
    [{ type: "case" }, /^"position" is missing$/],
    [{ type: "case", position: "0" }, /^"position" must be a whole number of at least 0$/],
    [{ type: "grade", ...VIEW }, /^"grade" is missing$/],
    [{ type: "grade", ...VIEW, grade: "2" }, /^"grade" must be a number$/],
    [{ type: "grade", ...VIEW, grade: 2, id: "" }, /^"id" must be a text of 1 to 64 characters$/],
    [{ type: "grade", ...VIEW, grade: 2, box: [] }, /^"box\.column" is missing$/],
    [{ type: "grade", ...VIEW, grade: 2, seconds: 1e9 }, /^"seconds" must be a number from 0 to/],
    [{ type: "grade", ...VIEW, grade: 2, isChanged: 1 }, /^"isChanged" must be true or false$/],
    [{ type: "skip", ...VIEW, reason: "y".repeat(201) }, /^"reason" must be/],
    [{ type: "skip", id: "i", position: 0, reason: "Jane Roe" }, /must be|missing/],
    [{ type: "skip", ...VIEW, box: {}, reason: UNREADABLE }, /"box/],
    [{ type: "undo", id: "i", position: 0.5 }, /^"position" must be a whole number/],
  ];
  for (const [question, problem] of cases) {
    const said = checked(question, RATING_QUESTION).problem ?? "nothing";
    assert.match(said, problem, JSON.stringify(question));
    assert.doesNotMatch(said, /Jane/);
  }
});
