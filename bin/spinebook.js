#!/usr/bin/env node
// Launcher of the `spinebook` command: checks Node, builds dist/ in a checkout where it is missing, and starts it.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const packageRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const program = join(packageRoot, "dist", "cli.js");

/** Ends with one sentence on stderr. */
function stop(sentence) {
  process.stderr.write(`spinebook: ${sentence}\n`);
  process.exit(1);
}

if (Number(process.versions.node.split(".")[0]) < 20)
  stop(`it needs Node 20 or newer; this is ${process.version}. Get a newer one from nodejs.org.`);

if (!existsSync(program)) {
  const builder = join(packageRoot, "scripts", "build.mjs");
  if (!existsSync(builder))
    stop("this installation is incomplete (dist/cli.js is missing); install the package again.");
  if (!existsSync(join(packageRoot, "node_modules", "esbuild")))
    stop("this checkout is not set up yet; run `node scripts/bootstrap.mjs` in its folder once.");
  process.stderr.write("spinebook: building it first (`npm run build`) ...\n");
  // The build's own messages go to stderr, because stdout is for results.
  const { status } = spawnSync(process.execPath, [builder], { stdio: ["ignore", 2, 2] });
  if (status !== 0 || !existsSync(program)) stop("the build failed; its messages are above.");
}

// A reader that closes the pipe early (`spinebook read ... | head`) is no error.
process.stdout.on("error", (error) => {
  process.exit(error.code === "EPIPE" ? 0 : 1);
});

// The first Ctrl+C lets a command that asks for this signal stop in order, the second one ends it; any other command ends at the first, also
// in the middle of a calculation, as nothing listens.
const interruption = new AbortController();
let isAskedFor = false;
function stopSignal() {
  if (!isAskedFor) {
    process.once("SIGINT", () => interruption.abort());
    // So do Slurm and Kubernetes ask a job to end.
    process.once("SIGTERM", () => interruption.abort());
  }
  isAskedFor = true;
  return interruption.signal;
}

const { main } = await import(pathToFileURL(program).href);
process.exitCode = await main(process.argv.slice(2), {
  packageRoot,
  out: (line) => process.stdout.write(`${line}\n`),
  log: (line) => process.stderr.write(`${line}\n`),
  get signal() {
    return stopSignal();
  },
});
