import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import {
  applyTemperature,
  conformalGroups,
  conformalSet,
  expectedGrade,
  loadTrust,
  setText,
  weightHashes,
} from "../../src/grading/index.js";
import type { CalibrationFile } from "../../src/grading/index.js";

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map(Math.exp);
  const total = powers.reduce((sum, value) => sum + value, 0);
  return powers.map((value) => value / total);
}

function close(actual: readonly number[], expected: readonly number[]): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    assert.ok(Math.abs(value - expected[i]!) < 1e-9, `${actual.join()} for ${expected.join()}`);
  });
}

describe("temperature scaling of probabilities", () => {
  const logits = [0.3, 2, -1, 1.5];
  it("is the softmax of logits over the temperature", () => {
    for (const temperature of [0.5, 1, 2.5])
      close(
        applyTemperature(softmax(logits), temperature),
        softmax(logits.map((logit) => logit / temperature)),
      );
  });

  it("keeps certainty finite", () => {
    const [sure, other] = applyTemperature([1, 0], 2);
    assert.ok(other! > 0 && other! < 0.001 && Math.abs(sure! + other! - 1) < 1e-12);
  });
});

describe("conformal sets", () => {
  const single = (thresholds: (number | null)[]) => ({ groups: thresholds.map((_, k) => [k]), thresholds });

  it("leave out classes whose score is beyond their own threshold", () => {
    assert.deepEqual(conformalGroups([0.6, 0.3, 0.1], single([0.5, 0.71, 0.8])), [0, 1]);
    assert.deepEqual(conformalGroups([0.6, 0.3, 0.1], single([0.5, 0.69, 0.9])), [0, 2]);
  });

  it("always keep the most probable class, and classes that too few cases were seen of", () => {
    assert.deepEqual(conformalGroups([0.6, 0.4], single([0.1, 0.1])), [0]);
    assert.deepEqual(conformalGroups([0.9, 0.1, 0], single([0.5, 0.5, null])), [0, 2]);
    const pooled = { groups: [[0], [1, 2, 3]], thresholds: [0.1, 0.1] };
    assert.deepEqual(conformalGroups([0.4, 0.2, 0.2, 0.2], pooled), [0]);
  });

  it("are runs of neighbouring grades where these have an order", () => {
    const gap = [0.5, 0.2, 0.3] as const;
    assert.deepEqual(conformalGroups(gap, single([0.5, 0.7, 0.75])), [0, 2]);
    assert.deepEqual(conformalGroups(gap, single([0.5, 0.7, 0.75]), { isOrdered: true }), [0, 1, 2]);
    const given = { given: 4, isOrdered: true };
    assert.deepEqual(
      conformalGroups([0.1, 0.6, 0.2, 0.1, 0], single([0, 0.5, 0, 0, 0]), given),
      [1, 2, 3, 4],
    );
    assert.deepEqual(
      conformalSet(
        [0.9, 0.1],
        [1, 2],
        { ...single([0.2, 0]), temperature: 1, cases: [9, 9] },
        { isOrdered: true },
      ),
      [1],
    );
  });

  it("cannot tell apart grades that the labels do not tell apart", () => {
    const narrowing = { temperature: 1, groups: [[0], [1, 2, 3]], thresholds: [0.5, 0.5], cases: [20, 20] };
    assert.deepEqual(conformalSet([0.1, 0.2, 0.4, 0.3], [1, 2, 3, 4], narrowing), [2, 3, 4]);
    assert.deepEqual(conformalSet([0.8, 0.1, 0.1, 0], [1, 2, 3, 4], narrowing), [1]);
  });

  it("read as ranges", () => {
    assert.equal(setText([2, 3, 4], [1, 2, 3, 4, 5]), "2–4");
    assert.equal(setText([3], [1, 2, 3, 4, 5]), "3");
    assert.equal(setText([1, 3], [1, 2, 3, 4, 5]), "1, 3");
  });

  it("stand beside the expected grade", () => {
    assert.ok(Math.abs(expectedGrade([0, 0.5, 0.25, 0.25, 0], [1, 2, 3, 4, 5]) - 2.75) < 1e-12);
  });
});

describe("calibration.json", () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "spinebook-trust-"));
  });
  after(() => rm(folder, { recursive: true }));

  /** A models folder of its own, as each is read once a process. */
  async function models(name: string, calibration?: (hashes: Record<string, string>) => unknown) {
    const own = await mkdtemp(join(folder, name));
    await writeFile(join(own, "pfirrmann.safetensors"), `weights of ${name}`);
    if (calibration)
      await writeFile(join(own, "calibration.json"), JSON.stringify(calibration(await weightHashes(own))));
    return own;
  }
  const shipped = JSON.parse(readFileSync("models/calibration.json", "utf8")) as CalibrationFile;
  const file = (weights: Record<string, string>) => ({ ...shipped, weights });

  it("is used with the weights that it was fitted for", async () => {
    const { calibration, problem } = await loadTrust(await models("own", file));
    assert.equal(problem, undefined);
    assert.equal(calibration.version, 1);
  });

  it("is not used with other weights, or more of them, and the file at fault is named", async () => {
    const changed = await models("changed", () => file({ "pfirrmann.safetensors": "0".repeat(64) }));
    assert.match((await loadTrust(changed)).problem!.message, /other weights \(pfirrmann\.safetensors\)/);
    const more = await models("more", file);
    await writeFile(join(more, "second.safetensors"), "new");
    assert.match((await loadTrust(more)).problem!.message, /other weights \(second\.safetensors\)/);
  });

  it("says so when it is missing, damaged or of another version", async () => {
    assert.match((await loadTrust(await models("none"))).problem!.message, /has no calibration\.json/);
    const damaged = await models("damaged");
    await writeFile(join(damaged, "calibration.json"), "{");
    assert.match((await loadTrust(damaged)).problem!.message, /it is no JSON/);
  });

  it("is read as it stands, also with a field that a later version adds", async () => {
    const { calibration } = await loadTrust(await models("whole", (w) => ({ ...file(w), later: true })));
    assert.deepEqual({ ...calibration, weights: shipped.weights }, { ...shipped, later: true });
  });

  it("is not used where a field is missing, of another kind, or of another version", async () => {
    const { pfirrmann } = shipped.features;
    const cases: readonly (readonly [object, RegExp])[] = [
      [{ version: 0 }, /"version" must be 1, the one version/],
      [{ version: 2 }, /"version" must be 1, the one version/],
      [{ version: undefined }, /"version" is missing/],
      [{ features: [] }, /"features" must be an object/],
      [
        { features: { pfirrmann: { ...pfirrmann, temperature: "1" } } },
        /"features\.pfirrmann\.temperature" must/,
      ],
      [
        { features: { pfirrmann: { ...pfirrmann, groups: [0] } } },
        /"features\.pfirrmann\.groups\[0\]" must be a list/,
      ],
      [{ appearance: {} }, /"appearance\.mean" is missing/],
      [{ detection: {} }, /"detection" must be a list/],
    ];
    for (const [i, [fields, message]] of cases.entries()) {
      const { problem } = await loadTrust(await models(`wrong${i}`, (w) => ({ ...file(w), ...fields })));
      assert.equal(problem!.code, "uncalibrated");
      assert.match(problem!.message, message);
      assert.match(problem!.message, /take weights and Spinebook of one release/);
    }
  });
});
