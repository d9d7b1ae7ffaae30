import {
  CohortError,
  CohortStore,
  columnOf,
  DATASET_READERS,
  discPictures,
  existingSharedFolder,
  exportParquet,
  gatherShards,
  importParquet,
  listShards,
  locateImages,
  seriesOf,
  type Added,
  type CohortRecords,
  type DiscName,
  type Parameters,
  type ReadingFilter,
  type ReadingRecord,
  type ResultRow,
  type RowStream,
} from "../cohort/index.js";
import { detectSpine, type Spine } from "../detection/index.js";
import { localPath } from "../imaging/index.js";
import type { IndexOptions, Volume } from "../imaging/index.js";
import { TABLE_MIME, type MimeBundle } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import { grade, type GradedSpine, modelsFolder, recordData, Scan } from "../analysis/index.js";
import { jupyterDisplay, montage, type Montage, type MontageOptions, tableBundle } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";
import { escapeMarkup } from "../text/index.js";
import { AT_ONCE, CohortTable } from "./cohortTable.js";
import { conditionsOf, requireFeature, type DiscQuery } from "./discQuery.js";
import { INDEX_OPTIONS } from "./options.js";

/** A rater in a cohort: a person's pseudonym, a data set's readers, or `model` with the hash of its weights. */
export interface RaterName {
  readonly rater: string;
  /** Hash of the weights; any unless given. */
  readonly model?: string;
  /** 1 unless given. */
  readonly reading?: number;
}

