import { resolve } from "node:path";
import { readerFor } from "../../grading/index.js";
import type { Reader } from "../../grading/index.js";
import { studySources, type IndexOptions } from "../../imaging/index.js";
import { pseudonym } from "../pseudonym.js";
import { modelIdentity, type ModelIdentity } from "./model.js";
import type { BatchPlan, Unit } from "./unit.js";

/** What is to be graded with what. */
export interface PlannedBatch {
  readonly plan: BatchPlan;
  readonly model: ModelIdentity;
  /** In an order that depends on the studies alone, so that every machine that lists the same folder has the same. */
  readonly units: readonly Unit[];
}

export interface PlanOptions extends IndexOptions {
  /** Folder of the weights. */
  readonly models: string;
  /** What the studies' data set is called, `local` unless given: a folder's own name may be a patient's. */
  readonly dataset?: string;
  /** Whose convention Pfirrmann grades follow: a reader that comes with the weights by name, a reader's file, or a reader. */
  readonly reader?: string | Reader;
}

/**
 * The reader that a batch names; undefined where it names none. Asked before a cohort is opened, so that a typing error leaves no empty one.
 * @throws ReaderError where there is no such reader, or it was fitted for other weights
 */
export async function readerOfBatch({
  models,
  reader,
}: Pick<PlanOptions, "models" | "reader">): Promise<Reader | undefined> {
  return reader === undefined ? undefined : readerFor(models, reader);
}

/** Lists the studies below a folder and gives each its pseudonym. @throws ImagingError, CohortError, ReaderError */
export async function planBatch(folder: string, salt: string, options: PlanOptions): Promise<PlannedBatch> {
  const { models, dataset = "local", reader, ...listing } = options;
  const model = await modelIdentity(models);
  const known = await readerOfBatch({ models, reader });
  const named = known === undefined ? {} : { reader: known };
  const sources = await studySources(folder, listing);
  const units = sources.map(({ key, paths, study }): Unit => ({
    study: pseudonym(salt, "study", key),
    paths: paths.map((path) => resolve(path)),
    ...(study === undefined ? {} : { key: study }),
  }));
  units.sort((a, b) => (a.study < b.study ? -1 : 1));
  return { plan: { models: resolve(models), model: model.hash, salt, dataset, ...named }, model, units };
}
