// What tests need that npm does not bring: each program and Python module is looked for by itself. Plain Node, no packages.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { runProgram } from "../bootstrap.mjs";

/** Each with its Debian package; a Python module is one of the Python in the PATH or of Debian's. Tests skip themselves without them. */
const NEEDED = [
  { for: "the comparison with scikit-learn", package: "python3-sklearn", module: "sklearn" },
  { for: "the comparison with nibabel", package: "python3-nibabel", module: "nibabel" },
  { for: "the comparison with dcm2niix", package: "dcm2niix", program: "dcm2niix" },
  { for: "the check of structured reports", package: "dcmtk", program: "dsr2xml" },
  { for: "the comparison of JPEG decoders", package: "dcmtk", program: "dcmdjpeg" },
  { for: "the check of copies", package: "dicom3tools", program: "dciodvfy" },
  { for: "batches with a queue", package: "redis-server", program: "redis-server" },
  { for: "the proof that nothing calls out", package: "strace", program: "strace" },
  { for: "the tests in Jupyter", package: "jupyter-core", program: "jupyter" },
  { for: "the tests in Jupyter", package: "jupyter-client", program: "jupyter-kernelspec" },
  { for: "the tests in Jupyter", package: "python3-nbconvert", module: "nbconvert" },
  {
    for: "the tests in a browser and in VS Code",
    package: "chromium",
    isThere: () => findChromium() !== undefined,
  },
];

/** What a person looks for: the program, or the Python module, or the package. */
export function nameOf({ program, module, package: debian }) {
  return program ?? module ?? debian;
}

/** Those that are missing here. */
export function missingPrograms() {
  return NEEDED.filter((one) => !isThere(one));
}

function isThere({ program, module, isThere }) {
  if (isThere) return isThere();
  if (program !== undefined) return spawnSync(program, ["--version"]).error === undefined;
  return ["python3", "/usr/bin/python3"].some(
    (python) => spawnSync(python, ["-c", `import ${module}`]).status === 0,
  );
}

/** A Chromium for the tests that need one: the one named in CHROMIUM, or an installed one; undefined where there is none. */
export function findChromium() {
  const named = process.env.CHROMIUM;
  if (named) return existsSync(named) ? named : undefined;
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

/** The one line that installs programs on Debian. */
export function installLine(missing) {
  return `apt-get install --yes --no-install-recommends ${packagesOf(missing).join(" ")}`;
}

/** Whether programs can be installed here: on Debian, as root. */
export function canInstall() {
  return process.platform === "linux" && existsSync("/etc/debian_version") && process.getuid?.() === 0;
}

/** Installs programs with Debian's package manager, which it says in one line before; returns whether that went well. */
export function installPrograms(missing) {
  process.stdout.write(`installing for the tests, with apt-get: ${packagesOf(missing).join(", ")}\n`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  if (runProgram("apt-get", ["update", "--quiet"], { env }) !== 0) return false;
  const [program, ...args] = installLine(missing).split(" ");
  return runProgram(program, args, { env }) === 0;
}

function packagesOf(missing) {
  return [...new Set(missing.map((one) => one.package))];
}
