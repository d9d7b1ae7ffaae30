/** What the tests of batches share: phantoms, what a whole run gives, and how processes are killed. */
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { CohortStore } from "../../src/cohort/store/store.js";
import { makeThinStudies } from "../support/studies.js";

/** One secret for all cohorts of a test, so that a study has the same pseudonym in each. */
export const SALT = "5a17".repeat(8);

export const STUDIES = 4;

/** A folder of synthetic studies. */
export function makeStudies(folder: string): string {
  const images = join(folder, "images");
  makeThinStudies(images, 41, STUDIES);
  return images;
}

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "spinebook-batch-"));
}

/** An empty cohort with the test's secret. */
export async function emptyCohort(path: string): Promise<string> {
  await rm(path, { force: true });
  await rm(`${path}.wal`, { force: true });
  await (await CohortStore.open(path, { salt: SALT })).close();
  return path;
}

/** Everything that a batch wrote, but for times and places. */
export async function contentOf(path: string): Promise<Record<string, unknown[]>> {
  const store = await CohortStore.open(path);
  try {
    const content: Record<string, unknown[]> = {};
    for (const [table, columns] of [
      ["studies", "*"],
      ["series", "*"],
      ["detections", "*"],
      ["readings", `* EXCLUDE ("at")`],
      ["attempts", `study, model, reader, code`],
    ] as const)
      content[table] = await store.sql(`SELECT ${columns} FROM ${table} ORDER BY ALL`);
    return content;
  } finally {
    await store.close();
  }
}

/** Starts `spinebook` in the background. */
export function start(args: readonly string[], log: string[] = []): ChildProcess {
  const child = spawn(process.execPath, [resolve("bin/spinebook.js"), ...args], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, SPINEBOOK_THREADS: "1" },
  });
  child.stderr.on("data", (text: Buffer) => log.push(text.toString()));
  return child;
}

export function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((end) => child.once("exit", end));
}

/** Numbers from 0 to 1 that are the same in every run. */
export function drawn(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
