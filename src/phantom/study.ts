import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDicomSeries } from "../imaging/index.js";
import type { PhantomOptions } from "./options.js";
import { renderPhantom } from "./render.js";

/** Options of a batch of studies; study i is rendered from seed × 1000 + i. */
export type PhantomStudiesOptions = Omit<PhantomOptions, "seed"> & {
  readonly seed: number;
  readonly studies: number;
};

/** Name of study i, counted from 0. */
export function studyName(index: number): string {
  return `study-${String(index + 1).padStart(3, "0")}`;
}

/** Renders and writes study `index` into `folder/study-NNN`: `dicom/*.dcm` with `truth.json` beside. */
export async function writeStudy(
  folder: string,
  options: PhantomStudiesOptions,
  index: number,
): Promise<void> {
  const study = join(folder, studyName(index));
  const seed = options.seed * 1000 + index;
  const { volume, t1, truth, sequences } = renderPhantom({ ...options, seed });
  await mkdir(join(study, "dicom"), { recursive: true });
  const shared = {
    studySeed: String(seed),
    isSynthetic: true,
    patientId: `phantom-${options.seed}-${index + 1}`,
  };
  await writeDicomSeries(join(study, "dicom"), volume, {
    ...shared,
    seriesDescription: "T2 sagittal phantom",
    ...sequences.T2,
  });
  if (t1 !== undefined)
    await writeDicomSeries(join(study, "dicom"), t1, {
      ...shared,
      seriesNumber: 2,
      seriesDescription: "T1 sagittal phantom",
      ...sequences.T1,
    });
  await writeFile(join(study, "truth.json"), `${JSON.stringify(truth, undefined, 1)}\n`);
}
