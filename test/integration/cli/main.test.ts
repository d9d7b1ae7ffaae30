import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "node:test";
import { gunzipSync } from "node:zlib";
import { main } from "../../../src/cli/index.js";
import { COMMANDS } from "../../../src/cli/commands/index.js";
import { nearest } from "../../../src/cli/nearest.js";
import { writeAtomically } from "../../../src/notebook/index.js";
import { encodePng } from "../../../src/imaging/index.js";

interface Outcome {
  readonly code: number;
  readonly out: string[];
  readonly log: string[];
}

async function spinebook(...args: string[]): Promise<Outcome> {
  const [out, log]: [string[], string[]] = [[], []];
  const code = await main(args, {
    packageRoot: process.cwd(),
    out: (line) => out.push(line),
    log: (line) => log.push(line),
    signal: new AbortController().signal,
  });
  return { code, out, log };
}

/** Asserts a failure told in one sentence on stderr, without a stack, and nothing on stdout. */
async function fails(args: string[], code: number, says: RegExp): Promise<void> {
  const outcome = await spinebook(...args);
  const label = args.join(" ");
  assert.equal(outcome.code, code, `${label}: ${outcome.log.join("\n")}`);
  assert.deepEqual(outcome.out, [], label);
  assert.equal(outcome.log.length, 1, label);
  assert.match(outcome.log[0]!, says, label);
  assert.ok(!/\n\s+at /.test(outcome.log[0]!), label);
}

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-cli-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

