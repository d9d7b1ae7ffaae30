import assert from "node:assert/strict";
import test, { mock } from "node:test";
import type { RatingAnswer, RatingCaseView, SlicesPayload } from "../../src/protocol/index.js";
import {
  caseState,
  channelLink,
  edges,
  gradeKeys,
  gripAt,
  isChanged,
  pulled,
  ratingKey,
  reduceCase,
  type PressedKey,
} from "../../src/renderers/rating/index.js";
import { hostOf } from "../../src/renderers/messaging.js";

const FRACTIONAL = [1, 1.3, 1.7, 2, 2.3, 2.7, 3, 3.3, 3.7, 4, 4.3, 4.7, 5];
const sheet = { columns: 200, rows: 100, spacing: [0.5, 1] as const };
const box = { column: 100, row: 50, width: 40, height: 30 };

function key(code: string, text: string, change: Partial<PressedKey> = {}): PressedKey {
  return {
    code,
    key: text,
    shiftKey: false,
    ctrlKey: false,
    altKey: false,
    metaKey: false,
    repeat: false,
    ...change,
  };
}

test("each of the 13 grades has one key of its own, which no other act uses", () => {
  const keys = gradeKeys(FRACTIONAL);
  assert.equal(new Set(keys.map(({ code }) => code)).size, 13);
  assert.deepEqual(
    keys.map(({ cap }) => cap),
    Array.from("1qa2ws3ed4rf5"),
  );
  for (const { code, cap, grade } of keys)
    assert.deepEqual(ratingKey(key(code, cap), keys, false), { type: "grade", grade });
  for (const [code, text] of [
    ["KeyX", "x"],
    ["KeyB", "b"],
    ["Enter", "Enter"],
    ["Backspace", "Backspace"],
  ] as const)
    assert.notEqual(ratingKey(key(code, text), keys, false)?.type, "grade");
});

test("keys are places: a French keyboard's first row grades without Shift, its number pad too", () => {
  const keys = gradeKeys(FRACTIONAL);
  assert.deepEqual(ratingKey(key("Digit2", "é"), keys, false), { type: "grade", grade: 2 });
  assert.deepEqual(ratingKey(key("KeyQ", "a"), keys, false), { type: "grade", grade: 1.3 });
  assert.deepEqual(ratingKey(key("Numpad4", "4"), keys, false), { type: "grade", grade: 4 });
});

test("shortcuts of the browser grade nothing", () => {
  const keys = gradeKeys(FRACTIONAL);
  for (const held of ["ctrlKey", "altKey", "metaKey"] as const)
    assert.equal(ratingKey(key("KeyR", "r", { [held]: true }), keys, false), undefined);
  assert.notEqual(ratingKey(key("Digit3", "#", { shiftKey: true }), keys, false)?.type, "grade");
});

test("binary and four-class features are graded by their digits", () => {
  const binary = gradeKeys([0, 1]);
  assert.deepEqual(
    binary.map(({ cap, column }) => [cap, column]),
    [
      ["0", 0],
      ["1", 1],
    ],
  );
  assert.deepEqual(ratingKey(key("Digit0", "0"), binary, false), { type: "grade", grade: 0 });
  assert.deepEqual(
    gradeKeys([1, 2, 3, 4]).map(({ column }) => column),
    [0, 1, 2, 3],
  );
});

test("arrow keys scroll, or move and resize the region while it is edited", () => {
  const keys = gradeKeys(FRACTIONAL);
  const meaning = (change: Partial<PressedKey>, isEditing: boolean) => {
    const meant = ratingKey(key("ArrowRight", "ArrowRight", change), keys, isEditing);
    return meant?.type === "case" ? meant.action.type : undefined;
  };
  assert.deepEqual(
    [
      meaning({}, false),
      meaning({ shiftKey: true }, false),
      meaning({}, true),
      meaning({ shiftKey: true }, true),
    ],
    ["scroll", "window", "move", "resize"],
  );
});

test("a region is held in the middle, at an edge, at a corner, and pulled in mm", () => {
  assert.deepEqual(edges(box, sheet), [60, 35, 140, 65]);
  const hold = (column: number, row: number) => gripAt(box, [column, row], [3, 3], sheet);
  assert.equal(hold(100, 50)?.sides, "all");
  assert.deepEqual(
    [hold(61, 50)?.sides, hold(139, 66)?.sides],
    [
      [-1, 0],
      [1, 1],
    ],
  );
  assert.equal(hold(20, 50), undefined);
  assert.deepEqual(pulled(hold(100, 50)!, [110, 45], sheet), { ...box, column: 110, row: 45 });
  // The left edge 10 pixels (5 mm) to the left: the right one stays.
  const wider = pulled(hold(60, 50)!, [50, 50], sheet);
  assert.deepEqual([wider.width, edges(wider, sheet)[2]], [45, 140]);
  const least = pulled(hold(60, 50)!, [500, 50], sheet);
  assert.deepEqual([least.width, edges(least, sheet)[2]], [5, 140]);
  assert.equal(pulled(hold(100, 50)!, [-900, 50], sheet).column, 0);
});

