import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Random } from "../numbers/index.js";
import { readPng } from "../imaging/index.js";
import type { Volume } from "../imaging/index.js";
import { renderPhantom } from "../phantom/index.js";
import { readMidSlice } from "./spider.js";
import type { SeriesOverview } from "./spider.js";

/** A picture that is not a T2 middle slice as the graders know it, to see whether it is flagged. */
export interface UnlikeImage {
  readonly what: string;
  readonly load: () => Promise<Volume>;
}

/** Standard deviation of added noise, in the 8-bit units of SPIDER's pictures. */
const NOISE = 80;
const PHANTOMS = 15;

function changed(volume: Volume, change: (value: number, index: number) => number): Volume {
  return { ...volume, voxels: Int16Array.from(volume.voxels, change) };
}

function inverted(volume: Volume): Volume {
  let brightest = 0;
  for (const value of volume.voxels) brightest = Math.max(brightest, value);
  return changed(volume, (value) => brightest - value);
}

/** Rows from the bottom up: head down. */
export function upsideDown(volume: Volume): Volume {
  const { rows, columns, voxels } = volume;
  return changed(volume, (_, i) => voxels[(rows - 1 - Math.floor(i / columns)) * columns + (i % columns)]!);
}

/**
 * Pictures of validation patients that should be flagged: their T1 middle slices, their T2 slices inverted, upside down,
 * under heavy noise and replaced by noise; and phantoms, whose contrast is drawn from physics or at random.
 */
export function unlikeImages(
  folder: string,
  patients: readonly string[],
  overview: ReadonlyMap<string, SeriesOverview>,
): UnlikeImage[] {
  const t2 = (patient: string): Promise<Volume> =>
    readMidSlice(folder, patient, overview.get(`${patient}_t2`)!.spacing);
  const t1 = patients.flatMap((patient): UnlikeImage[] => {
    const series = overview.get(`${patient}_t1`);
    const name = `${patient}_t1.png`;
    return series === undefined
      ? []
      : [
          {
            what: "T1",
            load: async () => readPng(await readFile(join(folder, "midslices", name)), series.spacing, name),
          },
        ];
  });
  const noise = (patient: string, keep: number) => async (): Promise<Volume> => {
    const random = new Random(Number(patient));
    return changed(await t2(patient), (value) =>
      Math.abs(Math.round(keep * value + NOISE * random.normal())),
    );
  };
  const half = patients.filter((_, i) => i % 2 === 0);
  const of = (what: string, load: (patient: string) => () => Promise<Volume>): UnlikeImage[] =>
    half.map((patient) => ({ what, load: load(patient) }));
  const phantoms = (appearance: "physics" | "random", what: string): UnlikeImage[] =>
    Array.from({ length: PHANTOMS }, (_, i) => ({
      what,
      // A promise, so that a phantom is drawn when its turn comes.
      load: () => Promise.resolve(renderPhantom({ seed: 9100 + i, slices: 1, appearance }).volume),
    }));
  return [
    ...t1,
    ...of("inverted T2", (patient) => async () => inverted(await t2(patient))),
    ...of("upside-down T2", (patient) => async () => upsideDown(await t2(patient))),
    ...of("T2 with heavy noise", (patient) => noise(patient, 1)),
    ...of("noise only", (patient) => noise(patient, 0)),
    ...phantoms("physics", "phantoms, T2 contrast"),
    ...phantoms("random", "phantoms, random contrast"),
  ];
}
