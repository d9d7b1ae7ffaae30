import type { CohortStore } from "../cohort/index.js";
import { tableBundle } from "../figures/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { withRemark } from "./remark.js";

const OVERVIEW = `WITH people AS (SELECT dataset, count(*) AS studies, count(DISTINCT patient) AS patients, round(avg(age), 1) AS "mean age"
                    FROM studies GROUP BY dataset),
       read AS (SELECT dataset, count(DISTINCT (study, level)) AS discs, count(*) AS readings
                  FROM readings JOIN studies USING (study) GROUP BY dataset)
  SELECT people.*, coalesce(discs, 0) AS discs, coalesce(readings, 0) AS readings
    FROM people LEFT JOIN read USING (dataset) ORDER BY dataset`;

/** What a cohort holds, by data set, as its display. */
export async function overviewOf(store: CohortStore): Promise<MimeBundle> {
  const rows = await store.ask(OVERVIEW);
  const bundle = tableBundle(rows.length === 0 ? [{ studies: 0, discs: 0, readings: 0 }] : rows);
  return store.readOnly === undefined ? bundle : withRemark(bundle, store.readOnly);
}
