import { resolve } from "node:path";
import { chooseStudy, gradableStudies, localPath, readSeries, toSagittal } from "../imaging/index.js";
import { withEstimatedSpacing } from "../detection/index.js";
import type {
  Contrast,
  PictureSpacing,
  Problem,
  ReadOptions,
  SagittalStack,
  Series,
  SliceSource,
  StudyOverride,
  Volume,
} from "../imaging/index.js";
import type { MimeBundle, SeriesPlace, SlicesPayload } from "../protocol/index.js";
import { encodeSlices, jupyterDisplay, saveSlices, slicesBundle } from "../figures/index.js";
import type { Displayable, SavedFigure, SaveSlicesOptions } from "../figures/index.js";
import { modelsFolder } from "./modelsFolder.js";
import { guardIdentities, recordData, recordModels } from "./provenance.js";
import { requireOptions } from "../statistics/index.js";

/** A sagittal series, loaded. As the last value of a cell it shows its slices. */
export class Scan implements Displayable {
  private upright: SagittalStack | undefined;
  /** Private to the language too: paths may carry names, and what prints a scan must not print them. */
  readonly #series: Series | undefined;
  readonly #t1: Series | undefined;
  readonly #path: string | undefined;

  constructor(
    /** What it is called in displays: protocol words only, never a name from the file. */
    readonly title: string,
    readonly volume: Volume,
    /** What was unusual when it was read. */
    readonly problems: readonly Problem[],
    found: {
      readonly series?: Series;
      /** The file or folder that it was read from. */
      readonly path?: string | undefined;
      /** The T1 series of the same place. */
      readonly t1?: Series | undefined;
      /** Why these series were taken, in sentences. */
      readonly reasons?: readonly string[];
      /** How many studies lie where it was found. */
      readonly studies?: number;
    } = {},
  ) {
    this.#series = found.series;
    this.#t1 = found.t1;
    this.#path = found.path;
    this.reasons = found.reasons ?? [];
    this.studies = found.studies ?? 1;
  }

  /** How many studies lie where it was found; the first of the reasons says why this one was taken. */
  readonly studies: number;

  /** Why this series of its study was taken, and which one is its T1 partner, in sentences. */
  readonly reasons: readonly string[];

  /** What tells its pictures from those of all other series, without identity. */
  get place(): SeriesPlace {
    const { columns, rows, slices, affine } = this.volume;
    const { id, study } = this.#series ?? {};
    return { series: id, study, size: [columns, rows, slices], affine: [...affine] };
  }

  /** Its weighting by the header: a hint; `detect` looks at the picture, too. */
  get contrast(): Contrast {
    return this.#series?.contrast ?? "unknown";
  }

  /** Whether the study holds a T1 series of the same place. */
  get hasT1(): boolean {
    return this.#t1 !== undefined;
  }

  /** Loads the T1 series of the same place; `undefined` where there is none. @throws ImagingError as loading does */
  async loadT1(): Promise<Volume | undefined> {
    return this.#t1 === undefined ? undefined : loadSized(this.#t1);
  }

  /** The series that it was loaded from. Its files' paths may carry names: they are never to be shown. */
  get series(): Series | undefined {
    return this.#series;
  }

