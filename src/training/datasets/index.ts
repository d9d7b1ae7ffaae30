/**
 * Data sets as users have them: a recogniser of layouts (`layouts.ts`), a small file for each layout, and one form that all of them
 * take: patients with series that are read when they are asked for, masks where there are some, and grades by level and reader.
 */
import { counted } from "../../text/index.js";
import { openDataset } from "./layouts.js";
import { DataError } from "./publishedTable.js";
import { gradedSeries } from "./types.js";
import type { Dataset, DatasetPatient, MaskedStack } from "./types.js";

export { datasetsOfCohort } from "./cohortStudies.js";
export type { CohortSeries, CohortStudy } from "./cohortStudies.js";
export { openDataset, recogniseLayout } from "./layouts.js";
export { LSMA_CREDIT } from "./lsmaExcerpt.js";
export { SPIDER_CREDIT } from "./spiderTables.js";
export { DataError } from "./publishedTable.js";
export { findingsOfBoxes } from "./findingBoxes.js";
export { sliceRange } from "./resample.js";
export { gradedSeries, MASK, seriesOfKind } from "./types.js";
export type {
  Dataset,
  DatasetPatient,
  DatasetSeries,
  DiscGrading,
  LayoutKey,
  MaskedSlice,
  MaskedStack,
  SeriesKind,
} from "./types.js";
export { validationPatients } from "./validation.js";

/** Folders of data sets, or such that are open already. */
export type DataSource = string | readonly (string | Dataset)[];

/** "172 patients taken, 3 left out: 2 without grades, 1 without a T2 series; 30 of them kept out of training". */
export function describeDataset({ title, patients, leftOut }: Dataset): string {
  const reasons = [...leftOut].map(([reason, count]) => `${count} ${reason}`);
  const out = [...leftOut.values()].reduce((sum, count) => sum + count, 0);
  const ungraded = patients.filter((patient) => gradedSeries(patient) === undefined).length;
  const held = patients.filter(({ isHeld }) => isHeld).length;
  return [
    `${title}: ${counted(patients.length, "patient")} taken, ${out} left out${out === 0 ? "" : `: ${reasons.join(", ")}`}`,
    `${held} of those taken are kept out of all training`,
    ...(ungraded === 0 ? [] : [`${ungraded} have no graded T2 series, only T2 SPACE or masks`]),
  ].join("; ");
}

/**
 * Opens data sets, several at once; of a patient who is in several of them (the excerpt of a data set and the whole) the first counts. Says of
 * each what was taken and left out, and why; those that are open already are given back.
 * @throws DataError for a folder that is no data set, or one of which nothing can be taken
 */
export async function openDatasets(
  data: DataSource,
  log: (line: string) => void,
): Promise<readonly Dataset[]> {
  const given = typeof data === "string" ? [data] : data;
  if (given.length === 0) throw new DataError("No data set was named.");
  const seen = new Set<string>();
  const datasets: Dataset[] = [];
  for (const one of given) {
    const opened = typeof one === "string" ? await openDataset(one, log) : one;
    const dataset = withoutSeen(opened, seen);
    for (const { patient } of dataset.patients) seen.add(patient);
    if (typeof one === "string") {
      log(describeDataset(dataset));
      for (const remark of dataset.remarks) log(`${dataset.title}: ${remark}`);
    }
    if (dataset.patients.length === 0)
      throw new DataError(`Nothing of ${dataset.title} can be taken. ${describeDataset(dataset)}.`);
    datasets.push(dataset);
  }
  return datasets;
}

function withoutSeen(dataset: Dataset, seen: ReadonlySet<string>): Dataset {
  const patients = dataset.patients.filter(({ patient }) => !seen.has(patient));
  const twice = dataset.patients.length - patients.length;
  if (twice === 0) return dataset;
  const leftOut = new Map([...dataset.leftOut, ["in a data set named before", twice] as const]);
  return { ...dataset, patients, leftOut };
}

/** Patients of data sets in the order of these, those kept out of training or the others. */
export function patientsOf(datasets: readonly Dataset[], part: "training" | "validation"): DatasetPatient[] {
  return datasets.flatMap(({ patients }) =>
    patients.filter(({ isHeld }) => isHeld === (part === "validation")),
  );
}

/** Patients with a graded T2 series, by name, in the order of the data sets. */
export async function listGradedPatients(data: DataSource): Promise<string[]> {
  const datasets = await openDatasets(data, () => undefined);
  return datasets.flatMap(({ patients }) =>
    patients.filter((one) => gradedSeries(one) !== undefined).map(({ patient }) => patient),
  );
}

/**
 * Series with masks of the patients of one part, read one by one. What cannot be read is told to the log and left out; for training of
 * all series with masks, for evaluation of T2 ones only, as that is what is read for patients.
 */
export async function* maskedStacks(
  datasets: readonly Dataset[],
  part: "training" | "validation",
  log: (line: string) => void,
): AsyncGenerator<MaskedStack> {
  const use = part === "training" ? "training" : "evaluation";
  for (const { series } of patientsOf(datasets, part))
    for (const { name, kind, loadMasked } of series) {
      if (loadMasked === undefined || (use === "evaluation" && kind === "T1")) continue;
      try {
        yield await loadMasked(use);
      } catch (error) {
        log(`${name} is left out: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
}

/** Who graded the first data set that has Pfirrmann grades: whose habits models learn; others have heads of their own. */
export function mainRaters(datasets: readonly Dataset[]): ReadonlySet<string> {
  for (const { patients } of datasets) {
    const raters = patients.flatMap(({ gradings }) =>
      gradings.filter(({ grades }) => grades.pfirrmann !== undefined).map(({ rater }) => rater),
    );
    if (raters.length > 0) return new Set(raters);
  }
  return new Set();
}

/** What weights say that they were trained on: of data sets that are open who they are of. */
export function creditOf(data: DataSource): string {
  const datasets = typeof data === "string" ? [] : data.filter((one) => typeof one !== "string");
  return [...new Set(datasets.map(({ credit }) => credit))].join(", ");
}
