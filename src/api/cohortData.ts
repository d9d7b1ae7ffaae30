import { gradedStudies } from "../cohort/index.js";
import type { CohortStore } from "../cohort/index.js";
import { counted } from "../text/index.js";
import { datasetsOfCohort } from "../training/index.js";
import type { Dataset } from "../training/index.js";

/** As `Cohort.datasets`. */
export async function cohortDatasets(store: CohortStore): Promise<Dataset[]> {
  const { studies, byModels } = await gradedStudies(store);
  const isLost = studies.some(({ series }) => series.some(({ pictures }) => pictures !== "there"));
  const remarks = [
    ...(byModels === 0
      ? []
      : [`${counted(byModels, "reading")} by models are not taken: people's grades are.`]),
    ...(isLost
      ? [
          "Where some pictures lie the cohort does not know, or no more: spinebook cohort FILE --locate FOLDER (in a cell cohort.locate) tells it.",
        ]
      : []),
  ];
  return datasetsOfCohort(studies, remarks);
}
