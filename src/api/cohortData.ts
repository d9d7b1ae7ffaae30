import { gradedStudies } from "../cohort/index.js";
import type { CohortStore } from "../cohort/index.js";
import { counted } from "../text/index.js";
import { datasetsOfCohort } from "../training/index.js";
import type { Dataset } from "../training/index.js";

/** As `Cohort.datasets`. */
export async function cohortDatasets(store: CohortStore): Promise<Dataset[]> {
  const { studies, byModels } = await gradedStudies(store);
  const remarks =
    byModels === 0 ? [] : [`${counted(byModels, "reading")} by models are not taken: people's grades are.`];
  return datasetsOfCohort(studies, remarks);
}