test("wrong usage exits with 2 and one sentence", async () => {
  await fails([], 2, /spinebook COMMAND/);
  await fails(["grde"], 2, /there is no command "grde"\. Did you mean "spinebook grade"\?/);
  await fails(["--versoin"], 2, /there is no option "--versoin"\. Did you mean "spinebook --version"\?/);
  await fails(["report"], 2, /or give --patient STUDY or --cohort DATABASE/);
  await fails(["xyzzy"], 2, /there is no command "xyzzy"\. "spinebook help" lists them/);
  await fails(["grade", "study", "--jsno"], 2, /Unknown option '--jsno'\. Did you mean --json\?/);
  await fails(["grade", "study", "--tim", "5"], 2, /Did you mean --timeout\?/);
  await fails(["grade", "study", "--zzz"], 2, /Unknown option '--zzz'\. "spinebook grade/);
  // "evaluate" and "deidentify" work on two things, "bench" and "about" on none.
  const things: Readonly<Record<string, number>> = { evaluate: 2, deidentify: 2, bench: 0, about: 0 };
  for (const { name } of COMMANDS) {
    const given = ["a", "b"].slice(0, things[name] ?? 1);
    if (given.length > 0) await fails([name], 2, /Name .*--help.* Example: spinebook /);
    // "evaluate" takes several data sets, but no second word after "phantoms".
    if (name !== "evaluate") await fails([name, ...given, "z"], 2, /"z" is one argument too many/);
    await fails([name, ...given, "--nonsense"], 2, /'--nonsense'/);
  }
  await fails(["evaluate", "grades", "phantoms", "z"], 2, /"z" is one argument too many/);
  await fails(["evaluate", "shipped", "none", "none-too"], 1, /no such folder of data/);
  await fails(["read", "a.png", "--spacing", "wide"], 2, /"wide" is no length/);
  await fails(["read", "a.png", "--spacing", "-1"], 2, /'--spacing'|no length/);
  await fails(["read", "a.png", "--nifti", "out.txt"], 2, /no name for a NIfTI file/);
});

test("help goes to stdout and names every command", async () => {
  const overview = await spinebook("help");
  assert.equal(overview.code, 0);
  for (const { name, usage } of COMMANDS) {
    assert.match(overview.out[0]!, new RegExp(`^  ${name} `, "m"));
    assert.deepEqual(await spinebook(name, "--help"), { code: 0, out: [usage], log: [] });
    assert.deepEqual(await spinebook("help", name), { code: 0, out: [usage], log: [] });
    assert.ok(usage.startsWith(`spinebook ${name} `));
  }
});

test("input that cannot be used exits with 1 and one sentence", async () => {
  await inFolder(async (folder) => {
    const notJson = join(folder, "broken.ipynb");
    const python = join(folder, "python.ipynb");
    const empty = join(folder, "empty.ipynb");
    await writeFile(notJson, "{");
    await writeFile(
      python,
      JSON.stringify({ nbformat: 4, metadata: { language_info: { name: "python" } }, cells: [] }),
    );
    await writeFile(empty, JSON.stringify({ nbformat: 4, metadata: {}, cells: [] }));
    await fails(["run", join(folder, "none.ipynb")], 1, /no notebook at/);
    await fails(["run", notJson], 1, /broken\.ipynb is not a notebook/);
    await fails(["run", python], 1, /is a notebook in python/);
    await fails(["run", empty, "-p", "seed"], 1, /write name=value/);
    await fails(["run", empty, "-p", "a b=1"], 1, /"a b" is not a name/);
    await fails(["run", empty, "-o", folder], 1, /is a folder/);
    await fails(["read", join(folder, "none")], 1, /none/);
    await fails(["read", folder], 1, /no DICOM/);
    assert.equal(await readFile(notJson, "utf8"), "{", "a refused notebook is not touched");
  });
});

test("read lists a picture and writes it as NIfTI, compressed by its name", async () => {
  await inFolder(async (folder) => {
    const png = join(folder, "slice.png");
    await writeFile(
      png,
      encodePng(
        Uint8Array.from({ length: 12 }, (_, i) => i * 20),
        4,
        3,
      ),
    );
    const [plain, packed] = [join(folder, "a.nii"), join(folder, "new", "a.nii.gz")];
    const { code, out } = await spinebook("read", png, "--json", "--spacing", "0.5", "--nifti", packed);
    assert.equal(code, 0);
    assert.equal(out.length, 1, "one JSON document");
    const { series } = JSON.parse(out[0]!) as {
      series: { columns: number; rows: number; slices: number; spacing: number[] }[];
    };
    assert.deepEqual(
      series.map(({ columns, rows, slices, spacing }) => [columns, rows, slices, spacing.slice(0, 2)]),
      [[4, 3, 1, [0.5, 0.5]]],
    );
    const listed = await spinebook("read", png, "--spacing", "0.5", "--nifti", plain);
    assert.match(listed.out[0]!, /4 x 3 x 1 {2}0\.5 x 0\.5/);
    const nifti = await readFile(plain);
    assert.equal(nifti.toString("latin1", 344, 347), "n+1");
    assert.deepEqual(gunzipSync(await readFile(packed)), nifti);
  });
});

test("--version is package.json's", async () => {
  const { version } = JSON.parse(await readFile("package.json", "utf8")) as { version: string };
  for (const way of ["--version", "-v", "version"])
    assert.deepEqual(await spinebook(way), { code: 0, out: [version], log: [] });
});

test("the example of each command names options that it has", () => {
  for (const { name, usage, example } of COMMANDS) {
    assert.ok(example.startsWith(`spinebook ${name}`), example);
    for (const [option] of example.matchAll(/ --?[a-z]+/g))
      assert.ok(usage.includes(option.trim()), `${name}: ${option}`);
  }
});

test("a wrong path is told whole", async () => {
  for (const command of ["read", "detect", "grade"])
    await fails([command, join("nowhere", "study")], 1, new RegExp(join(process.cwd(), "nowhere", "study")));
});

test("words that were most likely meant", () => {
  const known = ["grade", "read", "report", "detect"];
  for (const [word, meant] of [
    ["grdae", "grade"],
    ["raed", "read"],
    ["GRADE", "grade"],
    ["repotr", "report"],
    ["det", "detect"],
    ["x", undefined],
    ["deidentify", undefined],
  ] as const)
    assert.equal(nearest(word, known), meant, word);
});

test("several studies: one is named, or all are graded", { timeout: 300_000 }, async () => {
  await inFolder(async (folder) => {
    const studies = join(folder, "studies");
    assert.equal((await spinebook("phantom", studies, "--seed", "21", "--studies", "2")).code, 0);
    await fails(["grade", studies], 1, /There are 2 studies here that could be graded/);
    const { out } = await spinebook("read", studies);
    const ids = out.flatMap((line) => /^Study ([0-9a-f]{12})$/.exec(line)?.[1] ?? []);
    assert.equal(ids.length, 2);

    const table = join(folder, "all.csv");
    const all = await spinebook("grade", studies, "--all", "--json", "--csv", table);
    assert.equal(all.code, 0, all.log.join("\n"));
    const graded = JSON.parse(all.out[0]!) as { studies: { study: string; discs: { level: string }[] }[] };
    assert.deepEqual(graded.studies.map(({ study }) => study).sort(), [...ids].sort());
    for (const { study, ...rest } of graded.studies) {
      const one = await spinebook("grade", studies, "--study", study, "--json");
      const { discs } = JSON.parse(one.out[0]!) as { discs: unknown };
      assert.deepEqual(discs, rest.discs);
    }
    const rows = (await readFile(table, "utf8")).trim().split("\n");
    assert.match(rows[0]!, /^study,level,pfirrmann,/);
    assert.equal(rows.length - 1, graded.studies.flatMap(({ discs }) => discs).length);

    // One that cannot be read stops nothing, and is told.
    await rm(join(studies, "study-002"), { recursive: true });
    await writeFile(join(studies, "study-002.nii"), "no image");
    assert.equal((await spinebook("grade", studies, "--all")).code, 0);
    await fails(["grade", studies, "--all", "--sr", "a.dcm"], 2, /goes with a single study, not with --all/);
  });
});

test("a draft that a killed process left is swept away by the next writing, a fresh one is not", async () => {
  await inFolder(async (folder) => {
    const goal = join(folder, "out.json");
    const [old, fresh, other] = ["0123abcd", "fedc9876"]
      .map((mark) => join(folder, `.out.json.${mark}.tmp`))
      .concat(join(folder, ".other.json.0123abcd.tmp"));
    for (const path of [old!, fresh!, other!]) await writeFile(path, "half");
    const hoursAgo = new Date(Date.now() - 3 * 3_600_000);
    for (const path of [old!, other!]) await utimes(path, hoursAgo, hoursAgo);
    await writeAtomically(goal, "{}");
    assert.deepEqual((await readdir(folder)).sort(), [
      ".other.json.0123abcd.tmp",
      ".out.json.fedc9876.tmp",
      "out.json",
    ]);
  });
});
