/** Mime types and payloads of the displays: written by `src/api`, drawn by `src/renderers`. */

export const SLICES_MIME = "application/vnd.spinebook.slices+json";
export const GRADES_MIME = "application/vnd.spinebook.grades+json";
export const PLOTLY_MIME = "application/vnd.plotly.v1+json";
export const TABLE_MIME = "application/vnd.dataresource+json";

/** Four corners as (column, row) in display pixels, in drawing order. */
export type Quad = readonly (readonly [number, number])[];

/** An outline with a name, drawn on one slice or on a range of slices. */
export interface Outline {
  readonly kind: "vertebra" | "disc";
  /** Level name, such as `L4` or `L4-L5`. */
  readonly label: string;
  /** Short text behind the label, such as a grade; empty for none. */
  readonly note: string;
  readonly corners: Quad;
  /** First and last slice (inclusive) on which it is drawn. */
  readonly slices: readonly [number, number];
}

/** A heat volume over the slices of the picture, 0 (nothing) to 255 (strongest evidence). */
export interface HeatLayer {
  /** What it is evidence for, such as `L4-L5 Pfirrmann`. */
  readonly label: string;
  /** Top left (column, row) and first slice, in display pixels, of the box that the heat covers. */
  readonly origin: readonly [number, number, number];
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** base64 of the raw-deflated Uint8 values, [slice][row][column]. */
  readonly values: string;
  /** Where the heat lies and what of the score it explains, as a line; absent in notebooks of before. */
  readonly line?: string;
  /** What the line means, and what was measured of such heat. */
  readonly note?: string;
}

/** Payload of {@link SLICES_MIME}: a stack of sagittal slices, upright, anterior to the left. */
export interface SlicesPayload {
  readonly version: 1;
  readonly title: string;
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  /** mm between columns, rows and slices. */
  readonly spacing: readonly [number, number, number];
  /** Where the spacing is an estimate, and with it every length; see `lengthText`. */
  readonly lengths?: "estimated";
  /** Letters at the left, right, top and bottom edge of the picture: A, P, H, F, R, L. */
  readonly orientation: readonly [string, string, string, string];
  /** base64 of the raw-deflated bytes of the Int16 values, delta-coded by row, [slice][row][column]; see `codec.ts`. */
  readonly voxels: string;
  readonly window: { readonly centre: number; readonly width: number };
  readonly initialSlice: number;
  readonly outlines: readonly Outline[];
  readonly heat: readonly HeatLayer[];
  /** A remark for the reader, such as that the picture was reduced in size to keep the notebook small; empty for none. */
  readonly remark: string;
  /**
   * Three rows of four numbers that lead from (column, row, slice, 1) of the display to patient LPS millimetres; absent
   * where the patient's position is unknown, and in notebooks of version 0.1.
   */
  readonly frame?: readonly number[];
  /** Short hash that outputs of the same series share; made of its voxels and geometry, never of names or identifiers. */
  readonly series?: string;
}

/** One feature of one disc as the grades table shows it. */
export interface GradeCell {
  /** Key of the feature, such as `pfirrmann`. */
  readonly feature: string;
  /** The grade in the papers' own numbers; absent where it is withheld. */
  readonly grade?: number;
  /** Continuous score where the feature has one. */
  readonly fractional?: number;
  /** Name of each class and its probability, in class order; they sum to 1. */
  readonly probabilities: readonly (readonly [string, number])[];
  /** Of a finding: the probability from which on it is called present; one half where absent. */
  readonly threshold?: number;
  /** Grades that cannot be excluded, as text such as `2–3`; absent where only one is left, or nothing is known. */
  readonly set?: string;
  readonly trainedOn: "clinical" | "synthetic" | "both" | "inferred";
  /** What stands in the grade's place where the weighting of the series does not allow to give it bare, and why, as a clause. */
  readonly shown?: string;
  readonly because?: string;
}

/** Payload of {@link GRADES_MIME}: discs (rows) by features (columns), with the picture they were read from. */
export interface GradesPayload {
  readonly version: 1;
  readonly title: string;
  /** Key and readable name of each feature, in column order. */
  readonly features: readonly {
    readonly key: string;
    readonly name: string;
    readonly classes: readonly string[];
  }[];
  readonly discs: readonly {
    readonly level: string;
    readonly grades: readonly GradeCell[];
    readonly slice: number;
    /** What makes this disc's grades doubtful; absent in notebooks of version 0.1. */
    readonly flags?: readonly { readonly code: string; readonly message: string }[];
  }[];
  readonly flags: readonly { readonly code: string; readonly message: string }[];
  readonly slices?: SlicesPayload;
}
