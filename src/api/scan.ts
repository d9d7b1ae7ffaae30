import { chooseSagittal, ImagingError, readSeries, toSagittal } from "../imaging/index.js";
import type { Problem, SagittalStack, Series, Volume } from "../imaging/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { encodeSlices, jupyterDisplay, slicesBundle } from "./display/index.js";
import type { Displayable } from "./display/index.js";
import { guardIdentities, recordData } from "./provenance.js";

/** A sagittal series, loaded. As the last value of a cell it shows its slices. */
export class Scan implements Displayable {
  private upright: SagittalStack | undefined;

  constructor(
    /** What it is called in displays: protocol words only, never a name from the file. */
    readonly title: string,
    readonly volume: Volume,
    /** What was unusual when it was read. */
    readonly problems: readonly Problem[],
  ) {}

  /** The volume turned upright, anterior to the left. Throws an ImagingError where it has no sagittal reading. */
  get stack(): SagittalStack {
    this.upright ??= toSagittal(this.volume);
    return this.upright;
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    const remark = this.problems.map(({ message }) => message).join(" ");
    return slicesBundle(encodeSlices({ volume: this.stack.volume, title: this.title, remark }));
  }
}

export interface LoadOptions {
  /** Distance between pixels in mm, for pictures (PNG) that do not carry it. */
  readonly spacing?: number;
  /** Which series, by the id that `spinebook read` lists; without it the sagittal T2 series is taken. */
  readonly series?: string;
}

/**
 * Loads the sagittal lumbar series of a study: a DICOM file or folder (searched recursively), `.nii`, `.nii.gz`, `.mha`,
 * `.nrrd`, or a single `.png` with its pixel spacing. Of several series the T2 sagittal one is taken, or the one that
 * `options.series` names.
 *
 * @example const scan = await loadSeries("study/");
 * @throws ImagingError with one sentence: no files, no sagittal series, truncated, no spacing ...
 */
export async function loadSeries(path: string, options: LoadOptions = {}): Promise<Scan> {
  const found = await readSeries(path, { ...options, onIdentity: guardIdentities });
  const series = options.series === undefined ? chooseSagittal(found) : seriesWithId(found, options.series);
  const known = [series.orientation, series.contrast].filter((word) => word !== "unknown").join(" ");
  const title = series.description || known || "Scan";
  const volume = await series.load();
  recordData(volume);
  return new Scan(
    `${title}, ${series.slices} slice${series.slices === 1 ? "" : "s"}`,
    volume,
    series.problems,
  );
}

/** @throws ImagingError that lists the ids that are there. */
function seriesWithId(found: readonly Series[], id: string): Series {
  const series = found.find((one) => one.id === id);
  if (series) return series;
  const ids = found.map((one) => `"${one.id}" (${one.orientation}, ${one.contrast})`).join(", ");
  throw new ImagingError(
    "no-files",
    `There is no series "${id}" here; ${ids === "" ? "none was found" : `choose one of ${ids}`}.`,
  );
}
