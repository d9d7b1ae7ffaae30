import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { writeDicomSeries } from "../imaging/index.js";
import { renderPhantom } from "./render.js";

/**
 * Writes synthetic studies: `folder/study-NNN/dicom/*.dcm` with `truth.json` beside.
 * @returns the study folders, in order
 */
export async function writePhantomStudies(
  folder: string,
  { seed, studies }: { readonly seed: number; readonly studies: number },
): Promise<string[]> {
  const folders: string[] = [];
  for (let i = 0; i < studies; i++) {
    const study = join(folder, `study-${String(i + 1).padStart(3, "0")}`);
    const { volume, truth } = renderPhantom({ seed: seed * 1000 + i });
    await mkdir(join(study, "dicom"), { recursive: true });
    await writeDicomSeries(join(study, "dicom"), volume, {
      studySeed: String(seed * 1000 + i),
      seriesDescription: "T2 sagittal phantom",
      isSynthetic: true,
      patientId: `phantom-${seed}-${i + 1}`,
      repetitionTime: 3500,
      echoTime: 105,
    });
    await writeFile(join(study, "truth.json"), `${JSON.stringify(truth, undefined, 1)}\n`);
    folders.push(study);
  }
  return folders;
}
