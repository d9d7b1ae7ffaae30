/** What a cohort holds: plain records that importers and batches make, the store keeps and cells query. */

/** One visit of a patient to the scanner. Ids are pseudonyms: never a name, a hospital's number or a DICOM UID. */
export interface StudyRecord {
  readonly study: string;
  readonly patient: string;
  /** Where it came from, such as `SPIDER`, `RSNA 2024`, or `local`. */
  readonly dataset: string;
  /** Years. */
  readonly age?: number;
  readonly sex?: "F" | "M";
  /** A day, shifted by an amount of the patient's own: intervals between a patient's studies are true, dates are not. */
  readonly day?: number;
  /** What it was examined on, such as `SIEMENS 1.5 T`. */
  readonly scanner?: string;
  /** Values of columns of one's own, such as `{ hospital: "north", weight: 71 }`. */
  readonly more?: Readonly<Record<string, string | number | boolean>>;
}

/** A series of images of a study. */
export interface SeriesRecord {
  readonly series: string;
  readonly study: string;
  /** `T1`, `T2`, `T2FS` (fat suppressed), `STIR`, `PD` or `unknown`. */
  readonly contrast: string;
  /** `sagittal`, `axial`, `coronal` or `unknown`. */
  readonly orientation: string;
  readonly columns?: number;
  readonly rows?: number;
  readonly slices?: number;
  /** mm between columns, rows, slices. */
  readonly spacing?: readonly [number, number, number];
  /** Tesla. */
  readonly fieldStrength?: number;
  readonly manufacturer?: string;
  /** Whether the spacing was estimated from what a picture shows: its file does not tell it. */
  readonly isSpacingEstimated?: boolean;
  /** Where the images lie, to open them again. It may hold a name, so it is shown and exported nowhere. */
  readonly location?: string;
}

/** A disc as a model found it. */
export interface DetectionRecord {
  readonly study: string;
  readonly series: string;
  /** Hash of the weights. */
  readonly model: string;
  readonly level: string;
  /** Patient LPS mm. */
  readonly centre: readonly [number, number, number];
  /** Degrees, positive when the back is lower. */
  readonly angle: number;
  /** mm. */
  readonly width: number;
  readonly height: number;
  /** In the upright sagittal stack. */
  readonly slice: number;
  readonly column: number;
  readonly row: number;
  /** Whether the lengths rest on an estimated spacing. */
  readonly areLengthsEstimated?: boolean;
}

/** One reading of one disc by one rater. */
export interface ReadingRecord {
  readonly study: string;
  /** The series that was read; empty where the source does not say. */
  readonly series: string;
  /** `T12-L1` ... `L5-S1`. */
  readonly level: string;
  /** Who read: `model`, a data set's own readers, or a person's pseudonym. */
  readonly rater: string;
  /** Hash of the weights where the rater is a model (the name of one whose weights are not here), else empty. */
  readonly model: string;
  /** The reader whose convention the Pfirrmann grades of a model follow; absent where none was named, and where a person read. */
  readonly reader?: string;
  /** 1 for the first reading, 2 for a repeated one ... */
  readonly reading: number;
  /** Grades by key of `COHORT_FEATURES`; what was not graded is absent. */
  readonly grades: Readonly<Record<string, number>>;
  /** Class probabilities by key, where the rater is a model. */
  readonly probabilities?: Readonly<Record<string, readonly number[]>>;
  /** Codes of what makes the reading doubtful, such as `transitional`, where the rater is a model. */
  readonly flags?: readonly string[];
  /** ISO 8601 time of the reading, where known. */
  readonly at?: string;
}

/** Something in a source that was unusual, and what was done about it. Nothing is left out in silence. */
export interface Anomaly {
  /** Name of the file without its folder. */
  readonly file: string;
  /** Line in the file, counted from 1, its header included. */
  readonly line?: number;
  /** Short and stable, such as `unknown-level`. */
  readonly code: string;
  readonly message: string;
  /** Whether the row or value was left out because of it. */
  readonly isLeftOut: boolean;
}

/** What an importer makes of a data set. */
export interface CohortRecords {
  readonly studies: readonly StudyRecord[];
  readonly series: readonly SeriesRecord[];
  readonly detections?: readonly DetectionRecord[];
  readonly readings: readonly ReadingRecord[];
  readonly anomalies: readonly Anomaly[];
}
