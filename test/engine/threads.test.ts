import assert from "node:assert/strict";
import test from "node:test";
import { configuredThreads } from "../../src/engine/index.js";

test("SPINEBOOK_THREADS is taken where it is a whole number; anything else means automatic", () => {
  for (const [text, threads] of [
    ["4", 4],
    [" 12 ", 12],
    ["0", 0],
    ["", 0],
    ["-2", 0],
    ["1.5", 0],
    ["many", 0],
  ] as const)
    assert.equal(configuredThreads(text), threads, text);
  const before = process.env.SPINEBOOK_THREADS;
  try {
    process.env.SPINEBOOK_THREADS = "3";
    assert.equal(configuredThreads(), 3);
    delete process.env.SPINEBOOK_THREADS;
    assert.equal(configuredThreads(), 0);
  } finally {
    if (before !== undefined) process.env.SPINEBOOK_THREADS = before;
  }
});
