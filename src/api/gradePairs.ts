import { CohortError, columnOf, DATASET_READERS, type CohortStore, type ResultRow } from "../cohort/index.js";
import { AT_ONCE } from "./cohortTable.js";
import { requireFeature } from "./discQuery.js";

/** A rater in a cohort: a person's pseudonym, a data set's readers, or `model` with the hash of its weights. */
export interface RaterName {
  readonly rater: string;
  /** Hash of the weights; any unless given. */
  readonly model?: string;
  /**
   * The reader whose convention a model's Pfirrmann grades follow, "" for those without one. It may be left out where the model's grades
   * of the cohort follow one convention only.
   */
  readonly reader?: string;
  /** 1 unless given. */
  readonly reading?: number;
}

/** Two raters' grades of the same discs, in one order. */
export interface GradePairs {
  readonly reference: number[];
  readonly predicted: number[];
  /** Patient of each disc, for intervals by patient. */
  readonly patients: string[];
  readonly levels: string[];
  readonly studies: string[];
}

/** As `Cohort.pairs`. */
export async function gradePairs(
  store: CohortStore,
  feature: string,
  reference: RaterName,
  predicted: RaterName,
): Promise<GradePairs> {
  requireFeature(feature);
  const column = `"${columnOf(feature)}"`;
  if (READ_BY_CONVENTION.includes(feature))
    for (const [one, other] of [
      [reference, predicted],
      [predicted, reference],
    ] as const)
      await requireOneConvention(store, column, one, other);
  // A reading of a data set may not say which series was read; the study and level then tell the disc.
  const rows = await store.ask(
    `WITH own AS (SELECT study, level, ${column} AS grade FROM readings WHERE rater = $a AND reading = $i
                    AND ($m IS NULL OR model = $m) AND ($r IS NULL OR coalesce(reader, '') = $r) AND ${column} IS NOT NULL
                    QUALIFY row_number() OVER (PARTITION BY study, level ORDER BY "at" DESC) = 1),
          other AS (SELECT study, level, ${column} AS grade FROM readings WHERE rater = $b AND reading = $j
                    AND ($n IS NULL OR model = $n) AND ($s IS NULL OR coalesce(reader, '') = $s) AND ${column} IS NOT NULL
                    QUALIFY row_number() OVER (PARTITION BY study, level ORDER BY "at" DESC) = 1)
     SELECT study, level, own.grade AS first, other.grade AS second, coalesce(patient, study) AS patient, dataset,
            -- A number that several data sets give to a patient is several people's.
            patient IN (SELECT patient FROM studies GROUP BY patient HAVING count(DISTINCT dataset) > 1) AS shared
       FROM own JOIN other USING (study, level) LEFT JOIN studies USING (study) ORDER BY study, level_order(level)`,
    {
      a: reference.rater,
      b: predicted.rater,
      i: reference.reading ?? 1,
      j: predicted.reading ?? 1,
      m: reference.model ?? null,
      n: predicted.model ?? null,
      r: reference.reader ?? null,
      s: predicted.reader ?? null,
    },
    AT_ONCE,
  );
  requireOneDataset(store, rows, reference, predicted);
  if (rows.length === 0)
    throw new CohortError(
      "query",
      `No disc has ${feature} from both ${reference.rater} and ${predicted.rater}; \`raters()\` lists who has read.`,
    );
  return {
    reference: rows.map((row) => row.first as number),
    predicted: rows.map((row) => row.second as number),
    patients: rows.map(({ patient, dataset, shared }) =>
      shared === true ? `${dataset as string}: ${patient as string}` : (patient as string),
    ),
    levels: rows.map((row) => row.level as string),
    studies: rows.map((row) => row.study as string),
  };
}

/** A disc to which two raters gave different grades. */
export interface Disagreement extends ResultRow {
  readonly study: string;
  readonly patient: string;
  readonly level: string;
  readonly reference: number;
  readonly predicted: number;
  /** Predicted less reference. */
  readonly difference: number;
}

/** As `Cohort.disagreements`. */
export async function disagreementsOf(
  store: CohortStore,
  feature: string,
  reference: RaterName,
  predicted: RaterName,
): Promise<Disagreement[]> {
  const pairs = await gradePairs(store, feature, reference, predicted);
  return pairs.studies
    .map((study, i) => ({
      study,
      patient: pairs.patients[i]!,
      level: pairs.levels[i]!,
      reference: pairs.reference[i]!,
      predicted: pairs.predicted[i]!,
      difference: pairs.predicted[i]! - pairs.reference[i]!,
    }))
    .filter(({ difference }) => difference !== 0)
    .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference));
}

/** Features whose grades depend on a reader's convention. */
const READ_BY_CONVENTION = ["pfirrmann", "pfirrmannFractional"];

/**
 * Refuses grades that follow several conventions, of which none was named: which of them are compared must not depend on which came last.
 * @throws CohortError that lists them, and proposes the other rater's own where there is one
 */
async function requireOneConvention(
  store: CohortStore,
  column: string,
  { rater, model, reader, reading = 1 }: RaterName,
  other: RaterName,
): Promise<void> {
  if (reader !== undefined) return;
  const rows = await store.ask(
    `SELECT DISTINCT coalesce(reader, '') AS reader FROM readings
       WHERE rater = $rater AND reading = $reading AND ($model IS NULL OR model = $model) AND ${column} IS NOT NULL ORDER BY ALL`,
    { rater, reading, model: model ?? null },
  );
  const readers = rows.map((row) => row.reader as string);
  if (readers.length < 2) return;
  const names = readers.map((name) => (name === "" ? "without a reader" : `as reader ${name}`));
  const proposed = readers.includes(other.rater) ? other.rater : readers.at(-1)!;
  throw new CohortError(
    "query",
    `The Pfirrmann grades of ${rater} follow several conventions here (${names.join(", ")}): say which, such as { rater: "${rater}", reader: "${proposed}" }; reader: "" are those without one.`,
  );
}

/** In a cohort that was begun by an earlier Spinebook, refuses pairs of which one half is another data set's. */
function requireOneDataset(
  store: CohortStore,
  rows: readonly ResultRow[],
  { rater: one }: RaterName,
  { rater: other }: RaterName,
): void {
  if (!store.isMixed) return;
  const readers = [one, other].filter((rater) => DATASET_READERS.includes(rater));
  const strange = rows.filter(({ dataset }) => readers.some((rater) => dataset !== rater));
  if (strange.length > 0)
    throw new CohortError(
      "collision",
      `${strange.length} discs that ${readers.join(" and ")} read are of studies of data set "${strange[0]!.dataset as string}" here: an earlier Spinebook put studies of equal numbers together, and they may be two people's. Import both data sets into a new cohort.`,
    );
}
