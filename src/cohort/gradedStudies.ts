import { existsSync } from "node:fs";
import type { Volume } from "../imaging/index.js";
import { placeFromRow, seriesAt } from "./images.js";
import type { ReadingRecord } from "./records.js";
import type { CohortStore } from "./store/store.js";
import type { ResultRow } from "./store/values.js";

/** A series of a study, its pictures read when they are asked for, also after the cohort was closed. */
export interface StudySeries {
  readonly contrast: string;
  readonly orientation: string;
  /** Whether its pictures lie where the cohort says, lie there no more, or the cohort does not know where. */
  readonly pictures: "there" | "gone" | "unknown";
  /** Whether a person's reading says that it was of this series. */
  readonly isRead: boolean;
  /** @throws CohortError, ImagingError */
  readonly load: () => Promise<Volume>;
}

/** A study with what people read in it. */
export interface GradedStudy {
  readonly study: string;
  readonly patient: string;
  readonly dataset: string;
  readonly series: readonly StudySeries[];
  readonly gradings: readonly Pick<ReadingRecord, "level" | "rater" | "reading" | "grades">[];
}

function byStudy<T>(rows: readonly T[], studyOf: (row: T) => string): Map<string, T[]> {
  const studies = new Map<string, T[]>();
  for (const row of rows) {
    const own = studies.get(studyOf(row));
    if (own === undefined) studies.set(studyOf(row), [row]);
    else own.push(row);
  }
  return studies;
}

function seriesOfRow(salt: string, row: ResultRow, read: ReadonlySet<string>): StudySeries {
  const { study, series, location } = row as Readonly<Record<string, string>>;
  const place = placeFromRow(row);
  return {
    contrast: (row.contrast ?? "unknown") as string,
    orientation: (row.orientation ?? "unknown") as string,
    pictures: row.location === null ? "unknown" : existsSync(location!) ? "there" : "gone",
    isRead: read.has(series!),
    load: async () => (await seriesAt(salt, study!, place)).load(),
  };
}

/**
 * All studies of a cohort with their series and people's readings, in the order of their ids.
 * @returns also how many readings by models were left aside
 */
export async function gradedStudies(
  store: CohortStore,
): Promise<{ readonly studies: readonly GradedStudy[]; readonly byModels: number }> {
  const [known, rows, all] = [
    await store.sql("SELECT study, patient, dataset FROM studies ORDER BY study"),
    await store.sql(
      `SELECT study, series, contrast, orientation, spacing_column, spacing_row, spacing_slice, spacing_estimated, location
         FROM series FULL JOIN locations USING (study, series) ORDER BY study, series`,
    ),
    await store.readings(),
  ];
  const series = byStudy(rows, (row) => row.study as string);
  const readings = byStudy(
    all.filter(({ model }) => model === ""),
    ({ study }) => study,
  );
  const studies = known.map((row): GradedStudy => {
    const { study, patient, dataset } = row as Readonly<Record<"study" | "patient" | "dataset", string>>;
    const gradings = readings.get(study) ?? [];
    const read = new Set(gradings.map((one) => one.series));
    return {
      ...{ study, patient, dataset, gradings },
      series: (series.get(study) ?? []).map((one) => seriesOfRow(store.salt, one, read)),
    };
  });
  return { studies, byModels: all.filter(({ model }) => model !== "").length };
}