const slices = {
  ...{ columns: 200, rows: 100, slices: 9, spacing: [0.5, 1, 4], initialSlice: 4, outlines: [], heat: [] },
  window: { centre: 100, width: 200 },
} as unknown as SlicesPayload;
const shown: RatingCaseView = { position: 0, slices, box };

test("a case is changed, accepted and restored", () => {
  const first = caseState(shown);
  assert.equal(isChanged(first, shown), false);
  const accepted = reduceCase(first, { type: "accept" }, shown);
  assert.equal(accepted.isAccepted, true);
  assert.equal(isChanged(accepted, shown), false);
  const scrolled = reduceCase(accepted, { type: "scroll", by: 1 }, shown);
  assert.deepEqual([scrolled.isAccepted, isChanged(scrolled, shown)], [false, true]);
  const moved = reduceCase(reduceCase(first, { type: "edit" }, shown), { type: "move", by: [2, 0] }, shown);
  assert.deepEqual([moved.box.column, moved.isEditing, isChanged(moved, shown)], [104, true, true]);
  assert.deepEqual(reduceCase(moved, { type: "restore" }, shown), { ...first, grip: undefined });
  const windowed = reduceCase(first, { type: "window", centreBy: 0.1, widthBy: 0 }, shown);
  assert.equal(isChanged(windowed, shown), false);
});

test("a press beside the region leaves it to the window", () => {
  const first = caseState(shown);
  assert.equal(reduceCase(first, { type: "grab", at: [-0.45, -0.45], reach: [0.01, 0.01] }, shown), first);
  const held = reduceCase(first, { type: "grab", at: [0, 0], reach: [0.01, 0.01] }, shown);
  const pulledTo = reduceCase(held, { type: "pull", at: [0.1, 0], reach: [0.01, 0.01] }, shown);
  assert.ok(Math.abs(pulledTo.box.column - 120) < 1e-9);
  assert.equal(reduceCase(pulledTo, { type: "drop" }, shown).grip, undefined);
});

test("questions are paired with answers over a renderer's messaging; a kernel that ends answers all", async () => {
  const posted: {
    message: { commId: string; action: string; target?: string; data: { number?: number } };
  }[] = [];
  let receive: (message: unknown) => void = () => undefined;
  const host = hostOf({
    postMessage: (message) => posted.push(message as (typeof posted)[0]),
    onDidReceiveMessage: (listener: (message: never) => void) => {
      receive = listener as (message: unknown) => void;
      return { dispose: () => undefined };
    },
  });
  const [one, other] = [0, 1].map(() => channelLink(host.openChannel!("t", { session: "s" })));
  assert.deepEqual(
    posted.map(({ message: { action, target, data } }) => [action, target, data]),
    [0, 1].map(() => ["open", "t", { session: "s" }]),
  );
  const asked = [one!({ type: "open" }), other!({ type: "open" }), one!({ type: "case", position: 3 })];
  const answer = (of: number, body: RatingAnswer) => {
    const { commId, data } = posted[of]!.message;
    receive({
      type: "comm_message",
      message: { action: "message", commId, data: { number: data.number, body } },
    });
  };
  const failed = (message: string): RatingAnswer => ({ type: "failed", message });
  answer(4, failed("c"));
  answer(3, failed("b"));
  answer(2, failed("a"));
  assert.deepEqual(await Promise.all(asked), ["a", "b", "c"].map(failed));
  const late = one!({ type: "open" });
  receive({
    type: "comm_message",
    message: { action: "close", commId: posted[0]!.message.commId, data: {} },
  });
  assert.match(((await late) as { message: string }).message, /run the cell again/);
  assert.equal((await one!({ type: "open" })).type, "failed");
  assert.deepEqual(hostOf({}), {});
});

test("a question that nobody answers for a minute is answered with a sentence, and a later answer changes nothing", async () => {
  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    const [sent, heard]: [{ number?: number }[], ((data: { number: number }) => void)[]] = [[], []];
    const ask = channelLink({
      send: (data) => sent.push(data),
      onMessage: (listener) => heard.push(listener),
      onClose: () => undefined,
      close: () => undefined,
    });
    const asked = ask({ type: "open" });
    mock.timers.tick(60_000);
    assert.match(((await asked) as { message: string }).message, /kernel does not answer/);
    const next = ask({ type: "case", position: 0 });
    for (const { number } of sent)
      heard[0]!({ number: number!, ...{ body: { type: "failed", message: `for ${number}` } } });
    assert.deepEqual(await next, { type: "failed", message: "for 2" });
  } finally {
    mock.timers.reset();
  }
});
