import { CohortError, columnOf, DATASET_READERS, type CohortStore, type ResultRow } from "../cohort/index.js";
import { AT_ONCE } from "./cohortTable.js";
import { requireFeature } from "./discQuery.js";

/** A rater in a cohort: a person's pseudonym, a data set's readers, or `model` with the hash of its weights. */
export interface RaterName {
  readonly rater: string;
  /** Hash of the weights; any unless given. */
  readonly model?: string;
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
  // A reading of a data set may not say which series was read; the study and level then tell the disc.
  const rows = await store.ask(
    `WITH own AS (SELECT study, level, ${column} AS grade FROM readings WHERE rater = $a AND reading = $i
                    AND ($m IS NULL OR model = $m) AND ${column} IS NOT NULL
                    QUALIFY row_number() OVER (PARTITION BY study, level ORDER BY "at" DESC) = 1),
          other AS (SELECT study, level, ${column} AS grade FROM readings WHERE rater = $b AND reading = $j
                    AND ($n IS NULL OR model = $n) AND ${column} IS NOT NULL
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
