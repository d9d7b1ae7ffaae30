import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { gradeCohort, leftOutText, BatchView } from "../../../src/api/batch.js";
import { batchFiles } from "../../../src/cohort/batch/index.js";
import { importCsv } from "../../../src/cohort/importers/index.js";
import { encodePng } from "../../../src/imaging/index.js";
import { spinebook } from "../../support/cli.js";

const folder = mkdtempSync(join(tmpdir(), "spinebook-left-out-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

test("a batch says what it left out, by kind, and what to do", async () => {
  const images = join(folder, "images");
  mkdirSync(images);
  const png = encodePng(new Uint8Array(4), 2, 2);
  for (const name of ["a.png", "b.png", "c.png"]) writeFileSync(join(images, name), png);
  writeFileSync(join(images, "report.pdf"), "%PDF-1.7");
  const cohort = join(folder, "pictures.duckdb");
  const shown: BatchView[] = [];
  const globals = globalThis as { display?: unknown };
  globals.display = (view: BatchView) => {
    shown.push(view);
    return { update: (next: BatchView) => shown.push(next) };
  };
  try {
    const summary = await gradeCohort(images, cohort);
    assert.equal(summary.total, 0);
    assert.deepEqual(summary.leftOut, [
      { kind: "png", count: 3 },
      { kind: "pdf", count: 1 },
    ]);
  } finally {
    delete globals.display;
  }
  const last = shown.at(-1)!;
  const text = (last[Symbol.for("Jupyter.display") as never] as () => Record<string, string>).call(last);
  assert.match(text["text/plain"]!, /3 PNG pictures, 1 PDF document/);
  assert.match(text["text/plain"]!, /No study was found there/);
  assert.match(text["text/html"]!, /give their spacing in mm/);
  const run = spinebook(["grade", images, "--cohort", join(folder, "command.duckdb"), "--json"]);
  assert.equal(run.code, 1);
  assert.deepEqual((JSON.parse(run.stdout) as { leftOut: unknown }).leftOut, [
    { kind: "png", count: 3 },
    { kind: "pdf", count: 1 },
  ]);
  assert.match(run.stderr, /3 PNG pictures/);
  assert.ok(batchFiles(cohort).state.length > 0);
  assert.deepEqual(leftOutText({ total: 2, leftOut: [] }), []);
});

test("a batch in which every study failed exits with 1, and says how to see why", () => {
  const images = join(folder, "broken");
  mkdirSync(images);
  writeFileSync(join(images, "a.png"), "no picture");
  const list = join(folder, "broken.csv");
  writeFileSync(list, "path,study,spaceing\nbroken/a.png,1,0.5\n");
  const run = spinebook(["grade", "--manifest", list, "--cohort", join(folder, "broken.duckdb")]);
  assert.equal(run.code, 1, run.stderr);
  assert.match(
    run.stderr,
    /To see why 1 of 1 failed: spinebook cohort .* --sql "SELECT study, code, message/,
  );
  const state = { state: "done", total: 1, done: 1, graded: 0, failed: 1, earlier: 0, seconds: 1 } as const;
  const view = new BatchView(state as never)[Symbol.for("Jupyter.display") as never] as () => object;
  assert.match(JSON.stringify(view.call(new BatchView(state as never))), /Why 1 failed: await cohort\.sql\(/);
});

test("an option that a batch does not have is refused before anything is made", async () => {
  await assert.rejects(
    gradeCohort(folder, join(folder, "none.duckdb"), { wokers: 2 } as object),
    /gradeCohort has no option "wokers"; did you mean "workers"/,
  );
});

test("a table of mixed encodings has one rater, and says so", async () => {
  const line = (patient: string, name: Buffer): Buffer =>
    Buffer.concat([Buffer.from(`${patient},L4-L5,`), name, Buffer.from(",3\n")]);
  const old = Buffer.from("Jürgen", "latin1");
  const parts = [
    Buffer.from("patient,level,rater,pfirrmann\n"),
    line("1", Buffer.from("Jürgen")),
    line("2", old),
    line("3", Buffer.from("Ju\u0308rgen")),
    // Two encodings in one line.
    Buffer.concat([Buffer.from("Köln-1,L4-L5,"), old, Buffer.from(",3\n")]),
  ];
  const file = join(folder, "mixed.csv");
  writeFileSync(file, Buffer.concat(parts));
  const { readings, anomalies } = await importCsv(file);
  assert.deepEqual([...new Set(readings.map(({ rater }) => rater))], ["Jürgen"]);
  assert.equal(readings.at(-1)!.study, "Köln-1");
  const [told] = anomalies.filter(({ code }) => code === "encoding");
  assert.match(told!.message, /mixes encodings: 2 lines are not UTF-8 \(the first is line 3\)/);
  writeFileSync(file, Buffer.concat(parts.slice(0, 2)));
  assert.ok(!(await importCsv(file)).anomalies.some(({ code }) => code === "encoding"));
});
