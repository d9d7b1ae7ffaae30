import { cohenKappa } from "../../statistics/index.js";

/** What a cohort is asked with: an open cohort of `openCohort`, or anything that answers SQL with plain rows. */
export interface SqlSource {
  sql(text: string): Promise<readonly object[]>;
}

/** Two readings of the same discs, or a model's beside a rater's. */
export interface AgreementFact {
  /** Who is compared, such as `reader-1 and reader-2`. */
  readonly who: string;
  readonly discs: number;
  /** Cohen's kappa of the Pfirrmann grade, linearly weighted. */
  readonly kappa: number;
}

/** What a cohort tells of itself, for a checklist. */
export interface CohortFacts {
  readonly studies: number;
  readonly patients: number;
  readonly datasets: readonly { readonly dataset: string; readonly studies: number }[];
  /** Studies of known age, and their ages in years. */
  readonly age: {
    readonly known: number;
    readonly low: number;
    readonly median: number;
    readonly high: number;
  };
  readonly sex: { readonly F: number; readonly M: number; readonly unknown: number };
  readonly series: readonly { readonly kind: string; readonly series: number }[];
  /** Tesla, smallest to largest. */
  readonly fieldStrengths: readonly number[];
  readonly manufacturers: readonly string[];
  /** mm: smallest and largest distance of columns, and of slices; null where unknown. */
  readonly spacing: readonly (number | null)[];
  readonly raters: readonly {
    readonly rater: string;
    readonly isModel: boolean;
    readonly discs: number;
    readonly readings: number;
  }[];
  /** Rows of readings, and how many of them lack a Pfirrmann grade. */
  readonly readings: number;
  readonly withoutPfirrmann: number;
  /** Discs of each Pfirrmann grade, as the people read them. */
  readonly grades: readonly { readonly grade: number; readonly discs: number }[];
  readonly failures: number;
  readonly anomalies: number;
  readonly leftOut: number;
  /** Between raters and between a rater's readings. */
  readonly raterAgreement: readonly AgreementFact[];
  readonly modelAgreement: readonly AgreementFact[];
}

const COUNTS = `SELECT
  (SELECT count(*) FROM studies)::INTEGER AS studies,
  (SELECT count(DISTINCT patient) FROM studies)::INTEGER AS patients,
  (SELECT count(age) FROM studies)::INTEGER AS known,
  (SELECT min(age) FROM studies)::DOUBLE AS low,
  (SELECT median(age) FROM studies)::DOUBLE AS median,
  (SELECT max(age) FROM studies)::DOUBLE AS high,
  (SELECT count(*) FROM studies WHERE sex = 'F')::INTEGER AS women,
  (SELECT count(*) FROM studies WHERE sex = 'M')::INTEGER AS men,
  (SELECT count(*) FROM readings)::INTEGER AS readings,
  (SELECT count(*) FROM readings WHERE pfirrmann IS NULL)::INTEGER AS "withoutPfirrmann",
  (SELECT count(*) FROM failures)::INTEGER AS failures,
  (SELECT count(*) FROM anomalies)::INTEGER AS anomalies,
  (SELECT count(*) FROM anomalies WHERE left_out)::INTEGER AS "leftOut",
  (SELECT min(spacing_column) FROM series)::DOUBLE AS s0,
  (SELECT max(spacing_column) FROM series)::DOUBLE AS s1,
  (SELECT min(spacing_slice) FROM series)::DOUBLE AS s2,
  (SELECT max(spacing_slice) FROM series)::DOUBLE AS s3`;

