// `npm test`: everything that must hold, fast things first. Ends with one line "N passed, N failed, N skipped".
//   npm test                 all
//   npm test -- kernel api   only test files whose path contains one of these words (and none of the static checks)
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { install, root, runProgram } from "./bootstrap.mjs";

process.chdir(root);
const words = process.argv.slice(2);
/** The longest that one test file may take; the slowest takes a quarter of it on two quiet cores. */
const FILE_LIMIT_MILLISECONDS = 16 * 60_000;
const total = { passed: 0, failed: 0, skipped: 0 };
const remarks = [];

/** Announces a stage, as the tests' own output is long. */
function announce(text) {
  process.stdout.write(`\n== ${text}\n`);
}

/** Counts a program's success as one test. */
function check(name, script, args) {
  announce(name);
  const ok = runProgram(process.execPath, [script, ...args], { stdio: "inherit" }) === 0;
  total[ok ? "passed" : "failed"]++;
  if (!ok) remarks.push(`failed: ${name}`);
  return ok;
}

/** Every built test file below build/test, sorted, with forward slashes. */
function testFiles(folder = join("build", "test")) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? testFiles(path) : path.endsWith(".test.js") ? [path] : [];
    })
    .map((path) => path.split(sep).join("/"))
    .sort();
}

/** Runs test files with Node's runner and adds its counts to the total. */
function runTests(name, files, concurrency) {
  if (files.length === 0) return;
  announce(`${name}: ${files.length} ${files.length === 1 ? "file" : "files"}`);
  const log = join("build", "tests.tap");
  rmSync(log, { force: true });
  const [major, minor] = process.versions.node.split(".").map(Number);
  const args = [
    "--test",
    "--test-reporter=spec",
    "--test-reporter-destination=stdout",
    "--test-reporter=tap",
    `--test-reporter-destination=${log}`,
    // Older versions of Node 20 do not have the option and use all cores but one.
    ...(major > 20 || minor >= 10 ? [`--test-concurrency=${concurrency}`] : []),
    // A file that hangs is ended and counted as failed, by name; older versions would wait for ever.
    ...(major > 20 || minor >= 11 ? [`--test-timeout=${FILE_LIMIT_MILLISECONDS}`] : []),
    ...files,
  ];
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  const counts = readCounts(log);
  // A runner that ends without counts, or fails without a failed test, is a failure too.
  const failed = counts ? Math.max(counts.fail + counts.cancelled, status === 0 ? 0 : 1) : 1;
  total.passed += counts?.pass ?? 0;
  total.skipped += counts ? counts.skipped + counts.todo : 0;
  total.failed += failed;
  if (failed > 0) remarks.push(`failed: ${failed} in ${name}`);
}

/** The counts at the end of a TAP report, or undefined when it has none. */
function readCounts(log) {
  const text = existsSync(log) ? readFileSync(log, "utf8") : "";
  const counts = {};
  for (const key of ["pass", "fail", "cancelled", "skipped", "todo"]) {
    const found = [...text.matchAll(new RegExp(`^# ${key} (\\d+)$`, "gm"))].at(-1);
    if (!found) return undefined;
    counts[key] = Number(found[1]);
  }
  return counts;
}

/** Leaves test files out by name; where the environment variable CI is set, that counts as failures. */
function leaveOut(files, reason) {
  for (const file of files) {
    total[process.env.CI ? "failed" : "skipped"]++;
    remarks.push(`${process.env.CI ? "failed" : "skipped"}: ${file} (${reason})`);
  }
}

/** A Chromium for the tests that need one: the one named in CHROMIUM, an installed one, or Debian's, installed here. */
function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
  const installed = installedChromium();
  if (installed) return installed;
  installDebian(["chromium"], "the browser tests");
  return installedChromium();
}

