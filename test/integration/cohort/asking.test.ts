import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { openCohort, type Cohort } from "../../../src/api/cohort.js";
import { CohortError } from "../../../src/cohort/errors.js";
import { RatingFile } from "../../../src/rating/log/log.js";
import type { Rating } from "../../../src/rating/log/rating.js";
import { CohortStore } from "../../../src/cohort/store/store.js";
import { spinebook } from "../../support/cli.js";
import { hasStrace, traceNode } from "../../support/systemCalls.js";

/** Asks wrongly in a process of its own, whose end tells whether anybody heard of it. */
async function forget(how: string): Promise<void> {
  const cohort = await openCohort(":memory:");
  if (how === "sql") void cohort.sql("SELECT nope FROM discs");
  if (how === "stream") void cohort.stream("SELECT nope FROM discs");
  if (how === "add") void cohort.add({ studies: [{ study: "", patient: "p", dataset: "d" }] });
  if (how === "open") void openCohort(tmpdir());
  if (how === "append") void new RatingFile(tmpdir()).append({} as Rating);
  await cohort.sql("SELECT 1");
  // The rejection ends the process, as soon as it comes.
  await new Promise((done) => setTimeout(done, 60_000));
}
if (process.argv[2] === "forget") {
  await forget(process.argv[3]!);
  process.exit(0);
}

const folder = mkdtempSync(join(tmpdir(), "spinebook-asking-"));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

async function filled(path = ":memory:"): Promise<Cohort> {
  const cohort = await openCohort(path);
  await cohort.add({ studies: [{ study: "s", patient: "p", dataset: "d", age: 40 }] });
  return cohort;
}

test("an error that nobody waits for is an unhandled rejection, as of any promise", () => {
  for (const how of ["sql", "stream", "add", "open", "append"]) {
    const { status, stderr } = spawnSync(process.execPath, [process.argv[1]!, "forget", how], {
      encoding: "utf8",
    });
    assert.equal(status, 1, how);
    assert.match(stderr, /Error: /, how);
  }
});

/** Statements that change, write or reach beyond, by what a refusal names. */
const WRITING: readonly [string, RegExp][] = [
  ["DELETE FROM studies", /DELETE is not run/],
  ["DROP TABLE readings", /DROP is not run/],
  ["UPDATE studies SET age = 900", /UPDATE is not run/],
  ["INSERT INTO studies SELECT * FROM studies", /INSERT is not run/],
  ["CREATE TABLE mine AS SELECT 1", /CREATE is not run/],
  ["ALTER TABLE studies DROP age", /ALTER is not run/],
  [`ATTACH '${join(folder, "other.duckdb")}' AS other`, /ATTACH is not run/],
  [`COPY studies TO '${join(folder, "out.csv")}'`, /COPY is not run/],
  [`EXPORT DATABASE '${join(folder, "out")}'`, /EXPORT is not run/],
  ["EXPLAIN ANALYZE DELETE FROM studies", /EXPLAIN is not run/],
  [`/* why */ EXPLAIN ANALYZE COPY studies TO '${join(folder, "out.csv")}'`, /EXPLAIN is not run/],
  ["SET autoload_known_extensions = true", /SET is not run/],
  ["BEGIN", /TRANSACTION is not run/],
  ["PREPARE p AS DELETE FROM studies", /PREPARE is not run/],
  ["INSTALL httpfs", /nothing is fetched/],
  ["LOAD httpfs", /nothing is fetched/],
];

test("a cohort is asked and not changed by SQL", async () => {
  const cohort = await filled();
  for (const [sql, message] of WRITING) {
    await assert.rejects(cohort.sql(sql), { code: "query", message }, sql);
    await assert.rejects(cohort.stream(sql), { code: "query", message }, sql);
  }
  await assert.rejects(cohort.table("DELETE FROM studies"), CohortError);
  assert.deepEqual(await cohort.sql("SELECT study, age FROM studies"), [{ study: "s", age: 40 }]);
  assert.ok(!existsSync(join(folder, "out.csv")) && !existsSync(join(folder, "other.duckdb")));
  await cohort.close();
});

