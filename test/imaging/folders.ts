import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeDicomSeries, type Volume } from "../../src/imaging/index.js";

/** Runs `work` with a folder of its own, which is removed afterwards. */
export async function withFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "imaging-"));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A sagittal stack of `slices` slices of `size` x `size` distinct pixels, 4 mm apart. */
export function sagittalVolume(slices: number, size: number): Volume {
  const voxels = Int16Array.from({ length: slices * size * size }, (_, i) => (i * 7919) % 4096);
  // Columns run posterior, rows to the feet, slices to the right.
  const affine = [0, 0, -4, 30, 0.8, 0, 0, -20, 0, -0.8, 0, 100, 0, 0, 0, 1];
  return { voxels, columns: size, rows: size, slices, spacing: [0.8, 0.8, 4], affine, geometry: "patient" };
}

/** Writes series of one study below `folder`, each into a folder of its own. */
export async function writeStudy(
  folder: string,
  seed: string,
  series: number,
  volume: Volume,
): Promise<void> {
  for (let number = 1; number <= series; number++)
    await writeDicomSeries(join(folder, `series ${number}`), volume, {
      studySeed: seed,
      seriesNumber: number,
      seriesDescription: number % 2 === 0 ? "T1 SAG" : "T2 SAG",
      patientId: "phantom",
      isSynthetic: true,
      echoTime: number % 2 === 0 ? 10 : 100,
      repetitionTime: number % 2 === 0 ? 500 : 3500,
    });
}
