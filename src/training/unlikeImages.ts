import { Random } from "../numbers/index.js";
import type { Volume } from "../imaging/index.js";
import { renderPhantom } from "../phantom/index.js";
import { gradedSeries, seriesOfKind } from "./datasets/index.js";
import type { DatasetPatient } from "./datasets/index.js";

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

/** Rows of every slice from the bottom up: head down. */
export function upsideDown(volume: Volume): Volume {
  const { rows, columns, voxels } = volume;
  return changed(volume, (_, i) => {
    const row = Math.floor(i / columns);
    const first = Math.floor(row / rows) * rows;
    return voxels[(2 * first + rows - 1 - row) * columns + (i % columns)]!;
  });
}

/**
 * Pictures of validation patients that should be flagged: their T1 middle slices, their T2 slices inverted, upside down,
 * under heavy noise and replaced by noise; and phantoms, whose contrast is drawn from physics or at random.
 */
export function unlikeImages(patients: readonly DatasetPatient[]): UnlikeImage[] {
  const t2 = (patient: DatasetPatient): Promise<Volume> => gradedSeries(patient)!.load();
  const t1 = patients.flatMap((patient): UnlikeImage[] => {
    const series = seriesOfKind(patient, "T1");
    return series === undefined ? [] : [{ what: "T1", load: series.load }];
  });
  const noise = (patient: DatasetPatient, keep: number) => async (): Promise<Volume> => {
    const random = new Random(Number(patient.patient.replace(/\D/g, "")));
    return changed(await t2(patient), (value) =>
      Math.abs(Math.round(keep * value + NOISE * random.normal())),
    );
  };
  const half = patients.filter((_, i) => i % 2 === 0);
  const of = (what: string, load: (patient: DatasetPatient) => () => Promise<Volume>): UnlikeImage[] =>
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
