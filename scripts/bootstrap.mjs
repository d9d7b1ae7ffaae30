// Makes a fresh checkout ready: installs the packages where they are missing or differ from package-lock.json, then
// builds dist/ where it is missing or older than its sources. Plain Node, no packages. Also a command of its own:
//   node scripts/bootstrap.mjs
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Runs a program in the checkout with its output shown on stderr; returns its exit code. */
export function runProgram(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ["ignore", 2, 2], ...options });
  if (error) process.stderr.write(`${command}: ${error.message}\n`);
  return status ?? 1;
}

/** Whether node_modules holds what package-lock.json names (packages for other platforms may be absent). */
export function isInstalled() {
  const installed = readLock(join(root, "node_modules", ".package-lock.json"));
  const wanted = readLock(join(root, "package-lock.json"));
  if (!installed || !wanted) return false;
  return Object.entries(wanted).every(([path, { version, optional, devOptional, peer }]) => {
    if (path === "") return true;
    const present = installed[path];
    return present ? present.version === version : Boolean(optional || devOptional || peer);
  });
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Whether dist/ is there and newer than everything it is made of. */
export function isBuilt() {
  const program = join(root, "dist", "cli.js");
  // The second is written among the packages, which a new installation empties.
  if (!existsSync(program) || !existsSync(join(root, "node_modules", "spinebook-cells"))) return false;
  const sources = ["src", "scripts/build.mjs", "package.json", "package-lock.json"];
  return Math.max(...sources.map((name) => newest(join(root, name)))) <= statSync(program).mtimeMs;
}

function newest(path) {
  const info = statSync(path);
  if (!info.isDirectory()) return info.mtimeMs;
  return Math.max(info.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}

/** Installs the packages where needed. Ends the process with one sentence when that fails. */
export function install() {
  checkNode();
  if (isInstalled()) return;
  // onnxruntime-node's install script would fetch CUDA libraries (hundreds of MB) from outside the package registry;
  // "skip" leaves them out. Inference on the processor needs none of them.
  const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip" };
  process.stderr.write(
    "Installing the packages of package-lock.json (npm ci, without onnxruntime's CUDA libraries) ...\n",
  );
  const windows = process.platform === "win32";
  const status = runProgram(windows ? "npm.cmd" : "npm", ["ci", "--include=dev", "--no-audit", "--no-fund"], {
    env,
    shell: windows,
  });
  if (status !== 0) stop("npm ci failed; its messages are above. It needs a network and a package registry.");
}

/** Installs and builds where needed. Ends the process with one sentence when that fails. */
export function bootstrap() {
  install();
  if (isBuilt()) return;
  if (runProgram(process.execPath, [join("scripts", "build.mjs")]) !== 0)
    stop("the build failed; its messages are above.");
}

function checkNode() {
  if (Number(process.versions.node.split(".")[0]) < 20)
    stop(`Spinebook needs Node 20 or newer; this is ${process.version}. Get a newer one from nodejs.org.`);
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) bootstrap();
