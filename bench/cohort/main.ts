// `npm run bench:cohort`: questions to a cohort of 60,000 and 1,000,000 discs up to the first page, beside SQLite with the same
// rows in the same run; and a batch of phantoms with one worker and with two, beside one process that grades them in a row.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { modelIdentity, runBatch, gradeUnit } from "../../src/cohort/batch/index.js";
import { planBatch } from "../../src/cohort/batch/plan.js";
import { literal } from "../../src/cohort/store/database.js";
import { CohortStore } from "../../src/cohort/store/store.js";
import { writePhantomStudies } from "../../src/phantom/index.js";

const LEVELS = ["T12-L1", "L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];
const STUDIES = [10_000, 166_667];
const BATCH_STUDIES = Number(process.argv[2] ?? 12);
const ROUNDS = 3;

const QUESTIONS = {
  "all, first page": { select: "SELECT * FROM discs", order: "" },
  "Pfirrmann 4 and 5": { select: "SELECT * FROM discs WHERE pfirrmann >= 4", order: "" },
  "sorted by the fractional grade": {
    select: "SELECT * FROM discs",
    order: "ORDER BY pfirrmann_fractional DESC",
  },
  "mean by level and sex": {
    select:
      "SELECT level, sex, count(*) AS n, avg(pfirrmann_fractional) AS mean FROM discs GROUP BY level, sex",
    order: "",
  },
};

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function seconds(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (performance.now() - started) / 1000;
}

/** Synthetic results: a study of six discs each. */
async function fill(store: CohortStore, studies: number): Promise<void> {
  const PART = 20_000;
  for (let start = 0; start < studies; start += PART) {
    const ids = Array.from({ length: Math.min(PART, studies - start) }, (_, i) => start + i);
    await store.add({
      studies: ids.map((i) => ({
        study: `s${i}`,
        patient: `p${i}`,
        dataset: "synthetic",
        age: 20 + (i % 60),
        sex: i % 2 === 0 ? "F" : "M",
      })),
      readings: ids.flatMap((i) =>
        LEVELS.map((level, k) => ({
          study: `s${i}`,
          series: "t2",
          level,
          rater: "model",
          model: "synthetic",
          reading: 1,
          grades: {
            pfirrmann: 1 + ((i * 7 + k) % 5),
            pfirrmannFractional: 1 + ((i * 13 + k) % 41) / 10,
            narrowing: 1 + ((i + k) % 4),
            modic: (i * 3 + k) % 4,
          },
        })),
      ),
    });
  }
}

async function benchStore(folder: string): Promise<void> {
  console.log(
    "| discs | question, to its first page | cohort (DuckDB) | filter on all columns | SQLite |\n| --- | --- | --- | --- | --- |",
  );
  for (const studies of STUDIES) {
    const store = await CohortStore.open(join(folder, `${studies}.duckdb`));
    await fill(store, studies);
    const text = join(folder, `${studies}.csv`);
    await store.sql(`COPY (SELECT * FROM discs) TO ${literal(text)} (FORMAT csv, HEADER)`);
    const peer = spawnSync("python3", ["bench/cohort/peer.py", JSON.stringify(QUESTIONS)], {
      input: await readFile(text),
      maxBuffer: 2 ** 20,
      encoding: "utf8",
    });
    const other =
      peer.status === 0 ? (JSON.parse(peer.stdout) as { times: Record<string, number> }) : undefined;
    for (const [name, { select, order }] of Object.entries(QUESTIONS)) {
      const sorted = /ORDER BY (\w+)/.exec(order)?.[1];
      const own: number[] = [];
      const filtered: number[] = [];
      for (let run = 0; run < 5; run++) {
        const request = {
          offset: 0,
          limit: 100,
          ...(sorted === undefined ? {} : { sortBy: sorted, descending: true }),
        };
        own.push(await seconds(() => store.page(select, undefined, request)));
        filtered.push(await seconds(() => store.page(select, undefined, { ...request, filter: "s77" })));
      }
      const there = other?.times[name];
      const beside =
        there === undefined
          ? "none here"
          : `${(there * 1000).toFixed(0)} ms (${(there / median(own)).toFixed(1)} x)`;
      console.log(
        `| ${studies * LEVELS.length} | ${name} | ${(median(own) * 1000).toFixed(0)} ms | ${(median(filtered) * 1000).toFixed(0)} ms | ${beside} |`,
      );
    }
    await store.close();
  }
}

async function benchBatch(folder: string): Promise<void> {
  const images = join(folder, "images");
  await writePhantomStudies(images, { seed: 3, studies: BATCH_STUDIES });
  const salt = "0".repeat(32);
  const { plan, units } = await planBatch(images, salt, { models: "models" });
  await modelIdentity("models");
  const alone: number[] = [];
  const pooled: Record<number, number[]> = { 1: [], 2: [] };
  for (const unit of units.slice(0, 2)) await gradeUnit(plan, unit);
  for (let round = 0; round < ROUNDS; round++) {
    alone.push(
      await seconds(async () => {
        for (const unit of units) await gradeUnit(plan, unit);
      }),
    );
    for (const workers of [1, 2]) {
      const store = await CohortStore.open(":memory:", { salt });
      pooled[workers]!.push(
        await seconds(() => runBatch(images, store, undefined, { models: "models", workers })),
      );
      await store.close();
    }
  }
  const [one, two, single] = [median(pooled[1]!), median(pooled[2]!), median(alone)];
  console.log(`\n${BATCH_STUDIES} studies of 15 slices, medians of ${ROUNDS} rounds in turn\n`);
  console.log("| way | seconds | studies a minute | |\n| --- | --- | --- | --- |");
  const line = (name: string, time: number, note: string): void => {
    console.log(`| ${name} | ${time.toFixed(1)} | ${((60 * BATCH_STUDIES) / time).toFixed(0)} | ${note} |`);
  };
  line("one process, one after the other, all cores", single, "");
  line("batch, one worker of one thread", one, `${(single / one).toFixed(2)} x`);
  line(
    "batch, two workers of one thread",
    two,
    `${(single / two).toFixed(2)} x; ${(one / two).toFixed(2)} x one worker`,
  );
}

const folder = await mkdtemp(join(tmpdir(), "spinebook-bench-"));
try {
  await benchBatch(folder);
  await benchStore(folder);
} finally {
  await rm(folder, { recursive: true, force: true });
}