  /** The file or folder that it was read from; it may carry a name, and is never to be shown. */
  get path(): string | undefined {
    return this.#path;
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

  /** Its slices for display. */
  slices(): SlicesPayload {
    const remark = this.problems.map(({ message }) => message).join(" ");
    return encodeSlices({ volume: this.stack.volume, title: this.title, remark });
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    return slicesBundle(this.slices());
  }

  /**
   * Writes a slice as a file, by the ending `.svg`, `.png` or `.pdf`.
   * @throws RangeError for a slice, ending, width, density, theme or folder that cannot be
   */
  save(path: string, options?: Omit<SaveSlicesOptions, "heat">): Promise<SavedFigure> {
    return saveSlices(this.slices(), path, options);
  }
}

export interface LoadOptions {
  /**
   * Distance between pixels in mm, for pictures (PNG, JPEG), which do not carry it; "auto" where nobody knows it: then it is estimated from
   * the size of the vertebral bodies, and every length is marked as an estimate.
   */
  readonly spacing?: PictureSpacing;
  /** Of several studies, which one, by the id that `spinebook read` lists. */
  readonly study?: string;
  /** Which series, by the id that `spinebook read` lists; without it the sagittal T2 series is taken. */
  readonly series?: string;
  /** Which series is its T1 partner, by id; without it the sagittal T1 of the same place is taken. */
  readonly t1?: string;
}

/** The voxels of a series; of a picture without spacing, at one that is estimated. */
async function loadSized(series: Series): Promise<Volume> {
  const stored = await series.load();
  if (stored.scale === "unknown") await recordModels("detector", "corners");
  const volume = await withEstimatedSpacing(stored, modelsFolder());
  recordData(volume);
  return volume;
}

function readGuarded(path: string, options: ReadOptions): Promise<Series[]> {
  return readSeries(path, { ...options, onIdentity: guardIdentities });
}

async function scanOf(found: readonly Series[], override: StudyOverride, path: string): Promise<Scan> {
  const { t2: series, t1, reasons, studies } = chooseStudy(found, override);
  const known = [series.orientation, series.contrast].filter((word) => word !== "unknown").join(" ");
  const title = series.description || known || "Scan";
  const volume = await loadSized(series);
  return new Scan(
    `${title}, ${series.slices} slice${series.slices === 1 ? "" : "s"}`,
    volume,
    series.problems,
    { series, t1, reasons, studies, path: resolve(localPath(path)) },
  );
}

/**
 * Loads the sagittal lumbar series of a study: a DICOM file, folder (searched recursively), `.zip` or DICOMDIR, NIfTI (`.nii`,
 * `.hdr` with `.img`, also `.gz`), MetaImage (`.mha`, `.mhd`), NRRD (`.nrrd`, `.nhdr`), or a single `.png` or `.jpg` with its pixel spacing.
 * Of several series the T2 sagittal one is taken, with the T1 of the same place as its partner, or those that the options
 * name; of several studies the only one with such a series. `reasons` of the scan says why.
 *
 * @example const scan = await loadSeries("study/");
 * @throws ImagingError with one sentence: no files, no sagittal series, several studies, truncated, no spacing ...
 */
export async function loadSeries(path: string, options: LoadOptions = {}): Promise<Scan> {
  requireOptions("loadSeries", options, { spacing: true, study: true, series: true, t1: true });
  const { series: t2, t1, study, ...reading } = options;
  const named = {
    ...(study === undefined ? {} : { study }),
    ...(t2 === undefined ? {} : { t2 }),
    ...(t1 === undefined ? {} : { t1 }),
  };
  return scanOf(await readGuarded(path, reading), named, path);
}

/** One of the studies in a folder, not loaded yet. */
export interface FoundStudy {
  /** For the option `study` of {@link loadSeries}. */
  readonly id: string;
  /** How many series it has. */
  readonly series: number;
  /** As {@link loadSeries} does. */
  readonly load: () => Promise<Scan>;
}

/**
 * The studies in a folder that can be graded, found by their headers in one go. Many of them are better graded by
 * `gradeCohort`, which goes on where it was stopped.
 *
 * @example for (const study of await findStudies("patients/")) display(await grade(await study.load()));
 * @throws ImagingError as {@link loadSeries} does for what cannot be read; where no study can be graded the list is empty
 */
export async function findStudies(
  path: string,
  options: Pick<LoadOptions, "spacing"> = {},
): Promise<FoundStudy[]> {
  requireOptions("findStudies", options, { spacing: true });
  const found = await readGuarded(path, options);
  return gradableStudies(found).map(({ id, series }) => ({
    id,
    series: series.length,
    load: () => scanOf(found, { study: id }, path),
  }));
}