/** Two raters' grades of the same discs, in one order. */
export interface GradePairs {
  readonly reference: number[];
  readonly predicted: number[];
  /** Patient of each disc, for intervals by patient. */
  readonly patients: string[];
  readonly levels: string[];
  readonly studies: string[];
}

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
   * @param options.replace whether readings take the place of those with other grades, as where a table was corrected
   * @returns studies and readings that were new, and readings that are other now
   * @example await cohort.add(await importSpider("spider/"))
   * @throws CohortError "bad-record", "collision", "read-only"; then nothing was added
   */
  add(records: Partial<CohortRecords>, options: { readonly replace?: boolean } = {}): Promise<Added> {
    requireOptions("add", options, { replace: true });
    return this.store.add(records, { replaces: options.replace === true });
  }

  /**
   * Runs one SQL statement of DuckDB that reads: a cohort is changed by `add`, which checks every value. Tables: studies, series, detections, readings, attempts, models, anomalies; views: `discs`
   * (readings beside what is known of the patient) and `failures`; `level_order(level)` sorts discs from above. At most a million
   * rows (20 million cells) come at once; `table` pages through a result of any length.
   * @example await cohort.sql("SELECT level, avg(pfirrmann) FROM discs WHERE age > $1 GROUP BY level", [60])
   * @throws CohortError with what DuckDB says, and for a statement that changes or writes anything
   */
  sql(text: string, parameters?: Parameters): Promise<ResultRow[]> {
    return this.store.ask(text, parameters, AT_ONCE);
  }

  /**
   * Runs one SQL statement and gives its rows as they come, some thousand at a time, however many there are.
   * @example for await (const rows of (await cohort.stream("SELECT study, level FROM readings")).parts) count += rows.length
   */
  stream(text: string, parameters?: Parameters): Promise<RowStream> {
    return this.store.stream(text, parameters);
  }

  /** The result of a SELECT as a table that sorts, filters and pages, however many rows it has. */
  table(select: string, parameters?: Parameters): Promise<CohortTable> {
    return CohortTable.of(this.store, select, parameters);
  }

  /**
   * Readings with what is known of the patient, as a table.
   * @example await cohort.discs({ level: "L4-L5", grades: { pfirrmann: [4, 5] }, age: [20, 40] })
   */
  async discs(query: DiscQuery = {}): Promise<CohortTable> {
    const { where, parameters } = conditionsOf(query);
    return this.table(
      `SELECT * EXCLUDE (probabilities) FROM discs ${where} ORDER BY study, level_order(level), rater, reading`,
      parameters,
    );
  }

  /** Readings as records. */
  readings(filter: ReadingFilter = {}): Promise<ReadingRecord[]> {
    return this.store.readings(filter);
  }

  /** Who has read, with how many readings. */
  raters(): Promise<ResultRow[]> {
    return this.sql(
      `SELECT rater, model, reading, count(*) AS discs, count(DISTINCT study) AS studies FROM readings
         GROUP BY ALL ORDER BY discs DESC, rater, model, reading`,
    );
  }

  /**
   * The grades of one feature that two raters gave the same discs: those of one study, which is of one data set and patient.
   * @example const { reference, predicted } = await cohort.pairs("pfirrmann", { rater: "SPIDER" }, { rater: "model" });
   * @throws CohortError where no disc was read by both, and where an earlier Spinebook may have made two people one
   */
  async pairs(feature: string, reference: RaterName, predicted: RaterName): Promise<GradePairs> {
    requireFeature(feature);
    const column = `"${columnOf(feature)}"`;
    // A reading of a data set may not say which series was read; the study and level then tell the disc.
    const rows = await this.sql(
      `WITH own AS (SELECT study, level, ${column} AS grade FROM readings WHERE rater = $a AND reading = $i
                      AND ($m IS NULL OR model = $m) AND ${column} IS NOT NULL
                      QUALIFY row_number() OVER (PARTITION BY study, level ORDER BY "at" DESC) = 1),
            other AS (SELECT study, level, ${column} AS grade FROM readings WHERE rater = $b AND reading = $j
                      AND ($n IS NULL OR model = $n) AND ${column} IS NOT NULL
                      QUALIFY row_number() OVER (PARTITION BY study, level ORDER BY "at" DESC) = 1)
       SELECT study, level, own.grade AS first, other.grade AS second, coalesce(patient, study) AS patient, dataset,
              -- A number that several data sets give to a patient is several people's.
              patient IN (SELECT patient FROM studies GROUP BY patient HAVING count(DISTINCT dataset) > 1) AS shared
         FROM own JOIN other USING (study, level) LEFT JOIN studies USING (study) ORDER BY study, level_order(level)`,
      {
        a: reference.rater,
        b: predicted.rater,
        i: reference.reading ?? 1,
        j: predicted.reading ?? 1,
        m: reference.model ?? null,
        n: predicted.model ?? null,
      },
    );
    this.requireOneDataset(rows, reference, predicted);
    if (rows.length === 0)
      throw new CohortError(
        "query",
        `No disc has ${feature} from both ${reference.rater} and ${predicted.rater}; \`raters()\` lists who has read.`,
      );
    return {
      reference: rows.map((row) => row.first as number),
      predicted: rows.map((row) => row.second as number),
      patients: rows.map(({ patient, dataset, shared }) =>
        shared === true ? `${dataset as string}: ${patient as string}` : (patient as string),
      ),
      levels: rows.map((row) => row.level as string),
      studies: rows.map((row) => row.study as string),
    };
  }

  /** In a cohort that was begun by an earlier Spinebook, refuses pairs of which one half is another data set's. */
  private requireOneDataset(
    rows: readonly ResultRow[],
    { rater: one }: RaterName,
    { rater: other }: RaterName,
  ): void {
    if (!this.store.isMixed) return;
    const readers = [one, other].filter((rater) => DATASET_READERS.includes(rater));
    const strange = rows.filter(({ dataset }) => readers.some((rater) => dataset !== rater));
    if (strange.length > 0)
      throw new CohortError(
        "collision",
        `${strange.length} discs that ${readers.join(" and ")} read are of studies of data set "${strange[0]!.dataset as string}" here: an earlier Spinebook put studies of equal numbers together, and they may be two people's. Import both data sets into a new cohort.`,
      );
  }

  /**
   * Pictures of discs: the middle slice around each.
   * @param rows of `sql`, `table` or `discs`: anything with `study`, `level` and, where known, `series`
   * @param options.limit pictures at most, 24 unless given
   * @param options.caption what stands below a picture; level and Pfirrmann grade unless given
   * @example await cohort.montage(await cohort.sql("SELECT * FROM discs WHERE pfirrmann = 5"))
   */
  async montage(
    rows: readonly ResultRow[] | CohortTable,
    options: MontageOptions & { readonly limit?: number; readonly caption?: (row: ResultRow) => string } = {},
  ): Promise<Montage> {
    requireOptions("montage", options, MONTAGE_OPTIONS);
    const { limit = 24, caption = captionOf, ...rest } = options;
    const all = rows instanceof CohortTable ? await rows.rows(limit) : rows.slice(0, limit);
    const names = all.map((row): DiscName => {
      if (typeof row.study !== "string" || typeof row.level !== "string")
        throw new CohortError(
          "query",
          "A montage needs rows with the columns study and level; select these too.",
        );
      return { study: row.study, level: row.level, series: typeof row.series === "string" ? row.series : "" };
    });
    const spines = new WeakMap<Volume, Promise<Spine>>();
    const pictures = await discPictures(this.store, names, async (volume, level) => {
      const spine = spines.get(volume) ?? detectSpine(volume, modelsFolder());
      spines.set(volume, spine);
      const disc = (await spine).discs.find((one) => one.level === level);
      return disc && { ...disc.centre, slice: disc.slice };
    });
    if (all.length > 0 && pictures.every((picture) => picture === undefined))
      throw new CohortError("query", "None of these discs was found in its images; check their levels.");
    const cells = pictures.flatMap((picture, i) =>
      picture === undefined ? [] : [{ ...picture, caption: caption(all[i]!) }],
    );
    return montage(cells, rest);
  }

  /** Loads the images of a study. @param series its id in the cohort; the sagittal T2 unless given */
  async load(study: string, series?: string): Promise<Scan> {
    const one = await seriesOf(this.store, study, series);
    const volume = await one.load();
    recordData(volume);
    return new Scan(`Study ${study}, ${one.contrast}, ${one.slices} slices`, volume, one.problems, {
      series: one,
    });
  }

  /** Loads and grades a study, to look at it with its evidence. */
  async open(study: string, series?: string): Promise<GradedSpine> {
    return grade(await this.load(study, series));
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

  /** Lets go of the file. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    await this.store.close();
  }

  async [jupyterDisplay](): Promise<MimeBundle> {
    const rows = await this.sql(
      `WITH people AS (SELECT dataset, count(*) AS studies, count(DISTINCT patient) AS patients, round(avg(age), 1) AS "mean age"
                         FROM studies GROUP BY dataset),
            read AS (SELECT dataset, count(DISTINCT (study, level)) AS discs, count(*) AS readings
                       FROM readings JOIN studies USING (study) GROUP BY dataset)
       SELECT people.*, coalesce(discs, 0) AS discs, coalesce(readings, 0) AS readings
         FROM people LEFT JOIN read USING (dataset) ORDER BY dataset`,
    );
    const bundle = tableBundle(rows.length === 0 ? [{ studies: 0, discs: 0, readings: 0 }] : rows);
    return this.readOnly === undefined ? bundle : withRemark(bundle, this.readOnly);
  }
}

/** A table's display with a sentence below it. */
function withRemark(bundle: MimeBundle, remark: string): MimeBundle {
  return {
    ...bundle,
    [TABLE_MIME]: { ...(bundle[TABLE_MIME] as object), title: remark },
    "text/html": `${String(bundle["text/html"])}<p>${escapeMarkup(remark)}</p>`,
    "text/plain": `${String(bundle["text/plain"])}\n${remark}`,
  };
}

const MONTAGE_OPTIONS = {
  columns: true,
  title: true,
  width: true,
  window: true,
  limit: true,
  caption: true,
} as const;

function captionOf(row: ResultRow): string {
  const pfirrmann = typeof row.pfirrmann === "number" ? `Pfirrmann ${row.pfirrmann}` : "";
  return [`${row.level as string}  ${row.study as string}`, pfirrmann]
    .filter((line) => line !== "")
    .join("\n");
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
