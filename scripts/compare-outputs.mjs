// Compares what two built checkouts make of the same inputs, for changes that must not change anything:
//   node scripts/compare-outputs.mjs OLD NEW        prints every value that differs; exit code 1 where one does
// Compared are the JSON of read, detect and grade, the outputs of a notebook's cells, and the text of a patient's report. Times, and names
// of temporary folders, are left out. Plain Node, no packages.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const [before, after] = process.argv.slice(2).map((path) => resolve(path));
if (after === undefined) {
  process.stderr.write("Usage: node scripts/compare-outputs.mjs OLD NEW (two built checkouts)\n");
  process.exit(2);
}
/** How much numbers may differ. */
const TOLERANCE = 1e-9;
/** Values that tell of the run and not of the image. */
const OF_THE_RUN = /(^|\.)(seconds|time|at|version|runtimes|provenance|execution_count|metadata)(\.|$)/;

const folder = mkdtempSync(join(tmpdir(), "spinebook-compare-"));
const study = join(folder, "study-001", "dicom");
const notebook = join(folder, "cells.ipynb");
const CELLS = [
  `import { confusionMatrix, detect, grade, hotspots, loadSeries } from "spinebook";\nconst scan = await loadSeries(${JSON.stringify(study)});\nscan`,
  "const spine = await detect(scan);\nspine",
  "const graded = await grade(spine);\ngraded",
  "await hotspots(graded)",
  "confusionMatrix([1, 2, 3, 3, 5], [1, 2, 3, 4, 4], { classes: [1, 2, 3, 4, 5] })",
];

function command(checkout, args) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(checkout, "bin", "spinebook.js"), ...args],
    {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
      cwd: folder,
    },
  );
  if (status !== 0)
    throw new Error(`${checkout}: spinebook ${args.join(" ")} ended with ${status}: ${stderr}`);
  return stdout;
}

function outputsOf(checkout) {
  const [ran, report] = [join(folder, "ran.ipynb"), join(folder, "report.html")];
  command(checkout, ["run", notebook, "-o", ran]);
  command(checkout, ["report", "--patient", study, "-o", report]);
  const { cells } = JSON.parse(readFileSync(ran, "utf8"));
  return {
    read: JSON.parse(command(checkout, ["read", study, "--json"])),
    detect: JSON.parse(command(checkout, ["detect", study, "--json"])),
    grade: JSON.parse(command(checkout, ["grade", study, "--json"])),
    notebook: cells.map(({ outputs }) => outputs),
    report: textOf(readFileSync(report, "utf8")),
  };
}

/** What a reader of a page reads: its lines, with how often each stands there. */
function textOf(html) {
  const lines = html
    .replace(/<(script|style)[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]+>/g, "\n")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/\d{4}-\d\d-\d\d|\d+(\.\d+)? s\b/.test(line));
  const counts = {};
  for (const line of lines) counts[line] = (counts[line] ?? 0) + 1;
  return counts;
}

/** Paths at which two values differ, with both. */
function* differences(one, other, path = "") {
  if (OF_THE_RUN.test(path)) return;
  if (typeof one === "number" && typeof other === "number") {
    if (Math.abs(one - other) > TOLERANCE * Math.max(1, Math.abs(one))) yield [path, one, other];
  } else if (one !== null && other !== null && typeof one === "object" && typeof other === "object") {
    for (const key of new Set([...Object.keys(one), ...Object.keys(other)]))
      yield* differences(one[key], other[key], path === "" ? key : `${path}.${key}`);
  } else if (one !== other) yield [path, one, other];
}

try {
  command(after, ["phantom", folder, "--seed", "5", "--studies", "1"]);
  const cells = CELLS.map((source, i) => {
    return { cell_type: "code", id: `c${i}`, metadata: {}, execution_count: null, outputs: [], source };
  });
  writeFileSync(
    notebook,
    JSON.stringify({
      cells,
      metadata: { language_info: { name: "typescript" } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  );
  const found = [...differences(outputsOf(before), outputsOf(after))];
  const short = (value) => JSON.stringify(value)?.slice(0, 120);
  for (const [path, one, other] of found) process.stdout.write(`${path}: ${short(one)} -> ${short(other)}\n`);
  process.stdout.write(`${found.length} values differ\n`);
  process.exitCode = found.length === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
