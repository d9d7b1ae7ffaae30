import {
  CohortError,
  CohortStore,
  existingSharedFolder,
  exportParquet,
  gatherShards,
  importParquet,
  listShards,
  locateImages,
  seriesOf,
  type Added,
  type CohortRecords,
  type Parameters,
  type ReadingFilter,
  type ReadingRecord,
  type ResultRow,
  type RowStream,
} from "../cohort/index.js";
import { localPath } from "../imaging/index.js";
import type { IndexOptions } from "../imaging/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import { grade, GradedSpine, type GradeOptions, modelsFolder, recordData, Scan } from "../analysis/index.js";
import { withEstimatedSpacing } from "../detection/index.js";
import { jupyterDisplay, type Montage } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";

import type { Dataset } from "../training/index.js";
import { cohortAgreement, type CohortAgreementOptions, type CohortAgreement } from "./agreement.js";
import { cohortDatasets } from "./cohortData.js";
import { cohortComparison, type CohortComparison } from "./comparison.js";
import { discMontage, type DiscMontageOptions } from "./cohortMontage.js";
import { overviewOf } from "./cohortOverview.js";
import { CohortTable } from "./cohortTable.js";
import { conditionsOf, type DiscQuery } from "./discQuery.js";
import {
  disagreementsOf,
  gradePairs,
  type Disagreement,
  type GradePairs,
  type RaterName,
} from "./gradePairs.js";
import { addedReport, addGradedSpine, type GradedOptions } from "./imported.js";
import { INDEX_OPTIONS } from "./options.js";
import { askNoted, tableNoted, type QueryRow } from "./queryRows.js";
import type { DiscRow } from "./rowTypes.js";

/** Many studies in one file. As the last value of a cell it shows what it holds. */
export class Cohort implements Displayable {
  private isClosed = false;

  constructor(readonly store: CohortStore) {}

  /** Why it can only be read, as a sentence: its file may not be written, or another process reads it; else absent. */
  get readOnly(): string | undefined {
    return this.store.readOnly;
  }

  /**
   * Adds records, all of them or none. A study belongs to one data set and one patient: one that comes again as another's is an
   * error that names both (`withDataset` and `withPrefix` put it right). A reading of the same study, level, rater and number
   * as one that is there adds the features that it lacks; one with other grades is an error, unless it is of a later time, as
   * a rater's own correction. Every value is checked against its column.
   * A graded spine is written as a batch writes it: its detections, probabilities, flags and weights, too.
   * @param options.replace whether readings take the place of those with other grades, as where a table was corrected; of a graded
   * spine what is known of its study
   * @returns studies and readings that were new, and readings that are other now; as the last value of a cell a report
   * @example await cohort.add(await importSpider("spider/"))
   * @example await cohort.add(graded, { study: "7", patient: "p7", age: 54 })
   * @throws CohortError "bad-record", "collision", "read-only"; then nothing was added
   */
  async add(
    records: Partial<CohortRecords>,
    options?: { readonly replace?: boolean },
  ): Promise<Added & Displayable>;
  async add(graded: GradedSpine, options?: GradedOptions): Promise<Added & Displayable>;
  async add(
    what: Partial<CohortRecords> | GradedSpine,
    options: { readonly replace?: boolean } & GradedOptions = {},
  ): Promise<Added & Displayable> {
    if (what instanceof GradedSpine) return addedReport(await addGradedSpine(this.store, what, options));
    requireOptions("add", options as { readonly replace?: boolean }, { replace: true });
    return addedReport(await this.store.add(what, { replaces: options.replace === true }), what.anomalies);
  }

  /**
   * Runs one SQL statement of DuckDB that reads: a cohort is changed by `add`, which checks every value. Tables: studies, series, detections, readings, attempts, models, readers, anomalies; views: `discs`
   * (readings beside what is known of the patient) and `failures`; `level_order(level)` sorts discs from above. At most a million
   * rows (20 million cells) come at once; `table` pages through a result of any length.
   * @example await cohort.sql("SELECT level, avg(pfirrmann) FROM discs WHERE age > $1 GROUP BY level", [60])
   * @throws CohortError with what DuckDB says, and for a statement that changes or writes anything
   */
  sql<const Text extends keyof SpinebookQueryRows>(
    text: Text,
    parameters?: Parameters,
  ): Promise<QueryRow<Text>[]>;
  sql<T extends ResultRow = ResultRow>(text: string, parameters?: Parameters): Promise<T[]>;
  sql(text: string, parameters?: Parameters): Promise<ResultRow[]> {
    return askNoted(this.store, text, parameters);
  }

