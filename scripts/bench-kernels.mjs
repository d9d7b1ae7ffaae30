// `npm run bench:kernels`: compares the notebook kernel with others. Installs those that npm has (tslab, deno) into
// build/peers, a folder of their own, and measures what is there.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { install, root, runProgram } from "./bootstrap.mjs";

process.chdir(root);
install();
const peers = join("build", "peers");
mkdirSync(peers, { recursive: true });
const manifest = join(peers, "package.json");
if (!existsSync(manifest))
  writeFileSync(manifest, '{ "private": true, "allowScripts": { "deno": true, "zeromq": false } }\n');
const windows = process.platform === "win32";
for (const name of ["tslab@1.0.22", "deno@2.9.6"])
  if (!existsSync(join(peers, "node_modules", name.split("@")[0])))
    if (
      runProgram("npm", ["install", name, "--no-audit", "--no-fund"], {
        cwd: peers,
        stdio: "inherit",
        shell: windows,
      }) !== 0
    )
      process.stderr.write(`${name} cannot be installed here and is left out.\n`);
runProgram(process.execPath, ["scripts/build.mjs", "--tests"], { stdio: "inherit" });
process.exitCode = runProgram(process.execPath, ["build/bench/kernels/main.js", ...process.argv.slice(2)], {
  stdio: "inherit",
});