/** Installs Debian packages in continuous integration, on Debian as root; elsewhere it tells the line that would. */
function installDebian(names, purpose) {
  if (process.platform !== "linux" || !existsSync("/etc/debian_version")) return;
  if (!process.env.CI || process.getuid?.() !== 0) {
    remarks.push(`not installed, for ${purpose}: apt-get install ${names.join(" ")}`);
    return;
  }
  announce(`installing Debian's ${names.join(", ")} for ${purpose}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  if (runProgram("apt-get", ["update"], { env }) === 0)
    runProgram("apt-get", ["install", "--yes", "--no-install-recommends", ...names], { env });
}

/** Programs and Python modules that results are compared with where they can be had; those tests skip themselves without them. */
const PEERS = [
  { package: "python3-sklearn", module: "sklearn" },
  { package: "python3-nibabel", module: "nibabel" },
  { package: "dcm2niix", program: "dcm2niix" },
  { package: "dcmtk", program: "dsr2xml" },
  { package: "dicom3tools", program: "dciodvfy" },
  { package: "redis-server", program: "redis-server" },
  { package: "strace", program: "strace" },
];

/** Installs the peers that are missing. */
function findPeers() {
  const hasModule = (module) =>
    ["python3", "/usr/bin/python3"].some(
      (python) => spawnSync(python, ["-c", `import ${module}`]).status === 0,
    );
  const isMissing = ({ module, program }) =>
    module === undefined ? spawnSync(program, ["--version"]).error !== undefined : !hasModule(module);
  const missing = PEERS.filter(isMissing).map((peer) => peer.package);
  if (missing.length > 0) installDebian(missing, "the comparisons with other programs");
}

/** Jupyter's own programs, which run the kernel by its kernelspec; those tests skip themselves without them. */
function findJupyter() {
  if (spawnSync("jupyter", ["--version"]).status !== 0)
    installDebian(["python3-nbconvert", "jupyter-client"], "the tests in Jupyter");
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

function installedChromium() {
  const folders = (process.env.PATH ?? "").split(process.platform === "win32" ? ";" : ":");
  const names = ["chromium", "chromium-browser", "google-chrome", "chrome.exe"];
  const known = [
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  ];
  return [...folders.flatMap((folder) => names.map((name) => join(folder, name))), ...known].find((path) =>
    existsSync(path),
  );
}

install();
mkdirSync("build", { recursive: true });
if (words.length === 0) {
  check("format (prettier --check)", "node_modules/prettier/bin/prettier.cjs", [
    "--check",
    "--log-level=warn",
    ".",
  ]);
  check("lint (eslint)", "node_modules/eslint/bin/eslint.js", ["."]);
  check("types (tsc --noEmit)", "node_modules/typescript/bin/tsc", ["--noEmit"]);
}
if (check("build", "scripts/build.mjs", ["--tests"])) {
  const files = testFiles().filter((file) => words.length === 0 || words.some((word) => file.includes(word)));
  const inFolder = (name) => files.filter((file) => file.startsWith(`build/test/${name}/`));
  const [browser, endToEnd, host] = ["browser", "e2e", "host"].map(inFolder);
  const unit = files.filter((file) => ![...browser, ...endToEnd, ...host].includes(file));
  if (files.length === 0) {
    total.failed++;
    remarks.push("failed: no test file was found");
  }
  if (unit.some((file) => /sklearn|imaging/.test(file))) findPeers();
  runTests("unit tests", unit, 2);
  const chromium = browser.length + host.length > 0 ? findChromium() : undefined;
  if (chromium) process.env.CHROMIUM = chromium;
  else
    leaveOut(
      [...browser, ...host],
      "no Chromium; install it (Debian: apt-get install chromium) or name it in CHROMIUM",
    );
  if (chromium) runTests("browser tests", browser, 1);
  if (endToEnd.some((file) => file.includes("jupyter"))) findJupyter();
  // What trains needs both cores; the others mostly wait for kernels, timers and processes.
  const training = endToEnd.filter((file) => file.includes("/notebooks/"));
  runTests(
    "end-to-end tests",
    endToEnd.filter((file) => !training.includes(file)),
    2,
  );
  runTests("notebooks from end to end", training, 1);
  if (chromium && host.length > 0) {
    const problem = await hostProblem();
    if (problem === undefined) runTests("tests in a real VS Code", host, 1);
    else leaveOut(host, problem);
  }
}

process.stdout.write(`\n${remarks.map((remark) => `${remark}\n`).join("")}`);
process.stdout.write(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed > 0 ? 1 : 0;
