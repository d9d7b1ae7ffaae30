/** Studies for tests that need whole ones, though not all of their slices. */
import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { spinebook } from "./cli.js";

/** Slices that are left of a study: those about the middle tell of a disc. */
const KEPT = 5;

/**
 * Writes synthetic studies as `spinebook phantom` does and leaves the middle slices of each, which a third of the time goes through.
 * @param folder that gets `study-001/dicom`, `study-002/dicom` ...
 */
export function makeThinStudies(folder: string, seed: number, studies = 1): void {
  const made = spinebook(["phantom", folder, "--seed", String(seed), "--studies", String(studies)]);
  assert.equal(made.code, 0, made.stderr);
  for (const study of readdirSync(folder)) {
    const files = readdirSync(join(folder, study, "dicom")).sort();
    const first = Math.floor((files.length - KEPT) / 2);
    for (const [i, file] of files.entries())
      if (i < first || i >= first + KEPT) rmSync(join(folder, study, "dicom", file));
  }
}
