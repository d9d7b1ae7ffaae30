// `npm run make:examples -- SPIDER LSMA`: bundles scripts/examples and makes examples/ anew from the SPIDER data.
import { build } from "esbuild";
import { join } from "node:path";
import { root, runProgram } from "./bootstrap.mjs";
import { nodeBundle } from "./nodeBundle.mjs";

process.chdir(root);
const outfile = join("build", "examples", "main.js");
await build({ ...nodeBundle, entryPoints: ["scripts/examples/main.ts"], outfile });
process.exitCode = runProgram(process.execPath, [outfile, ...process.argv.slice(2)], { stdio: "inherit" });