  /**
   * Runs one SQL statement and gives its rows as they come, some thousand at a time, however many there are.
   * @example for await (const rows of (await cohort.stream("SELECT study, level FROM readings")).parts) count += rows.length
   */
  stream(text: string, parameters?: Parameters): Promise<RowStream> {
    return this.store.stream(text, parameters);
  }

  /** The result of a SELECT as a table that sorts, filters and pages, however many rows it has. */
  table<const Text extends keyof SpinebookQueryRows>(
    select: Text,
    parameters?: Parameters,
  ): Promise<CohortTable<QueryRow<Text>>>;
  table<T extends ResultRow = ResultRow>(select: string, parameters?: Parameters): Promise<CohortTable<T>>;
  table(select: string, parameters?: Parameters): Promise<CohortTable> {
    return tableNoted(this.store, select, parameters);
  }

  /**
   * Readings with what is known of the patient, as a table.
   * @example await cohort.discs({ level: "L4-L5", grades: { pfirrmann: [4, 5] }, age: [20, 40] })
   */
  async discs(query: DiscQuery = {}): Promise<CohortTable<DiscRow>> {
    const { where, parameters } = conditionsOf(query);
    return CohortTable.of<DiscRow>(
      this.store,
      `SELECT * EXCLUDE (probabilities) FROM discs ${where} ORDER BY study, level_order(level), rater, reader NULLS FIRST, reading`,
      parameters,
    );
  }

  /** Readings as records. */
  readings(filter: ReadingFilter = {}): Promise<ReadingRecord[]> {
    return this.store.readings(filter);
  }

  /** Who has read, by whose convention (`reader`, of models) and with how many readings. */
  raters(): Promise<ResultRow[]> {
    return this.store.ask(
      `SELECT rater, model, reader, reading, count(*) AS discs, count(DISTINCT study) AS studies FROM readings
         GROUP BY ALL ORDER BY discs DESC, rater, model, reader NULLS FIRST, reading`,
    );
  }

  /**
   * The grades of one feature that two raters gave the same discs: those of one study, which is of one data set and patient.
   * @example const { reference, predicted } = await cohort.pairs("pfirrmann", { rater: "SPIDER" }, { rater: "model" });
   * Grades of a model that follow several readers' conventions are compared by the one that is named: `{ rater: "model", reader: "LSMA" }`.
   * @throws CohortError where no disc was read by both, where none of several conventions is named, and where an earlier Spinebook may
   *   have made two people one
   */
  pairs(feature: string, reference: RaterName, predicted: RaterName): Promise<GradePairs> {
    return gradePairs(this.store, feature, reference, predicted);
  }

  /**
   * The discs to which two raters gave different grades of a feature, the largest difference first: rows for `montage` or a table.
   * @example await cohort.montage(await cohort.disagreements("pfirrmann", { rater: "SPIDER" }, { rater: "model" }))
   * @throws CohortError as `pairs` does
   */
  disagreements(feature: string, reference: RaterName, predicted: RaterName): Promise<Disagreement[]> {
    return disagreementsOf(this.store, feature, reference, predicted);
  }

  /**
   * How well a rater or model agrees with a reference, by groups of discs: linear κ, accuracy and mean absolute error with intervals by a
   * Bayesian bootstrap over patients (95 % unless `mass` asks for another), and by level the trend.
   * @param reference one reader, or several, each of whom is then a row
   * @example await cohort.agreement("pfirrmann", { rater: "SPIDER" }, { rater: "model" }, { by: ["dataset", "level"] })
   * @throws CohortError as `pairs` does, and for a column that `studies` does not have
   */
  agreement(
    feature: string,
    reference: RaterName | readonly RaterName[],
    predicted: RaterName,
    options: CohortAgreementOptions = {},
  ): Promise<CohortAgreement> {
    return cohortAgreement(this.store, feature, reference, predicted, options);
  }

  /**
   * Two models (or raters) compared with a reference on the same discs: differences, second less first, with intervals by a Bayesian
   * bootstrap over patients in which both have the same draws.
   * @example await cohort.compare("pfirrmann", { rater: "LSMA" }, { rater: "model", model: "a1" }, { rater: "model", model: "b2" })
   * @throws CohortError as `agreement` does
   */
  compare(
    feature: string,
    reference: RaterName,
    first: RaterName,
    second: RaterName,
    options: CohortAgreementOptions = {},
  ): Promise<CohortComparison> {
    return cohortComparison(this.store, feature, reference, first, second, options);
  }

