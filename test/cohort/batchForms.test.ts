import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { existingSharedFolder } from "../../src/cohort/batch/folder.js";
import { WORKER_MESSAGE, WORKER_TASK } from "../../src/cohort/batch/messages.js";
import { unitsOf, writeManifest } from "../../src/cohort/batch/queue/manifest.js";
import { jobOf } from "../../src/cohort/batch/queue/worker.js";
import { batchFiles, readBatchState } from "../../src/cohort/batch/state.js";
import { CohortError } from "../../src/cohort/errors.js";
import { readingOf } from "../../src/cohort/store/rows.js";
import { checked } from "../../src/text/index.js";

const UNIT = { study: "s1", paths: ["a/b"], key: "k" };
const PLAN = { models: "m", model: "hash", salt: "salt", dataset: "d" };
const JOB = {
  name: "0a",
  plan: { model: "hash", dataset: "d" },
  list: "0".repeat(16),
  units: [0],
  timeout: 9,
};

const READER = {
  ...{ version: 1, name: "mine", thresholds: [-3, -1, 1, 3], slope: 2 },
  ...{ readings: 30, patients: 6, scale: "abc" },
};

/** An error of ours that tells no value of the input. */
const refusal = (message: RegExp) => (error: unknown) => {
  assert.ok(error instanceof CohortError, String(error));
  assert.match(error.message, message);
  assert.doesNotMatch(error.message, /Roe/);
  return true;
};

