import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sharedData } from "../support/data.js";
import { makeCase } from "./fuzz/case.js";
import { check } from "./fuzz/check.js";

const dicom = sharedData("dicom");
const options = { skip: dicom === undefined && "no conformance data (dicom)" };

test("300 broken files: no crash, no hang, no wrong picture without a word", options, () => {
  const run = spawnSync(process.execPath, ["scripts/fuzz.mjs", "--cases", "300", "--seed", "6"], {
    encoding: "utf8",
  });
  assert.match(run.stdout, /300 cases, 0 faults \(seed 6\)/, run.stdout + run.stderr);
  assert.equal(run.status, 0);
});

test("a seed makes the same broken files again, another seed others", options, () => {
  const bytes = (seed: number) =>
    [0, 1, 2, 3].map((number) => makeCase(dicom!, seed, number).mutation.bytes.toString("hex"));
  assert.deepEqual(bytes(6), bytes(6));
  assert.notDeepEqual(bytes(6), bytes(7));
});

test(
  "the fuzzer takes a whole picture for a fault where pixels are said to be missing",
  options,
  async () => {
    const whole = join(dicom!, "pydicom_mr/MR_small.dcm");
    assert.deepEqual(await check(whole, false, []), { outcome: "read" });
    assert.match((await check(whole, true, [])).fault!, /without a word/);
    const folder = await mkdtemp(join(tmpdir(), "fuzz-"));
    try {
      await writeFile(join(folder, "text.dcm"), "no image at all");
      assert.deepEqual(await check(join(folder, "text.dcm"), false, []), { outcome: "unsupported-file" });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
