import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { CohortError } from "../cohort/index.js";
import { describeDataset } from "../training/index.js";
import type { Dataset } from "../training/index.js";
import { openCohort } from "./cohort.js";

/** Whether a path leads to a file, which as a data set is a cohort's. */
export async function isCohortFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true;
}

/**
 * Data for training and evaluation, by paths: cohorts' files are opened as the data sets that they hold, folders are left as they are. Says
 * of each data set what was taken and left out, and why; one of a cohort of which nothing can be taken is left out, unless nothing can of any.
 * @throws CohortError where a file is no cohort, or one without studies
 */
export async function dataSources(
  paths: readonly string[],
  log: (line: string) => void,
): Promise<(string | Dataset)[]> {
  const sources: (string | Dataset)[] = [];
  for (const path of paths) {
    if (!(await isCohortFile(path))) {
      sources.push(path);
      continue;
    }
    const cohort = await openCohort(path);
    const datasets = await cohort.datasets().finally(() => cohort.close());
    if (datasets.length === 0)
      throw new CohortError(
        "bad-option",
        `${basename(path)} holds no study: fill it first (grade --cohort, cohort --import-csv).`,
      );
    for (const dataset of datasets) log(describeDataset(dataset));
    for (const remark of new Set(datasets.flatMap(({ remarks }) => remarks))) log(remark);
    const useful = datasets.filter(({ patients }) => patients.length > 0);
    sources.push(...(useful.length === 0 ? datasets : useful));
  }
  return sources;
}
