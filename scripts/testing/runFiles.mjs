// Runs built test files with Node's own runner and counts what came out. Plain Node, no packages.
import { run } from "node:test";
import { spec } from "node:test/reporters";

/** The longest that one test file may take, in milliseconds; the slowest takes an eighth of it on two quiet cores. */
const FILE_LIMIT = 16 * 60_000;
/** So many of the slowest files are named at the end. */
const NAMED = 5;

/**
 * Runs test files, each in a process of its own, in the order in which they are given; prints Node's report and the slowest files.
 *
 * @param {readonly string[]} files built test files
 * @param {number} concurrency how many run at a time
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>} tests, without the suites they stand in
 */
export async function runFiles(files, concurrency) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const seconds = new Map();
  const stream = run({ files: [...files], concurrency, timeout: FILE_LIMIT });
  const count = (outcome) => (data) => {
    const isSuite = data.details?.type === "suite";
    if (data.nesting === 0)
      seconds.set(data.file, (seconds.get(data.file) ?? 0) + (data.details?.duration_ms ?? 0) / 1000);
    if (data.skip !== undefined || data.todo !== undefined) counts.skipped += isSuite ? 0 : 1;
    // A suite fails with its tests, which are counted, or by itself.
    else if (outcome === "failed" && isSuite && reason(data) === "subtestsFailed") return;
    else if (outcome === "failed" || !isSuite) counts[outcome]++;
  };
  stream.on("test:pass", count("passed"));
  stream.on("test:fail", count("failed"));
  for await (const text of stream.compose(new spec())) process.stdout.write(text);
  // A runner without a word of any test is a failure too.
  if (counts.passed + counts.failed + counts.skipped === 0) counts.failed = 1;
  const slowest = [...seconds].sort(([, a], [, b]) => b - a).slice(0, NAMED);
  process.stdout.write(
    `slowest: ${slowest.map(([file, time]) => `${shortName(file)} ${time.toFixed(0)} s`).join(", ")}\n`,
  );
  return counts;
}

function reason(data) {
  return data.details?.error?.failureType ?? data.details?.error?.cause?.failureType;
}

/** A test file's path below test/, without its ending. */
function shortName(file = "") {
  return file
    .split(/[\\/]test[\\/]/)
    .at(-1)
    .replace(/\.test\.js$/, "")
    .replaceAll("\\", "/");
}
