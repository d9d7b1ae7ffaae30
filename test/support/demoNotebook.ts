/** The demo notebook as tests take it. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Writes a copy that compares fewer patients with their radiologist: grading all 24 takes most of its time. */
export function copyDemo(path: string, compared = 4): void {
  const text = readFileSync(join("notebooks", "demo.ipynb"), "utf8");
  const parameter = "const compared = 24;";
  if (!text.includes(parameter)) throw new Error(`demo.ipynb has no "${parameter}"`);
  writeFileSync(path, text.replace(parameter, `const compared = ${compared};`));
}