/** Pairs of Pfirrmann grades of one disc: of two raters (first readings), of a rater's two readings, of model and rater. */
const PAIRS = `SELECT a.rater AS "raterA", b.rater AS "raterB", (a.model <> '' OR b.model <> '') AS "isModel",
  a.pfirrmann::DOUBLE AS a, b.pfirrmann::DOUBLE AS b
  FROM readings a JOIN readings b ON a.study = b.study AND a.level = b.level
  WHERE a.pfirrmann IS NOT NULL AND b.pfirrmann IS NOT NULL AND NOT (a.model <> '' AND b.model <> '') AND (
    (a.rater = b.rater AND a.series = b.series AND a.reading = 1 AND b.reading = 2) OR
    (a.rater <> b.rater AND a.reading = 1 AND b.reading = 1 AND
      (CASE WHEN b.model <> '' THEN a.model = '' WHEN a.model <> '' THEN FALSE ELSE a.rater < b.rater END)))`;

const PFIRRMANN = [1, 2, 3, 4, 5];

/** Asks a cohort what a checklist wants to know. */
export async function readCohort(cohort: SqlSource): Promise<CohortFacts> {
  const ask = async <T>(text: string): Promise<readonly T[]> => (await cohort.sql(text)) as readonly T[];
  const [counts] = await ask<Record<string, number>>(COUNTS);
  const {
    s0 = null,
    s1 = null,
    s2 = null,
    s3 = null,
    women = 0,
    men = 0,
    known = 0,
    low = 0,
    median = 0,
    high = 0,
    ...numbers
  } = counts!;
  const pairs = await ask<Pair>(PAIRS);
  const fields = await ask<{ field: number }>(
    "SELECT DISTINCT field_strength::DOUBLE AS field FROM series WHERE field_strength IS NOT NULL ORDER BY field",
  );
  const makers = await ask<{ maker: string }>(
    "SELECT DISTINCT manufacturer AS maker FROM series WHERE manufacturer IS NOT NULL ORDER BY maker",
  );
  return {
    ...(numbers as Pick<
      CohortFacts,
      "studies" | "patients" | "readings" | "withoutPfirrmann" | "failures" | "anomalies" | "leftOut"
    >),
    age: { known, low, median, high },
    sex: { F: women, M: men, unknown: numbers.studies! - women - men },
    spacing: [s0, s1, s2, s3],
    datasets: await ask(
      "SELECT dataset, count(*)::INTEGER AS studies FROM studies GROUP BY ALL ORDER BY ALL",
    ),
    series: await ask(
      "SELECT orientation || ' ' || contrast AS kind, count(*)::INTEGER AS series FROM series GROUP BY ALL ORDER BY series DESC, kind",
    ),
    fieldStrengths: fields.map(({ field }) => field),
    manufacturers: makers.map(({ maker }) => maker),
    raters: await ask(
      `SELECT rater, bool_or(model <> '') AS "isModel", count(DISTINCT (study, level))::INTEGER AS discs,
       max(reading)::INTEGER AS readings FROM readings GROUP BY rater ORDER BY rater`,
    ),
    grades: await ask(
      `SELECT pfirrmann::INTEGER AS grade, count(*)::INTEGER AS discs FROM readings
       WHERE pfirrmann IS NOT NULL AND model = '' AND reading = 1 GROUP BY ALL ORDER BY ALL`,
    ),
    raterAgreement: agreements(pairs.filter(({ isModel }) => !isModel)),
    modelAgreement: agreements(pairs.filter(({ isModel }) => isModel)),
  };
}

interface Pair {
  readonly raterA: string;
  readonly raterB: string;
  readonly isModel: boolean;
  readonly a: number;
  readonly b: number;
}

function agreements(pairs: readonly Pair[]): AgreementFact[] {
  const groups = new Map<string, Pair[]>();
  for (const pair of pairs) {
    const who =
      pair.raterA === pair.raterB
        ? `${pair.raterA}, first and second reading`
        : `${pair.raterA} and ${pair.raterB}`;
    groups.set(who, [...(groups.get(who) ?? []), pair]);
  }
  return [...groups].map(([who, group]) => ({
    who,
    discs: group.length,
    kappa: cohenKappa(
      group.map(({ a }) => a),
      group.map(({ b }) => b),
      PFIRRMANN,
      "linear",
    ),
  }));
}
