// The demo: runs notebooks/demo.ipynb headless and writes the executed notebook and its report into spinebook-demo/.
//   npm run demo                    with the notebook's own parameters
//   npm run demo -- -p seed=7       with others
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { bootstrap, root } from "./bootstrap.mjs";

bootstrap();
const folder = join(root, "spinebook-demo");
const report = join(folder, "report.html");
const command = [
  join(root, "bin", "spinebook.js"),
  "run",
  join(root, "notebooks", "demo.ipynb"),
  "-o",
  join(folder, "demo.ipynb"),
  "--html",
  report,
  ...process.argv.slice(2),
];
const { status } = spawnSync(process.execPath, command, { stdio: "inherit" });
if (status === 0)
  process.stdout.write(
    `\nThe report: ${pathToFileURL(report).href}\nResearch use only. Not a medical device.\n`,
  );
process.exitCode = status ?? 1;
