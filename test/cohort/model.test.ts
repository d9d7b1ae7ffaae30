import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { modelIdentity } from "../../src/cohort/batch/index.js";

test("models are others where anything that changes a grade is another", async () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-models-"));
  try {
    for (const name of ["detector", "corners", "pfirrmann", "multitask"])
      writeFileSync(join(folder, `${name}.safetensors`), name);
    const seen = new Set([(await modelIdentity(folder)).hash]);
    const fitted = ["calibration", "operating-points", "contrast", "contrast-agreement", "numbering"];
    for (const name of fitted) {
      writeFileSync(join(folder, `${name}.json`), "{}");
      seen.add((await modelIdentity(folder)).hash);
    }
    assert.equal(seen.size, 1 + fitted.length);
    // What is told of heat maps changes no grade.
    writeFileSync(join(folder, "hotspot-shares.json"), "{}");
    assert.ok(seen.has((await modelIdentity(folder)).hash));
    rmSync(join(folder, "corners.safetensors"));
    await assert.rejects(modelIdentity(folder), /lacks corners\.safetensors/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
