import { chooseStudy, ImagingError, readSeries } from "../../imaging/index.js";
import type { Series } from "../../imaging/index.js";
import type { DatasetSeries } from "./types.js";

/** Weightings that discs are graded on, and what says nothing of its weighting (NIfTI). */
const GRADED: readonly string[] = ["T2", "unknown"];

/** The series of one study, or why none of them can be used. */
export interface StudySeries {
  readonly series: readonly DatasetSeries[];
  readonly problem?: string;
}

/**
 * The sagittal T2 series of a study, and its T1 partner, by the headers of its files; voxels are read when they are asked for.
 * @param paths folders or files that hold the study
 * @param name how log lines call it
 */
export async function studySeries(
  paths: readonly string[],
  name: string,
  given?: readonly Series[],
): Promise<StudySeries> {
  try {
    const all = given ?? (await Promise.all(paths.map((path) => readSeries(path)))).flat();
    const { t2, t1 } = chooseStudy(all);
    if (!GRADED.includes(t2.contrast)) return { series: [], problem: "without a T2 series" };
    return {
      series: [
        // A study of several folders has no place of its own.
        {
          ...{ name: `${name} T2`, kind: "T2", load: () => t2.load() },
          ...(paths.length === 1 ? { place: () => ({ path: paths[0]! }) } : {}),
        },
        ...(t1 === undefined ? [] : [{ name: `${name} T1`, kind: "T1" as const, load: () => t1.load() }]),
      ],
    };
  } catch (error) {
    if (!(error instanceof ImagingError)) throw error;
    return {
      series: [],
      problem:
        error.code === "several-studies"
          ? "with several studies in one folder"
          : "with images that cannot be read or hold no sagittal series",
    };
  }
}
