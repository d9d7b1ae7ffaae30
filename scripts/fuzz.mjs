// `npm run fuzz`: bundles the fuzzer (test/fuzz, see its README) and runs it with the given arguments.
import { build } from "esbuild";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./bootstrap.mjs";
import { nodeBundle } from "./nodeBundle.mjs";

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
const folder = process.env.SPINEBOOK_FUZZ_BUILD ?? join("build", "fuzz");
await build({
  ...nodeBundle,
  entryPoints: ["main", "child"].map((name) => `test/fuzz/${name}.ts`),
  outdir: folder,
});
process.exitCode = runProgram(process.execPath, [join(folder, "main.js"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
