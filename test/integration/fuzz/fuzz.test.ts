import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { sharedData } from "../../support/data.js";
import { check } from "../../fuzz/checkImages.js";
import { harmIn } from "../../fuzz/kinds/html.js";
import { KINDS, kindOf, makeCase, numbersOf } from "../../fuzz/cases.js";

const dicom = sharedData("dicom");
const options = { skip: dicom === undefined && "no conformance data (dicom)" };

function fuzz(...args: string[]) {
  return spawnSync(process.execPath, ["scripts/fuzz.mjs", ...args], { encoding: "utf8" });
}

test("300 broken and hostile inputs: no crash, no hang, nothing wrong without a word", () => {
  const run = fuzz("--cases", "300", "--seed", "6");
  assert.match(run.stdout, /300 cases, 0 faults \(seed 6\)/, run.stdout + run.stderr);
  assert.equal(run.status, 0);
  const kinds = KINDS.filter(({ needsData }) => !needsData || dicom !== undefined);
  for (const { name } of kinds) assert.match(run.stdout, new RegExp(`^\\d+  ${name}: `, "m"), name);
});

test("a seed makes the same cases again, another seed others", async () => {
  const made = async (seed: number) => {
    const kinds = KINDS.filter(({ needsData }) => !needsData || dicom !== undefined);
    const cases = await Promise.all(
      numbersOf(kinds, 0, 28).map((number) => makeCase(dicom ?? "", seed, number)),
    );
    return cases.map(({ what, bytes }) => `${what} ${Buffer.from(bytes).toString("hex")}`);
  };
  assert.deepEqual(await made(6), await made(6));
  assert.notDeepEqual(await made(6), await made(7));
});

test("cases keep their numbers where one kind alone is run", () => {
  assert.deepEqual(numbersOf(KINDS, 3, 4), [3, 4, 5, 6]);
  for (const kind of KINDS) for (const number of numbersOf([kind], 5, 3)) assert.equal(kindOf(number), kind);
  const run = fuzz("--cases", "2", "--seed", "1", "--kind", "html");
  assert.match(run.stdout, /2 cases, 0 faults/, run.stdout + run.stderr);
  const unknown = fuzz("--kind", "nonsense");
  assert.equal(unknown.status, 2);
  assert.match(unknown.stderr, /There is no kind "nonsense"; there are files, charsets/);
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

test("the fuzzer sees what is harmful or unbalanced in HTML", () => {
  for (const [html, harm] of [
    ["<p>words</p><a href='#x'>x</a>", undefined],
    ["<script>1</script>", /holds <script>/],
    ["<p onclick=x>", /holds onClick/],
    ["<a href='javascript:x'>x</a>", /leads to javascript:x/],
    ["<img src='https://evil.example/x'>", /loads https/],
    ["<p style='position:fixed'>", /has the style/],
    ["<p id=contents>", /takes the page's name/],
    ["</main><p>", /not balanced/],
    ["<style>p { background: url(x) }</style>", /style sheet reaches out/],
  ] as const)
    if (harm === undefined) assert.equal(harmIn(html), undefined);
    else assert.match(harmIn(html) ?? "", harm);
});
