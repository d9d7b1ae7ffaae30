// `npm run test:coverage -- WORDS`: which lines of src/ the unit tests reach (or the test files whose path contains one of the words);
// the summary is printed, the pages lie in build/coverage/. Not bundled, so that each line is counted where it is written.
import { build } from "esbuild";
import { rmSync } from "node:fs";
import { join, sep } from "node:path";
import { bootstrap, root, runProgram } from "./bootstrap.mjs";
import { filesBelow, nodeBundle } from "./nodeBundle.mjs";
import { runFiles } from "./testing/runFiles.mjs";
import { isAskedFor } from "./testing/stages.mjs";

process.chdir(root);
bootstrap();
const words = process.argv.slice(2);
const [outdir, measured] = [join("build", "unbundled"), join("build", "coverage-raw")];
for (const folder of [outdir, measured, join("build", "coverage")])
  rmSync(folder, { recursive: true, force: true });
/** Sources stay files of their own; only data that they import (JSON) come in. */
const unbundled = {
  name: "unbundled",
  setup: ({ onResolve }) => onResolve({ filter: /^\..*\.js$/ }, ({ path }) => ({ path, external: true })),
};
await build({
  ...nodeBundle,
  external: [],
  alias: {},
  packages: "external",
  plugins: [unbundled],
  entryPoints: ["src", "test", "bench"]
    .flatMap((folder) => filesBelow(folder, ".ts"))
    .filter((file) => !file.endsWith(".d.ts")),
  outdir,
  outbase: ".",
});
const tests = filesBelow(outdir, ".test.js").filter((file) => isAskedFor(file.split(sep).join("/"), words));
process.env.SPINEBOOK_THREADS ??= "1";
process.env.NODE_V8_COVERAGE = measured;
const { failed } = await runFiles(
  tests.map((file) => join(root, file)),
  2,
);
delete process.env.NODE_V8_COVERAGE;
const report = ["report", "--temp-directory", measured, "--reports-dir", join("build", "coverage")];
report.push(
  "--reporter",
  "text-summary",
  "--reporter",
  "html",
  "--exclude-after-remap",
  "--include",
  "src/**/*.ts",
);
const status = runProgram(process.execPath, ["node_modules/c8/bin/c8.js", ...report], { stdio: "inherit" });
process.exitCode = failed > 0 ? 1 : status;
