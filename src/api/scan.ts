import { chooseStudy, readSeries, toSagittal } from "../imaging/index.js";
import type { Problem, SagittalStack, Series, SliceSource, Volume } from "../imaging/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { encodeSlices, jupyterDisplay, slicesBundle } from "./display/index.js";
import type { Displayable } from "./display/index.js";
import { guardIdentities, recordData } from "./provenance.js";
import { requireOptions } from "../statistics/index.js";

/** A sagittal series, loaded. As the last value of a cell it shows its slices. */
export class Scan implements Displayable {
  private upright: SagittalStack | undefined;
  /** Private to the language too: paths may carry names, and what prints a scan must not print them. */
  readonly #series: Series | undefined;
  readonly #t1: Series | undefined;

  constructor(
    /** What it is called in displays: protocol words only, never a name from the file. */
    readonly title: string,
    readonly volume: Volume,
    /** What was unusual when it was read. */
    readonly problems: readonly Problem[],
    found: {
      readonly series?: Series;
      /** The T1 series of the same place. */
      readonly t1?: Series | undefined;
      /** Why these series were taken, in sentences. */
      readonly reasons?: readonly string[];
    } = {},
  ) {
    this.#series = found.series;
    this.#t1 = found.t1;
    this.reasons = found.reasons ?? [];
  }

  /** Why this series of its study was taken, and which one is its T1 partner, in sentences. */
  readonly reasons: readonly string[];

  /** Whether the study holds a T1 series of the same place. */
  get hasT1(): boolean {
    return this.#t1 !== undefined;
  }

  /** Loads the T1 series of the same place; `undefined` where there is none. @throws ImagingError as loading does */
  async loadT1(): Promise<Volume | undefined> {
    const volume = await this.#t1?.load();
    if (volume !== undefined) recordData(volume);
    return volume;
  }

  /** The DICOM files it was read from, for references to them; none for other formats. */
  get sources(): readonly SliceSource[] {
    return this.#series?.sources?.() ?? [];
  }

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
  /** Which series is its T1 partner, by id; without it the sagittal T1 of the same place is taken. */
  readonly t1?: string;
}

/**
 * Loads the sagittal lumbar series of a study: a DICOM file, folder (searched recursively), `.zip` or DICOMDIR, NIfTI (`.nii`,
 * `.hdr` with `.img`, also `.gz`), MetaImage (`.mha`, `.mhd`), NRRD (`.nrrd`, `.nhdr`), or a single `.png` with its pixel spacing.
 * Of several series the T2 sagittal one is taken, with the T1 of the same place as its partner, or those that the options
 * name; `reasons` of the scan says why.
 *
 * @example const scan = await loadSeries("study/");
 * @throws ImagingError with one sentence: no files, no sagittal series, truncated, no spacing ...
 */
export async function loadSeries(path: string, options: LoadOptions = {}): Promise<Scan> {
  requireOptions("loadSeries", options, { spacing: true, series: true, t1: true });
  const { series: t2, t1: partner, ...reading } = options;
  const found = await readSeries(path, { ...reading, onIdentity: guardIdentities });
  const override = { ...(t2 === undefined ? {} : { t2 }), ...(partner === undefined ? {} : { t1: partner }) };
  const { t2: series, t1, reasons } = chooseStudy(found, override);
  const known = [series.orientation, series.contrast].filter((word) => word !== "unknown").join(" ");
  const title = series.description || known || "Scan";
  const volume = await series.load();
  recordData(volume);
  return new Scan(
    `${title}, ${series.slices} slice${series.slices === 1 ? "" : "s"}`,
    volume,
    series.problems,
    { series, t1, reasons },
  );
}
