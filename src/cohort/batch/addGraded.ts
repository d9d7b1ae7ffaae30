import { readerOf } from "../../grading/index.js";
import type { GradeReport } from "../../grading/index.js";
import { fingerprint } from "../../imaging/index.js";
import type { Series } from "../../imaging/index.js";
import { pseudonym } from "../pseudonym.js";
import { CohortError } from "../errors.js";
import type { Added } from "../store/database.js";
import { rowsOf } from "../store/rows.js";
import type { CohortStore } from "../store/store.js";
import { gradedRecords, seriesId, seriesRecord } from "./gradeUnit.js";
import { modelIdentity, originRows } from "./model.js";
import { studyRecord, type FoundSeries, type Told } from "./told.js";
import { gradedResult } from "./unit.js";

/** A study that was graded outside of a batch. */
export interface GradedStudy {
  readonly report: GradeReport;
  /** The series that was graded, where a file was read. */
  readonly series?: Series | undefined;
  /** Where it was read from. */
  readonly path?: string | undefined;
}

/**
 * Writes a graded study as a batch writes it: study, series, detections, grades with probabilities and flags, the weights, and the note
 * that it is done with these, so that a batch does not grade it again.
 * @param study its id; a pseudonym unless given
 * @param models folder of the weights that graded it
 * @throws CohortError
 */
export async function addGraded(
  store: CohortStore,
  { report, series, path }: GradedStudy,
  study: string | undefined,
  told: Omit<Told, "files">,
  models: string,
): Promise<Added> {
  const { volume } = report.spine.stack;
  const reader = readerOf(report.discs);
  if (reader !== undefined)
    throw new CohortError(
      "query",
      `These grades follow the convention of reader ${reader}. Add the study graded without a reader, or let gradeCohort grade it with { reader }.`,
    );
  const { salt } = store;
  const identity = await modelIdentity(models);
  const unit = {
    study: study ?? pseudonym(salt, "study", series?.study ?? `picture ${fingerprint(volume)}`),
    paths: path === undefined ? [] : [path],
    told: { ...told, files: [] },
  };
  const plan = { models, model: identity.hash, salt, dataset: "local" };
  const found: FoundSeries | undefined = series && {
    series,
    path: path ?? "",
    ...(series.geometry === "image"
      ? { name: series.contrast === "unknown" ? "picture" : series.contrast.toLowerCase() }
      : {}),
  };
  const id = found === undefined ? fingerprint(volume) : seriesId(salt, found);
  const rows = rowsOf({
    studies: [studyRecord(plan, unit, series?.subject?.())],
    series: found === undefined ? [] : [seriesRecord(salt, unit.study, found, volume)],
    ...gradedRecords({ study: unit.study, series: id, model: identity.hash }, report, {
      at: new Date().toISOString(),
    }),
  });
  const result = gradedResult(plan, unit, rows, report.seconds);
  return store.write({ ...result.rows, ...originRows(identity, undefined) }, { replaces: true });
}
