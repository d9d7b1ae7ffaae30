// `npm test`: everything that must hold, fast things first. Ends with one line "N passed, N failed, N skipped".
//   npm test                     all
//   npm test -- kernel api       only test files whose path contains one of these words (and none of the static checks)
//   npm run test:unit            what neither starts programs nor trains nor renders whole studies: under a minute
//   npm run test:watch -- text   builds and runs these files again whenever a source changes
//   npm run test:coverage        which lines the tests of this process reach, in build/coverage/
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join, sep } from "node:path";
import { install, root } from "./bootstrap.mjs";
import { filesBelow } from "./nodeBundle.mjs";
import {
  canInstall,
  findChromium,
  installLine,
  installPrograms,
  missingPrograms,
  nameOf,
} from "./testing/programs.mjs";
import { runFiles } from "./testing/runFiles.mjs";
import { isSlow, SLOW, slowestFirst } from "./testing/stages.mjs";

process.chdir(root);
const options = process.argv.slice(2).filter((word) => word.startsWith("--"));
const words = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const unitOnly = options.includes("--unit");
const isWhole = words.length === 0 && !unitOnly;
const total = { passed: 0, failed: 0, skipped: 0 };
const remarks = [];

/** Announces a stage, as the tests' own output is long. */
function announce(text) {
  process.stdout.write(`\n== ${text}\n`);
}

/** Does a stage and says how long it took. */
async function timed(work) {
  const started = Date.now();
  const result = await work();
  process.stdout.write(`(${((Date.now() - started) / 1000).toFixed(0)} s)\n`);
  return result;
}

/** Counts each program's success as one test; they run side by side, and each one's output comes in one piece. Whether all succeeded. */
async function check(programs) {
  const run = ([name, script, args]) =>
    new Promise((resolve) => {
      const started = Date.now();
      const child = spawn(process.execPath, [script, ...args], {
        cwd: root,
        stdio: ["ignore", "pipe", "pipe"],
      });
      const output = [];
      for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => output.push(text));
      child.on("error", (error) => output.push(Buffer.from(`${error.message}\n`)));
      child.on("close", (code) => {
        announce(name);
        process.stdout.write(Buffer.concat(output));
        process.stdout.write(`(${((Date.now() - started) / 1000).toFixed(0)} s)\n`);
        total[code === 0 ? "passed" : "failed"]++;
        if (code !== 0) remarks.push(`failed: ${name}`);
        resolve(code === 0);
      });
    });
  return (await Promise.all(programs.map(run))).every((isOk) => isOk);
}

/** Runs test files, two at a time, and adds their counts to the total. */
async function runTests(name, files) {
  if (files.length === 0) return;
  announce(`${name}: ${files.length} ${files.length === 1 ? "file" : "files"}`);
  const counts = await timed(() =>
    runFiles(
      slowestFirst(files).map((file) => join(root, file)),
      2,
    ),
  );
  for (const key of Object.keys(total)) total[key] += counts[key];
  if (counts.failed > 0) remarks.push(`failed: ${counts.failed} in ${name}`);
}

/** Leaves test files out by name; where the environment variable CI is set, that counts as failures. */
function leaveOut(files, reason) {
  for (const file of files) {
    total[process.env.CI ? "failed" : "skipped"]++;
    remarks.push(`${process.env.CI ? "failed" : "skipped"}: ${file} (${reason})`);
  }
}

/** Installs what is missing where CI is set, on Debian as root; elsewhere it tells the line that would. */
function preparePrograms() {
  const missing = missingPrograms();
  if (missing.length === 0) return;
  if (process.env.CI && canInstall()) {
    announce("programs that only tests need");
    installPrograms(missing);
    return;
  }
  for (const one of missing) remarks.push(`skipped: ${one.for} (no ${nameOf(one)})`);
  remarks.push(`to run these too: npm run setup:tests, or ${installLine(missing)}`);
}

/** Makes a VS Code ready for the tests that need one; why there is none, where there is none. */
async function hostProblem() {
  const { hasDesktop } = await import("./vscode-suite.mjs");
  if (hasDesktop()) return undefined;
  announce("a VS Code to test in");
  try {
    const { ensureHost } = await import("./vscode-host.mjs");
    ensureHost();
    return undefined;
  } catch (error) {
    return error.message;
  }
}

install();
mkdirSync("build", { recursive: true });
/** Lint takes as long as the rest of the checks, the build and the unit tests together: it runs beside them. */
let lint = Promise.resolve(true);
if (isWhole) {
  const prettier = ["--check", "--log-level=warn", "--cache", "."];
  const eslint = ["--cache", "--cache-location", "build/eslint", "."];
  lint = check([["lint (eslint)", "node_modules/eslint/bin/eslint.js", eslint]]);
  await check([
    ["format (prettier --check)", "node_modules/prettier/bin/prettier.cjs", prettier],
    ["types (tsc --noEmit)", "node_modules/typescript/bin/tsc", ["--noEmit"]],
  ]);
}
if (await check([["build", "scripts/build.mjs", ["--tests"]]])) {
  const files = filesBelow(join("build", "test"), ".test.js")
    .map((file) => file.split(sep).join("/"))
    .filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const inFolder = (name) => files.filter((file) => file.startsWith(`build/test/${name}/`));
  const [integration, browser, endToEnd, host] = SLOW.map(inFolder);
  const unit = files.filter((file) => !isSlow(file));
  if (files.length === 0) {
    total.failed++;
    remarks.push("failed: no test file was found");
  }
  // Two files at a time keep two cores busy; more threads in each would only wait for one another.
  process.env.SPINEBOOK_THREADS ??= "1";
  await runTests("unit tests", unit);
  await lint;
  if (!unitOnly) {
    if (files.length > unit.length) preparePrograms();
    const chromium = findChromium();
    if (chromium) process.env.CHROMIUM = chromium;
    else leaveOut([...browser, ...host], "no Chromium; install it or name it in CHROMIUM");
    await runTests("tests with programs, training and whole studies", integration);
    const problem = chromium && host.length > 0 ? await hostProblem() : undefined;
    if (problem !== undefined) leaveOut(host, problem);
    // One row of files, so that no core waits for another's last file more than once.
    const whole = [...(chromium ? browser : []), ...endToEnd];
    if (chromium && problem === undefined) whole.push(...host);
    await runTests("browser, end-to-end and VS Code tests", whole);
  }
}
await lint;

process.stdout.write(`\n${remarks.map((remark) => `${remark}\n`).join("")}`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
