import { createHash } from "node:crypto";
import type { ImagingCode } from "./errors.js";
import type { Affine, Vec3, Volume } from "./volume.js";

/** Something a person should know about a series; it does not always stop the reading. */
export interface Problem {
  readonly code: ImagingCode;
  readonly message: string;
}

/**
 * Weighting guessed from echo time, repetition time, scan options and protocol words; a hint, not a fact. `T2FS` is T2 with fat
 * suppressed by other means than STIR: SPAIR, spectral saturation, Dixon's picture of water.
 */
export type Contrast = "T1" | "T2" | "T2FS" | "STIR" | "PD" | "unknown";

/** The plane a slice lies in, by its normal. */
export type Orientation = "sagittal" | "axial" | "coronal" | "oblique" | "unknown";

/** A file that a series is read from, and which of its frames (from 0). A path may carry a name: it is never to be shown. */
export interface SliceSource {
  readonly path: string;
  readonly frame: number;
  /** The whole file, on disk or in an archive. */
  read(): Promise<Uint8Array>;
}

/** What a cohort may know of who was examined, when and on what; nothing that names a person. */
export interface Subject {
  /** Stable hash that the examinations of one patient share. */
  readonly patient?: string;
  readonly sex?: "F" | "M";
  /** Years. */
  readonly age?: number;
  /** Days from 1970 to the examination: a date, which is to be shifted before it is kept anywhere. */
  readonly day?: number;
  /** Tesla. */
  readonly fieldStrength?: number;
  readonly manufacturer?: string;
}

/** One stack of slices with a common plane and matrix, described without decoding its pixels. */
export interface Series {
  /** Stable hash; carries no UID and no identity. */
  readonly id: string;
  /** Stable hash that the series of one examination share; absent where the file does not say. */
  readonly study?: string;
  /** Protocol words of SeriesDescription (weighting, plane, technique); everything else is left out. */
  readonly description: string;
  /** DICOM modality, or "" where the file does not say. */
  readonly modality: string;
  readonly contrast: Contrast;
  readonly orientation: Orientation;
  readonly rows: number;
  readonly columns: number;
  readonly slices: number;
  /** mm between columns, rows and slices. */
  readonly spacing: Vec3;
  /** As in `Volume.geometry`. */
  readonly geometry: Volume["geometry"];
  /** As in `Volume.affine`. */
  readonly affine: Affine;
  readonly problems: readonly Problem[];
  /** Decodes the voxels. Throws `ImagingError` when the pixel data is truncated, unsupported or inconsistent. */
  load(): Promise<Volume>;
  /** The DICOM files behind the slices, in their order, for references to them; absent for other formats. */
  sources?(): readonly SliceSource[];
  /** Who was examined, as far as a cohort may know it; a function, so that what prints a series does not print it. */
  subject?(): Subject;
}

/** Short stable name for the series behind `key`. */
export function hashId(key: string): string {
  return createHash("sha256").update(key).digest("hex").slice(0, 12);
}
