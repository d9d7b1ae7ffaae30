import type { ResultRow } from "../cohort/index.js";
import type { FeatureKey } from "../grading/index.js";

/** `upperEndplateDefect` as `upper_endplate_defect`. */
type SnakeCase<K extends string> = K extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : K;

/** A grade for each feature of the models, as `readings` and `discs` have them; absent where nobody gave it. */
type GradeColumns = { readonly [K in FeatureKey as SnakeCase<K>]: number | null };

/** A row of `discs`: a reading beside what is known of its study. Columns of one's own of `studies` are there, too. */
export type DiscRow = ResultRow &
  GradeColumns & {
    readonly study: string;
    readonly series: string;
    readonly level: string;
    readonly rater: string;
    /** Hash of the weights of a model; empty for a person. */
    readonly model: string;
    readonly reading: number;
    readonly pfirrmann_fractional: number | null;
    readonly flags: string | null;
    readonly at: string | null;
    readonly patient: string | null;
    readonly dataset: string | null;
    readonly age: number | null;
    readonly sex: "F" | "M" | null;
    readonly day: number | null;
    readonly scanner: string | null;
  };
