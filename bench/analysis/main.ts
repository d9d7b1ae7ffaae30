// `npm run bench:analysis`: notebooks/two-hospitals.ipynb on the example patients, graded once, beside the same analysis in Python (Debian's
// python3-pandas, python3-sklearn, python3-matplotlib) on the same grades, whole processes in turn; and their lines of code.
import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const ROUNDS = Number(process.argv[2] ?? 5);
const NOTEBOOK = join("notebooks", "two-hospitals.ipynb");
const SCRIPT = join("bench", "analysis", "two_hospitals.py");

/** Runs a program to its end. @returns seconds @throws Error with what it wrote, where it fails */
function timed(program: string, args: readonly string[]): { seconds: number; output: string } {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return { seconds: (performance.now() - started) / 1000, output: stdout };
}

const spinebook = (...args: string[]) => timed(process.execPath, [join("bin", "spinebook.js"), ...args]);

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Lines that are neither empty nor a comment or docstring. */
function linesOf(text: string): number {
  return text
    .replace(/^"""[\s\S]*?"""/, "")
    .split("\n")
    .filter((line) => line.trim() !== "" && !/^\s*(#|\/\/)/.test(line)).length;
}

const folder = await mkdtemp(join(tmpdir(), "spinebook-analysis-"));
const executed = join(folder, "executed.ipynb");
const run = () => spinebook("run", NOTEBOOK, "-o", executed, "-p", `output=${folder}`);
const grading = run().seconds;
const grades = join(folder, "grades.csv");
const select =
  "SELECT study, level, pfirrmann, pfirrmann_fractional, pixel_column, pixel_row FROM readings JOIN detections USING (study, series, level) WHERE rater = 'model'";
await writeFile(grades, spinebook("cohort", join(folder, "cohort.duckdb"), "--sql", select, "--csv").output);
const tables = [join("examples", "studies.csv"), join("examples", "readings.csv")];
const times: { own: number[]; python: number[] } = { own: [], python: [] };
for (let round = 0; round < ROUNDS; round++) {
  times.own.push(run().seconds);
  times.python.push(timed("/usr/bin/python3", ["-W", "ignore", SCRIPT, ...tables, grades, folder]).seconds);
}
const { cells } = JSON.parse(await readFile(NOTEBOOK, "utf8")) as {
  cells: { cell_type: string; source: string[] }[];
};
const code = cells.filter(({ cell_type }) => cell_type === "code").map(({ source }) => source.join(""));
console.log(`| | lines of code | seconds (median of ${ROUNDS}) |\n| --- | --- | --- |`);
console.log(
  `| spinebook, with what grades the patients | ${linesOf(code.join("\n"))} | ${median(times.own).toFixed(1)}; the first time, which grades them, ${grading.toFixed(1)} |`,
);
console.log(
  `| Python, from their grades on | ${linesOf(await readFile(SCRIPT, "utf8"))} | ${median(times.python).toFixed(1)} (${(median(times.python) / median(times.own)).toFixed(2)} x) |`,
);
await rm(folder, { recursive: true });
