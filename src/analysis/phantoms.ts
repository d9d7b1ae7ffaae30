import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePhantomStudies } from "../phantom/index.js";
import type { PhantomStudiesOptions, PhantomTruth } from "../phantom/index.js";
import { recordSeed } from "./provenance.js";
import { requireOptions } from "../statistics/index.js";

export { PHANTOM_FAMILIES, PHANTOM_VARIANTS, simulateRater } from "../phantom/index.js";

/** A synthetic study on disk, with what is true of it. */
export interface PhantomStudy {
  /** Folder with the DICOM files. */
  readonly dicom: string;
  /** In the shape of `grade --json`. */
  readonly truth: PhantomTruth;
}

const PHANTOM_OPTIONS = {
  seed: true,
  studies: true,
  columns: true,
  rows: true,
  slices: true,
  inPlane: true,
  sliceSpacing: true,
  severity: true,
  appearance: true,
  contrasts: true,
  fatSuppression: true,
  family: true,
  variant: true,
  artefacts: true,
  progress: true,
  visit: true,
} as const;

/**
 * Writes synthetic lumbar spine studies (a T2 sagittal DICOM series each, a T1 one where asked for) and tells what is true
 * of them. Several are rendered at once.
 * @param folder where `study-001/`, `study-002/` ... are made
 * @param options how many, their seed, and what they shall be like: severity, variant, family, artefacts, contrasts
 * @example const [study] = await makePhantoms("phantoms", { seed: 1, studies: 1 });
 */
export async function makePhantoms(folder: string, options: PhantomStudiesOptions): Promise<PhantomStudy[]> {
  requireOptions("makePhantoms", options, PHANTOM_OPTIONS);
  recordSeed("phantoms", options.seed);
  const folders = await writePhantomStudies(folder, options);
  return Promise.all(
    folders.map(async (study) => ({
      dicom: join(study, "dicom"),
      // Written by this very call: typed, and not checked.
      truth: JSON.parse(await readFile(join(study, "truth.json"), "utf8")) as PhantomTruth,
    })),
  );
}
