import { CohortError } from "../errors.js";
import type { ResultRow } from "./values.js";

/**
 * Who somebody is: a patient and a study belong to a data set, and one number in two data sets may be two people. A study
 * stands in a cohort once, so one that comes again from elsewhere would make two people one.
 */

/** Studies that come twice in what is added, as of two data sets or patients. */
const WITHIN = `SELECT study, min(dataset) AS dataset, max(dataset) AS other, min(patient) AS patient, max(patient) AS another,
    count(*) OVER ()::INTEGER AS total
  FROM new_studies GROUP BY study
  HAVING count(DISTINCT dataset) > 1 OR count(DISTINCT patient) FILTER (patient <> study) > 1
  ORDER BY study LIMIT 1`;

/** Studies that the cohort has already, as of another data set or patient. A patient called as the study is one that is not told. */
const BESIDE = `SELECT study, old.dataset AS dataset, new.dataset AS other, old.patient AS patient, new.patient AS another,
    count(*) OVER ()::INTEGER AS total
  FROM new_studies AS new JOIN studies AS old USING (study)
  WHERE old.dataset <> new.dataset
     OR (old.patient <> new.patient AND old.patient <> study AND new.patient <> study)
  ORDER BY study LIMIT 1`;

/** A study whose patient is not told now keeps the one that is known. */
const KEEP_PATIENT = `UPDATE new_studies SET patient = studies.patient FROM studies
  WHERE studies.study = new_studies.study AND new_studies.patient = new_studies.study`;

function collision(row: ResultRow): CohortError {
  const { study, dataset, other, patient, another } = row as Readonly<
    Record<"study" | "dataset" | "other" | "patient" | "another", string>
  >;
  const count = Number(row.total);
  const further = count > 1 ? ` (and ${count - 1} more studies)` : "";
  if (dataset === other)
    return new CohortError(
      "collision",
      `Study ${study} of data set "${dataset}"${further} is of patient ${patient} and of patient ${another}: one study cannot be two people's; give each its own id. Nothing was added.`,
    );
  return new CohortError(
    "collision",
    `Study ${study}${further} is one of data set "${dataset}" and one of "${other}": equal numbers may be two people. ` +
      `Where they are the same person, add them under one data set (importCsv(file, mapping, { dataset: "${dataset}" }), --dataset); ` +
      `where not, give them ids of their own (withPrefix(records, "${other}-"), --prefix). Nothing was added.`,
  );
}

/**
 * Refuses studies that would make two people one, before `new_studies` is merged.
 * @param query runs SQL in the transaction that adds them
 * @throws CohortError "collision", which names both data sets
 */
export async function requireIdentities(query: (sql: string) => Promise<ResultRow[]>): Promise<void> {
  for (const sql of [WITHIN, BESIDE]) {
    const [found] = await query(sql);
    if (found !== undefined) throw collision(found);
  }
  await query(KEEP_PATIENT);
}
