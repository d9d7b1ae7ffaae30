// Installs, once a machine, a real VS Code workbench where VS Code itself cannot be downloaded: the npm package code-server
// (the whole VS Code server), the Node 24 it wants, and Debian's Chromium to show it in. Plain Node, no dependencies.
//
//   node scripts/vscode-host.mjs      installs what is missing (about 600 MB) and prints the paths as JSON
//
// Native modules are not built: a compiler would work two minutes for a terminal, a log and a watchdog that no test uses.
//
// The cache folder lies outside the checkout and is keyed by version; SPINEBOOK_CACHE moves it.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const version = "4.139.1";
const nodeMajor = "24";
const debianPackages = ["chromium"];
const NPM_QUIET = ["--ignore-scripts", "--no-audit", "--no-fund"];

/**
 * Makes sure that the host is installed; a second call only looks.
 *
 * @param {(line: string) => void} say told of each step that is done
 * @returns {{ node: string, codeServer: string, serverMain: string, chromium: string }} absolute paths: Node 24, code-server's
 *   command line entry (as a user starts it), the bare VS Code server (for extension tests), and Chromium
 * @throws {Error} where the platform has no such packages or a step fails; the message says which and what to do
 */
export function ensureHost(say = (line) => process.stderr.write(`${line}\n`)) {
  if (process.platform !== "linux" || !["x64", "arm64"].includes(process.arch))
    throw new Error(
      `The code-server host is for Linux on x64 or arm64, not ${process.platform}-${process.arch}; use @vscode/test-electron here.`,
    );
  const folder = join(
    process.env.SPINEBOOK_CACHE ?? join(homedir(), ".cache", "spinebook"),
    `vscode-host-${version}`,
  );
  ensureDebianPackages(say);
  const nodePackage = ensureNode(join(folder, "node"), say);
  const server = ensureCodeServer(join(folder, "server"), nodePackage, say);
  return {
    node: join(nodePackage, "bin", "node"),
    codeServer: join(server, "out", "node", "entry.js"),
    serverMain: join(server, "lib", "vscode", "out", "server-main.js"),
    chromium: process.env.CHROMIUM ?? "/usr/bin/chromium",
  };
}

function ensureDebianPackages(say) {
  const missing = debianPackages.filter((name) => !isInstalled(name));
  if (missing.length === 0) return;
  const command = `apt-get install -y --no-install-recommends ${missing.join(" ")}`;
  if (process.getuid() !== 0) throw new Error(`Debian packages are missing. Run as root: ${command}`);
  say(`installing Debian packages: ${missing.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { env });
  run("apt-get", command.split(" ").slice(1), { env });
}

function isInstalled(debianPackage) {
  try {
    const status = execFileSync("dpkg-query", ["-W", "-f=${Status}", debianPackage], {
      encoding: "utf8",
      stdio: "pipe",
    });
    return status.endsWith("ok installed");
  } catch {
    return false;
  }
}

/** Node has a folder of its own: beside code-server npm would move it while it runs. */
function ensureNode(folder, say) {
  const name = `node-linux-${process.arch}`;
  const installed = join(folder, "node_modules", name);
  if (!existsSync(join(installed, "bin", "node"))) {
    say(`installing ${name}@${nodeMajor}`);
    npmInstall(folder, `${name}@${nodeMajor}`, process.env);
  }
  return installed;
}

function ensureCodeServer(folder, nodePackage, say) {
  const installed = join(folder, "node_modules", "code-server");
  const done = join(folder, "installed");
  if (existsSync(done) && readFileSync(done, "utf8").trim() === version) return installed;
  say(`installing code-server@${version}`);
  const env = { ...process.env, PATH: join(nodePackage, "bin") + delimiter + process.env.PATH };
  npmInstall(folder, `code-server@${version}`, env);
  // What the package's own install script does, without scripts of what it installs.
  const code = join(installed, "lib", "vscode");
  for (const part of [code, join(code, "extensions")])
    run("npm", ["install", "--omit=dev", ...NPM_QUIET], { cwd: part, env });
  // Written last, so that an installation that was cut short is done again.
  writeFileSync(done, version);
  return installed;
}

function npmInstall(folder, specifier, env) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
  run("npm", ["install", ...NPM_QUIET, specifier], { cwd: folder, env });
}

/** Runs a command with its output on standard error; standard output stays for this script's JSON. */
function run(command, args, options) {
  try {
    execFileSync(command, args, { ...options, stdio: ["ignore", 2, 2] });
  } catch (error) {
    throw new Error(`\`${command} ${args.join(" ")}\` failed (${error.message}); its output is above.`, {
      cause: error,
    });
  }
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    process.stdout.write(`${JSON.stringify(ensureHost(), null, 2)}\n`);
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
