import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writePhantomStudies } from "../phantom/index.js";
import type { PhantomTruth } from "../phantom/index.js";
import { recordSeed } from "./provenance.js";

/** A synthetic study on disk, with what is true of it. */
export interface PhantomStudy {
  /** Folder with the DICOM files. */
  readonly dicom: string;
  /** In the shape of `grade --json`. */
  readonly truth: PhantomTruth;
}

/**
 * Writes synthetic lumbar spine studies (T2 sagittal DICOM series) and tells what is true of them.
 * @param folder where `study-001/`, `study-002/` ... are made
 * @example const [study] = await makePhantoms("phantoms", { seed: 1, studies: 1 });
 */
export async function makePhantoms(
  folder: string,
  options: { readonly seed: number; readonly studies: number },
): Promise<PhantomStudy[]> {
  recordSeed("phantoms", options.seed);
  const folders = await writePhantomStudies(folder, options);
  return Promise.all(
    folders.map(async (study) => ({
      dicom: join(study, "dicom"),
      truth: JSON.parse(await readFile(join(study, "truth.json"), "utf8")) as PhantomTruth,
    })),
  );
}
