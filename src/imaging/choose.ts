import { ImagingError, type ImagingCode } from "./errors.js";
import { isNearIsotropic } from "./geometry.js";
import { readSeries, type ReadOptions } from "./read.js";
import type { Contrast, Series } from "./series.js";
import type { Volume } from "./volume.js";

/** Fewer slices than this are a localizer or a fragment, not a study of the spine. */
const FEWEST_SLICES = 3;
/** Problems that keep a series from being loaded or understood at all. */
const FATAL: ReadonlySet<ImagingCode> = new Set<ImagingCode>([
  "not-mr",
  "not-grayscale",
  "mosaic",
  "unsupported-syntax",
  "truncated",
  "no-spacing",
]);
/** Fluid-bright contrasts first: discs are graded on T2. */
const PREFERENCE: readonly Contrast[] = ["T2", "unknown", "STIR", "PD", "T1"];

function isSagittal(series: Series): boolean {
  return series.orientation === "sagittal" || (series.geometry === "patient" && isNearIsotropic(series));
}

function fatalProblem(series: Series) {
  return series.problems.find(({ code }) => FATAL.has(code));
}

function better(a: Series, b: Series): number {
  return (
    PREFERENCE.indexOf(a.contrast) - PREFERENCE.indexOf(b.contrast) ||
    Number(b.orientation === "sagittal") - Number(a.orientation === "sagittal") ||
    b.slices - a.slices ||
    a.problems.length - b.problems.length ||
    (a.id < b.id ? -1 : 1)
  );
}

/**
 * The sagittal T2 series of a study by geometry and contrast; without one, a sagittal series of unknown contrast, then
 * STIR, PD, T1, each the one with most slices. Near-isotropic stacks of any plane count, since they can be re-sliced.
 * A picture without geometry is taken as a sagittal slice.
 * @throws ImagingError that says in one sentence why no series will do.
 */
export function chooseSagittal(series: readonly Series[]): Series {
  if (series.length === 0)
    throw new ImagingError(
      "no-files",
      "There is no series to choose from; give a folder with a sagittal T2 series.",
    );
  const readable = series.filter((one) => fatalProblem(one) === undefined);
  const sagittal = readable.filter(isSagittal);
  const best = sagittal
    .filter((one) => one.geometry === "image" || one.slices >= FEWEST_SLICES)
    .sort(better)[0];
  if (best) return best;
  if (sagittal.length > 0) {
    const most = Math.max(...sagittal.map(({ slices }) => slices));
    throw new ImagingError(
      "too-few-slices",
      `The sagittal series has ${most} slice${most === 1 ? "" : "s"}, as a localizer has; give the whole series (at least ${FEWEST_SLICES} slices).`,
    );
  }
  throw refusal(series, readable);
}

function refusal(series: readonly Series[], readable: readonly Series[]): ImagingError {
  if (readable.length > 0) {
    const planes = [...new Set(readable.map(({ orientation }) => orientation))].join(", ");
    return new ImagingError(
      "no-sagittal",
      `No sagittal series was found, only: ${planes}; give a folder with a sagittal T2 series.`,
    );
  }
  // A sagittal series that cannot be read is closest to what was wanted, so its problem is the one to tell.
  const nearest = series.find(isSagittal) ?? series[0]!;
  const problem = fatalProblem(nearest)!;
  if (problem.code !== "not-mr") return new ImagingError(problem.code, problem.message);
  const kinds = [...new Set(series.map(({ modality }) => modality))].join(", ");
  return new ImagingError(
    "not-mr",
    `Only ${kinds} images were found and no MR; give a folder with a sagittal T2 MR series.`,
  );
}

/** Reads `path`, chooses its sagittal series and loads it. Throws `ImagingError` as the three steps do. */
export async function loadVolume(path: string, options: ReadOptions = {}): Promise<Volume> {
  return chooseSagittal(await readSeries(path, options)).load();
}
