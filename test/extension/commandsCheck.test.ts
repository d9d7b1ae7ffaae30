import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { complaint, identityDetail, parseCheck } from "../../src/extension/commands/check.js";
import { notebookCells } from "../../src/extension/commands/demo.js";

const place = (cell: number) => ({
  cell,
  part: "output" as const,
  kind: "patient name",
  sentence: `Cell ${cell}'s output holds what looks like a patient name.`,
});

test("what the command found is told line by line, a long list in short", () => {
  const { identity } = parseCheck(JSON.stringify({ identity: [place(1), place(2)], outOfOrder: null }));
  assert.equal(identityDetail(identity), `${place(1).sentence}\n${place(2).sentence}`);
  const many = identityDetail(Array.from({ length: 10 }, (_, index) => place(index)));
  assert.match(many, /\nAnd 2 more places\.$/);
  assert.match(identityDetail(Array.from({ length: 9 }, (_, i) => place(i))), /\nAnd 1 more place\.$/);
});

test("a complaint comes without the command's name", () => {
  assert.equal(complaint(new Error("spinebook report: It is not there.")), "It is not there.");
  assert.equal(complaint(new Error("report: It is not there.")), "It is not there.");
  assert.equal(complaint("It was stopped."), "It was stopped.");
});

test("the demo's cells are those of its file, without outputs", async () => {
  const cells = notebookCells(await readFile("notebooks/demo.ipynb", "utf8"));
  assert.equal(cells[0]!.kind, "markdown");
  assert.match(cells[0]!.text, /^# /);
  assert.ok(cells.some(({ kind, text }) => kind === "code" && text.includes("loadSeries(")));
  assert.ok(cells.every((cell) => Object.keys(cell).join() === "kind,text"));
});
