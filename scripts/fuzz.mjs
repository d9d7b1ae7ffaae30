// `npm run fuzz`: bundles the fuzzer (test/fuzz, see its README) and runs it with the given arguments.
import { build } from "esbuild";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runProgram } from "./bootstrap.mjs";

process.chdir(resolve(dirname(fileURLToPath(import.meta.url)), ".."));
const folder = process.env.SPINEBOOK_FUZZ_BUILD ?? join("build", "fuzz");
await build({
  entryPoints: ["main", "child"].map((name) => `test/fuzz/${name}.ts`),
  outdir: folder,
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  external: ["@cornerstonejs/*"],
  // dicom-parser is CommonJS and calls require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
});
process.exitCode = runProgram(process.execPath, [join(folder, "main.js"), ...process.argv.slice(2)], {
  stdio: "inherit",
});
