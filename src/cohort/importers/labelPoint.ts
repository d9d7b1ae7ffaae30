import type { CohortRecords } from "../records.js";

/** Where in an image a data set marks what it labels. Cohorts have no table for it; cells may draw it. */
export interface LabelPoint {
  readonly study: string;
  readonly series: string;
  /** The image in its series: RSNA's instance number as text, or a pseudonym of the instance's UID. */
  readonly instance: string;
  /** A disc (`L4-L5`) or, where vertebrae are marked, a vertebra (`L4`). */
  readonly level: string;
  /** Key of the feature that is marked, where the source tells it. */
  readonly feature?: string;
  /** Column and row in the image as stored, pixels. */
  readonly x: number;
  readonly y: number;
}

/** Records with the places of their labels. */
export interface PointedRecords extends CohortRecords {
  readonly points: readonly LabelPoint[];
}
