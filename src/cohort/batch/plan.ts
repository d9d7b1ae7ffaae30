import { resolve } from "node:path";
import { readerFor } from "../../grading/index.js";
import type { Reader } from "../../grading/index.js";
import { studySources, type IndexOptions, type PictureSpacing } from "../../imaging/index.js";
import type { Manifest } from "../manifest/manifest.js";
import { pseudonym } from "../pseudonym.js";
import { modelIdentity, type ModelIdentity } from "./model.js";
import { manifestUnits } from "./manifestUnits.js";
import { isPictureFile, pictureUnits } from "./pictures.js";
import type { BatchPlan, Unit } from "./unit.js";

/** What is to be graded with what. */
export interface PlannedBatch {
  readonly plan: BatchPlan;
  readonly model: ModelIdentity;
  /** In an order that depends on the studies alone, so that every machine that lists the same folder has the same. */
  readonly units: readonly Unit[];
  /** What a person should know of how the studies were told. */
  readonly remarks: readonly string[];
}

/** What is graded: every study below a folder (or a single file), or those of a manifest. */
export type BatchSource = string | Manifest;

export interface PlanOptions extends IndexOptions {
  /** Folder of the weights. */
  readonly models: string;
  /** What the studies' data set is called, `local` unless given: a folder's own name may be a patient's. */
  readonly dataset?: string;
  /** Whose convention Pfirrmann grades follow: a reader that comes with the weights by name, a reader's file, or a reader. */
  readonly reader?: string | Reader;
  /** mm between the pixels of the folder's pictures (PNG, JPEG), or "auto"; without it pictures are left out. A manifest tells its own. */
  readonly spacing?: PictureSpacing;
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

/** The studies of a folder, under pseudonyms; pictures as {@link pictureUnits} says. */
async function folderUnits(
  folder: string,
  salt: string,
  spacing: PictureSpacing | undefined,
  listing: IndexOptions,
): Promise<Unit[]> {
  const sources = await studySources(folder, { ...listing, pictures: spacing !== undefined });
  const units = sources.map(({ key, paths, study }): Unit => ({
    study: pseudonym(salt, "study", key),
    paths: paths.map((path) => resolve(path)),
    ...(study === undefined ? {} : { key: study }),
  }));
  if (spacing === undefined) return units;
  const isPicture = ({ paths }: Unit): boolean => paths.every(isPictureFile);
  return [...units.filter((unit) => !isPicture(unit)), ...pictureUnits(units.filter(isPicture), spacing)];
}

/** Lists the studies of a batch and gives each its pseudonym. @throws ImagingError, CohortError, ReaderError */
export async function planBatch(
  source: BatchSource,
  salt: string,
  options: PlanOptions,
): Promise<PlannedBatch> {
  const { models, dataset = "local", reader, spacing, ...listing } = options;
  const model = await modelIdentity(models);
  const known = await readerOfBatch({ models, reader });
  const named = known === undefined ? {} : { reader: known };
  const isFolder = typeof source === "string";
  const listed = isFolder
    ? await folderUnits(source, salt, spacing, listing)
    : await manifestUnits(source, salt, listing);
  const units = listed.sort((a, b) => (a.study < b.study ? -1 : 1));
  const plan = { models: resolve(models), model: model.hash, salt, dataset, ...named };
  return { plan, model, units, remarks: isFolder ? [] : source.remarks };
}