test("whatever reads is run: tables in files, plans, descriptions, pivots", async () => {
  const cohort = await filled();
  const csv = join(folder, "ages.csv");
  writeFileSync(csv, "study,years\ns,40\n");
  const reading = [
    `SELECT * FROM read_csv('${csv}')`,
    `SELECT years FROM '${csv}' JOIN studies USING (study) WHERE age = $1`,
    "DESCRIBE studies",
    "SHOW TABLES",
    "SUMMARIZE studies",
    "EXPLAIN SELECT * FROM studies",
    "EXPLAIN ANALYZE SELECT * FROM studies",
    "EXPLAIN (FORMAT json) SELECT * FROM studies",
    "PRAGMA table_info('studies')",
    "PIVOT studies ON sex IN ('F', 'M') USING count(*)",
    "WITH one AS (SELECT 1 AS n) FROM one -- a comment",
    "VALUES (1)",
  ];
  for (const sql of reading)
    assert.ok((await cohort.sql(sql, sql.includes("$1") ? [40] : undefined)).length > 0, sql);
  await cohort.close();
});

test("wrong arguments and a closed cohort are told in a sentence, and nothing crashes", async () => {
  const cohort = await filled(join(folder, "wrong.duckdb"));
  for (const wrong of [5, undefined, null, {}, ["SELECT 1"]] as never[]) {
    await assert.rejects(cohort.sql(wrong), /SQL is a text/);
    await assert.rejects(cohort.stream(wrong), /SQL is a text/);
    await assert.rejects(cohort.table(wrong), /SQL is a text/);
  }
  for (const empty of ["", "  ", "-- nothing", ";"])
    await assert.rejects(cohort.sql(empty), /no statement of SQL/, JSON.stringify(empty));
  for (const values of [5, "a", [new Date(0)], [{}], [undefined], { x: () => 1 }] as never[])
    await assert.rejects(cohort.sql("SELECT $1", values), /arameter/, String(values));
  await cohort.close();
  await assert.rejects(cohort.sql("SELECT 1"), /The cohort is closed/);
  await assert.rejects(cohort.stream("SELECT 1"), /The cohort is closed/);
  await assert.rejects(cohort.add({}), /The cohort is closed/);
  await assert.rejects(cohort.readings(), /The cohort is closed/);
});

test("an error of the database has the stack of whoever asked", async () => {
  const store = await CohortStore.open(":memory:");
  async function asksForNothing(): Promise<unknown> {
    await store.sql("SELECT 1");
    return await store.sql("SELECT nope FROM discs");
  }
  for (const failing of [
    asksForNothing,
    () => store.stream("SELECT nope FROM discs"),
    () => store.write({ studies: [["", "p", "d", null, null, null]] }),
  ]) {
    const error: unknown = await failing().catch((thrown: unknown) => thrown);
    assert.ok(error instanceof CohortError);
    assert.match(error.stack!, /^CohortError: .*asking\.test/s);
  }
  await store.close();
});

test("SQL reaches no network", { skip: !hasStrace }, () => {
  const program = join(folder, "network");
  mkdirSync(program);
  const args = [
    "install httpfs",
    "SELECT * FROM read_csv('https://example.org/a.csv')",
    "SELECT * FROM 'https://example.org/a.parquet'",
    "FORCE INSTALL spatial FROM community",
  ];
  spinebook(["cohort", join(program, "c.duckdb"), "--import-csv", table(program)]);
  args.forEach((sql, i) => {
    const traced = traceNode({
      args: [resolve("bin/spinebook.js"), "cohort", "c.duckdb", "--sql", sql],
      folder: program,
      scratch: join(folder, `scratch-${i}`),
    });
    assert.equal(traced.code, 1, `${sql}: ${traced.stdout}${traced.stderr}`);
    assert.deepEqual(
      traced.findings.filter(({ kind }) => kind === "network"),
      [],
      sql,
    );
  });
});

function table(place: string): string {
  writeFileSync(join(place, "t.csv"), "patient,level,pfirrmann\n1,L4/L5,3\n");
  return join(place, "t.csv");
}
