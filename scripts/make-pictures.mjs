// `npm run make:pictures`: the pictures of docs/ and of the walkthrough that show the example patients, taken anew: in a real VS Code
// workbench and in Chromium. `-- workbench` or `-- pages` makes one half. Linux; look at what it made before it is committed.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bootstrap, root } from "./bootstrap.mjs";
import { pagePictures } from "./pictures/pages.mjs";
import { shrink } from "./pictures/palette.mjs";
import { workbenchPictures } from "./pictures/workbench.mjs";

const HALVES = { workbench: workbenchPictures, pages: pagePictures };
const asked = process.argv.slice(2);
const unknown = asked.find((name) => !(name in HALVES));
if (unknown !== undefined)
  throw new Error(
    `There is no half "${unknown}": say ${Object.keys(HALVES).join(" or ")}, or nothing for both.`,
  );

process.chdir(root);
bootstrap();
const folder = mkdtempSync(join(tmpdir(), "spinebook-pictures-"));
try {
  for (const name of asked.length > 0 ? asked : Object.keys(HALVES)) {
    mkdirSync(join(folder, name));
    for (const path of await HALVES[name](join(folder, name)))
      console.log(`${path}: ${Math.round(shrink(path) / 1000)} kB`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
