// A folder to try the extension in: build/playground with phantom studies and the demo notebook. Kept as it is where it is there.
//   node scripts/playground.mjs
import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { install, root, runProgram } from "./bootstrap.mjs";

process.chdir(root);
install();
const folder = join("build", "playground");
const steps = [
  ["scripts/build.mjs"],
  ...(existsSync(join(folder, "study-001"))
    ? []
    : [["bin/spinebook.js", "phantom", folder, "--seed", "1", "--studies", "2"]]),
];
for (const args of steps) if (runProgram(process.execPath, args, { stdio: "inherit" }) !== 0) process.exit(1);
mkdirSync(folder, { recursive: true });
const notebook = join(folder, "demo.ipynb");
if (!existsSync(notebook)) copyFileSync(join("notebooks", "demo.ipynb"), notebook);
process.stdout.write(`${folder} is ready.\n`);
