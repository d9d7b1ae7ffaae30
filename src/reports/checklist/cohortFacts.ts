import { ADJUDICATED, REVIEWED } from "../../rating/index.js";
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
  /** First readings by people of each Pfirrmann grade: a disc that two have read counts twice. */
  readonly grades: readonly { readonly grade: number; readonly readings: number }[];
  readonly failures: number;
  readonly anomalies: number;
  readonly leftOut: number;
  /** Between raters and between a rater's readings. */
  readonly raterAgreement: readonly AgreementFact[];
  readonly modelAgreement: readonly AgreementFact[];
}

const COUNTS = `SELECT
  (SELECT count(*) FROM studies)::INTEGER AS studies,
  (SELECT count(DISTINCT (dataset, patient)) FROM studies)::INTEGER AS patients,
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

/** What was decided between readings is none itself. */
const READINGS = `(SELECT * FROM readings WHERE rater NOT IN ('${ADJUDICATED}', '${REVIEWED}'))`;

/**
 * Pairs of Pfirrmann grades of one disc: of two raters (first readings), of a rater's two readings, of model and rater. Each disc
 * counts once for two readers, by the same series where both have read it.
 */
const PAIRS = `SELECT a.rater AS "raterA", b.rater AS "raterB", b.model AS "modelB", b.reader AS "readerB",
  a.pfirrmann::DOUBLE AS a, b.pfirrmann::DOUBLE AS b
  FROM ${READINGS} a JOIN ${READINGS} b ON a.study = b.study AND a.level = b.level
  WHERE a.pfirrmann IS NOT NULL AND b.pfirrmann IS NOT NULL AND a.model = '' AND (
    (b.model = '' AND a.rater = b.rater AND a.series = b.series AND a.reading = 1 AND b.reading = 2) OR
    (a.reading = 1 AND b.reading = 1 AND (b.model <> '' OR a.rater < b.rater)))
  QUALIFY row_number() OVER (PARTITION BY a.study, a.level, a.rater, b.rater, b.model, b.reader
    ORDER BY a.series <> b.series, a.series, b.series) = 1
  ORDER BY a.rater, b.rater, b.model, b.reader NULLS FIRST, a.study, a.level`;

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
       max(reading)::INTEGER AS readings FROM ${READINGS} GROUP BY rater ORDER BY rater`,
    ),
    grades: await ask(
      `SELECT pfirrmann::INTEGER AS grade, count(DISTINCT (study, level, rater))::INTEGER AS readings FROM ${READINGS}
       WHERE pfirrmann IS NOT NULL AND model = '' AND reading = 1 GROUP BY ALL ORDER BY ALL`,
    ),
    raterAgreement: agreements(pairs.filter(({ modelB }) => modelB === "")),
    modelAgreement: agreements(pairs.filter(({ modelB }) => modelB !== "")),
  };
}

interface Pair {
  readonly raterA: string;
  readonly raterB: string;
  /** Empty where a person read. */
  readonly modelB: string;
  /** The reader whose convention a model's grades follow. */
  readonly readerB: string | null;
  readonly a: number;
  readonly b: number;
}

function agreements(pairs: readonly Pair[]): AgreementFact[] {
  const groups = new Map<string, Pair[]>();
  const first = new Map<string, string>();
  for (const { raterB, modelB } of pairs) if (!first.has(raterB)) first.set(raterB, modelB);
  // Only where a rater's name stands for several weights do these tell more than the name.
  const shared = new Set(
    pairs.filter(({ raterB, modelB }) => first.get(raterB) !== modelB).map(({ raterB }) => raterB),
  );
  for (const pair of pairs) {
    const { raterA, raterB, modelB, readerB } = pair;
    const convention = readerB === null ? "" : ` as reader ${readerB}`;
    const name = `${raterB}${modelB !== "" && shared.has(raterB) ? ` ${modelB.slice(0, 8)}` : ""}${convention}`;
    const isSame = modelB === "" && raterA === raterB;
    const who = isSame ? `${raterA}, first and second reading` : `${raterA} and ${name}`;
    const group = groups.get(who);
    if (group === undefined) groups.set(who, [pair]);
    else group.push(pair);
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