  /**
   * Pictures of discs: the middle slice around each.
   * @param rows of `sql`, `table` or `discs`: anything with `study`, `level` and, where known, `series`
   * @param options.limit pictures at most, 24 unless given
   * @param options.caption what stands below a picture; level and Pfirrmann grade unless given
   * @example await cohort.montage(await cohort.sql("SELECT * FROM discs WHERE pfirrmann = 5"))
   */
  montage(rows: readonly ResultRow[] | CohortTable, options: DiscMontageOptions = {}): Promise<Montage> {
    return discMontage(this.store, rows, options);
  }

  /** Loads the images of a study. @param series its id in the cohort; the sagittal T2 unless given */
  async load(study: string, series?: string): Promise<Scan> {
    const one = await seriesOf(this.store, study, series);
    const volume = await withEstimatedSpacing(await one.load(), modelsFolder());
    recordData(volume);
    return new Scan(`Study ${study}, ${one.contrast}, ${one.slices} slices`, volume, one.problems, {
      series: one,
    });
  }

  /**
   * Loads and grades a study, to look at it with its evidence.
   * @param options as `grade` takes them, such as the reader whose convention the cohort's grades follow
   */
  async open(study: string, series?: string, options: GradeOptions = {}): Promise<GradedSpine> {
    return grade(await this.load(study, series), options);
  }

  /** Tells the cohort where its images lie now. @returns series that were found */
  async locate(folder: string, options: IndexOptions = {}): Promise<number> {
    requireOptions("locate", options, INDEX_OPTIONS);
    return locateImages(this.store, localPath(folder), options);
  }

  /**
   * Adds the shards that parts of a batch, or the workers of a queue, wrote into a folder. Open the cohort with the folder's
   * secret: `openCohort(path, { gather: folder })`.
   * @returns studies in them
   * @throws CohortError where this cohort's pseudonyms were made with another secret
   */
  async gather(folder: string): Promise<number> {
    const shared = await existingSharedFolder(localPath(folder));
    if (shared.salt !== this.store.salt)
      throw new CohortError(
        "bad-option",
        "This cohort's pseudonyms were made with another secret than the shards'; open a new one for them: openCohort(path, { gather: folder }).",
      );
    return gatherShards(this.store, await listShards(shared));
  }

  /** Writes one Parquet file a table; where images lie and the secret of the pseudonyms stay behind. */
  async exportParquet(folder: string): Promise<string[]> {
    return exportParquet(this.store, localPath(folder));
  }

  /** Adds what `exportParquet` wrote. @returns rows by table */
  async importParquet(folder: string): Promise<Record<string, number>> {
    return importParquet(this.store, localPath(folder));
  }

  /**
   * The cohort as data sets for training and evaluation, one for each that its studies are of: people's grades, and pictures that still lie
   * where they lay. They can be read when the cohort is closed.
   * @example await training.evaluateModels(modelsFolder(), await cohort.datasets(), console.log)
   */
  datasets(): Promise<Dataset[]> {
    return cohortDatasets(this.store);
  }

  /** Lets go of the file. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.store.close();
  }

  [jupyterDisplay](): Promise<MimeBundle> {
    return overviewOf(this.store);
  }
}

/**
 * Opens a cohort: a file that keeps studies, series, detections, grades by rater and model, and where they came from.
 * @param path a file, which is made where it is not there; `:memory:` for a cohort that is gone with the kernel
 * @param options.gather for a new cohort that takes in shards: the folder that they were written to
 * @example const cohort = await openCohort("spine.duckdb");
 * A file that may not be written, or that another process has open for reading, is opened for reading only (`readOnly` says why).
 * @throws CohortError in one sentence: in use, damaged, of a newer version, something else ...
 */
export async function openCohort(path: string, options: { readonly gather?: string } = {}): Promise<Cohort> {
  requireOptions("openCohort", options, { gather: true });
  if (typeof path !== "string" || path.trim() === "")
    throw new CohortError("bad-option", "Give the name of the cohort's file.");
  const shared =
    options.gather === undefined ? undefined : await existingSharedFolder(localPath(options.gather));
  return new Cohort(
    await CohortStore.open(localPath(path), shared === undefined ? {} : { salt: shared.salt }),
  );
}