describe("what crosses the processes of a batch", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-forms-"));
  });
  after(() => rm(folder, { recursive: true }));

  it("a job of the queue is done as it was given, or refused by field", () => {
    assert.equal(jobOf(JOB), JOB);
    const later = { ...JOB, later: true };
    assert.equal(jobOf(later), later);
    const asReader = { ...JOB, plan: { ...JOB.plan, reader: READER } };
    assert.equal(jobOf(asReader), asReader);
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [undefined, /it must be an object/],
      ["Roe", /it must be an object/],
      [{ ...JOB, plan: undefined }, /"plan" must be an object/],
      [{ ...JOB, plan: { model: "hash" } }, /"plan\.dataset" is missing/],
      [{ ...JOB, plan: { ...JOB.plan, reader: "Roe" } }, /"plan\.reader" must be an object/],
      [
        { ...JOB, plan: { ...JOB.plan, reader: { ...READER, name: "Roe, J" } } },
        /"plan\.reader\.name" must be a word/,
      ],
      [{ ...JOB, units: ["Roe"] }, /"units\[0\]" must be a whole number/],
      [{ ...JOB, units: [-1] }, /"units\[0\]" must be a whole number of at least 0/],
      [{ ...JOB, timeout: "9" }, /"timeout" must be a number/],
      [{ ...JOB, name: 3 }, /"name" must be a text\); it is not done\. Are the batch and its workers/],
    ];
    for (const [job, message] of cases) assert.throws(() => jobOf(job), refusal(message));
  });

  it("the list of studies is whole, or damaged", async () => {
    const shared = { path: folder, salt: "x" };
    const name = await writeManifest(shared, [UNIT, { study: "s2", paths: [] }]);
    assert.deepEqual(await unitsOf(shared, name, [1, 0]), [{ study: "s2", paths: [] }, UNIT]);
    await assert.rejects(unitsOf(shared, name, [2]), refusal(/damaged, or another one/));
    for (const text of ["", "{", "null", "{}", '[{"study":"Roe"}]', '[{"study":"s","paths":[1]}]']) {
      await writeFile(join(folder, `.studies-${"0".repeat(16)}.json`), text);
      await assert.rejects(unitsOf(shared, "0".repeat(16), [0]), refusal(/damaged, or another one/), text);
    }
  });

  it("the folder's settings are whole, or damaged", async () => {
    await assert.rejects(existingSharedFolder(folder), refusal(/There is no cohort\.json/));
    const cases: readonly (readonly [string, RegExp])[] = [
      ["", /damaged \(it is no JSON/],
      ["null", /damaged \(it must be an object\)/],
      ["{}", /damaged \("salt" is missing\); take another/],
      ['{"salt":1}', /damaged \("salt" must be a text\)/],
    ];
    for (const [text, message] of cases) {
      await writeFile(join(folder, "cohort.json"), text);
      await assert.rejects(existingSharedFolder(folder), refusal(message));
    }
    await writeFile(join(folder, "cohort.json"), '{"salt":"s","later":1}');
    assert.equal((await existingSharedFolder(folder)).salt, "s");
  });

  it("a batch's state is whole, or none", async () => {
    const cohort = join(folder, "c.duckdb");
    const state = {
      ...{ state: "done", process: process.pid, machine: hostname(), at: new Date().toISOString() },
      ...{ total: 3, done: 3, failed: 1, earlier: 0, seconds: 1.5 },
      leftOut: [{ kind: "pdf", count: 2 }],
    };
    const told = async (value: unknown): Promise<unknown> => {
      await writeFile(batchFiles(cohort).state, JSON.stringify(value));
      return readBatchState(cohort);
    };
    assert.deepEqual(await told(state), state);
    const wrong: readonly unknown[] = [
      ...[
        null,
        [],
        "done",
        { ...state, state: "paused" },
        { ...state, process: 0 },
        { ...state, total: "3" },
      ],
      ...[
        { ...state, seconds: null },
        { ...state, leftOut: {} },
        { ...state, at: undefined },
      ],
      { ...state, leftOut: [{ kind: "later kind", count: 1 }] },
    ];
    for (const value of wrong) assert.equal(await told(value), undefined, JSON.stringify(value));
  });

  it("pool and workers understand each other", () => {
    const task = { plan: PLAN, unit: UNIT };
    assert.equal(checked(task, WORKER_TASK).value, task);
    const row = ["s1", 1, null, true];
    const result = { study: "s1", rows: { attempts: [row] }, seconds: 2, seen: ["k"] };
    const good = [
      { type: "ready" },
      { type: "result", result, memory: 5 },
      { type: "result", result: { ...result, failure: { code: "c", message: "m" } }, memory: 5 },
      { type: "fatal", message: "m" },
    ];
    for (const message of good) assert.equal(checked(message, WORKER_MESSAGE).value, message);
    const cases: readonly (readonly [unknown, string])[] = [
      [undefined, "it must be an object"],
      [{ type: "later" }, '"type" must be one of ready, result, fatal'],
      [{ type: "fatal" }, '"message" is missing'],
      [{ type: "result", memory: 5 }, '"result" is missing'],
      [
        { type: "result", memory: 5, result: { ...result, rows: { attempts: row } } },
        '"result.rows.attempts[0]" must be a list',
      ],
      [{ type: "result", memory: "5", result }, '"memory" must be a number of at least 0'],
    ];
    for (const [message, problem] of cases) assert.deepEqual(checked(message, WORKER_MESSAGE), { problem });
    assert.equal(checked({ plan: PLAN }, WORKER_TASK).problem, '"unit" is missing');
    assert.equal(checked({ unit: UNIT, plan: {} }, WORKER_TASK).problem, '"plan.models" is missing');
  });

  it("a reading's probabilities are read, or the cohort is damaged", () => {
    const row = { study: "s", level: "L4-L5", rater: "r", reading: 1 };
    const probabilities = { pfirrmann: [0.5, 0.5] };
    assert.deepEqual(
      readingOf({ ...row, probabilities: JSON.stringify(probabilities) }).probabilities,
      probabilities,
    );
    for (const text of ["{", "7", "[]", '{"pfirrmann":0.5}', '{"pfirrmann":["0.5"]}'])
      assert.throws(
        () => readingOf({ ...row, probabilities: text }),
        (error) => error instanceof CohortError && error.code === "damaged",
        text,
      );
  });
});
