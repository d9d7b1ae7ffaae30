import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import {
  CohortError,
  importRsna,
  importSpider,
  importTianchi,
  tianchiStudies,
  type BatchSummary,
  type CohortRecords,
  type Manifest,
  type ManifestStudy,
} from "../cohort/index.js";
import { listStudies, localPath } from "../imaging/index.js";
import {
  describeDataset,
  openDatasets,
  recogniseLayout,
  type Dataset,
  type DatasetSeries,
} from "../training/index.js";
import { gradeManifest, type GradeCohortOptions } from "./batch.js";
import { openCohort } from "./cohort.js";

/** What a data set brings: its readers' grades, and its pictures as what is to be graded. */
export interface CohortDataset {
  readonly title: string;
  readonly records: Partial<CohortRecords>;
  readonly manifest: Manifest;
}

/** What data sets are called in a cohort, by layout, where their importers have no name for them. */
const NAMES = {
  "lsma-published": "LSMA",
  "lsma-excerpt": "LSMA",
  studies: "local",
  cohort: "local",
} as const;

function files(series: readonly DatasetSeries[], withT1: boolean): ManifestStudy["files"] {
  const wanted = series.filter(({ kind }) => kind === "T2" || (withT1 && kind === "T1"));
  return wanted.flatMap(({ kind, place, name }) => {
    if (place === undefined) return [];
    const contrast = kind === "T1" ? ("T1" as const) : ("T2" as const);
    // SPIDER's importer calls series as the data set does.
    const called = /^\d+_t[12]/.test(name) ? { series: name } : {};
    return [{ ...place(), contrast, ...called }];
  });
}

/** What the readers of a data set gave, where no importer reads its table. */
function recordsOf({ patients }: Dataset, dataset: string): Partial<CohortRecords> {
  return {
    studies: patients.map(({ patient }) => ({ study: patient, patient, dataset })),
    readings: patients.flatMap(({ gradings }) =>
      gradings.map(({ patient, level, rater, grades }) => {
        const [, name = rater, reading = "1"] = /^(.*) \/ (\d+)$/.exec(rater) ?? [];
        return {
          study: patient,
          series: "",
          level,
          rater: name,
          model: "",
          reading: Number(reading),
          grades,
        };
      }),
    ),
    anomalies: [],
  };
}

/** A data set whose layout training knows. */
async function known(folder: string, withT1: boolean): Promise<CohortDataset> {
  const layout = await recogniseLayout(folder);
  const [opened] = await openDatasets(folder, () => undefined);
  const dataset = opened!;
  const isRsna = layout === "rsna";
  const isSpider = layout === "spider-published" || layout === "spider-excerpt";
  const name = isSpider ? "SPIDER" : isRsna ? "RSNA 2024" : NAMES[layout];
  const records = isSpider
    ? await importSpider(folder)
    : isRsna
      ? await importRsna(folder)
      : recordsOf(dataset, name);
  const studies = dataset.patients.flatMap(({ patient, series, isHeld }): ManifestStudy[] => {
    // RSNA's importer calls studies by their bare numbers.
    const study = isRsna ? patient.replace(/^RSNA-/, "") : patient;
    const own = files(series, withT1);
    return own.some(({ contrast }) => contrast === "T2")
      ? [{ study, patient: study, dataset: name, more: { kept_out_of_training: isHeld }, files: own }]
      : [];
  });
  const remarks = [describeDataset(dataset), ...dataset.remarks].map((line) => line.replace(/\.?$/, "."));
  return { title: dataset.title, records, manifest: { name: dataset.title, studies, remarks } };
}

/** The annotations of Tianchi in a folder; undefined where there are none. */
async function tianchiFile(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch((): string[] => []);
  const name = names.find((one) => /annotation.*\.json$/i.test(one));
  return name === undefined ? undefined : join(folder, name);
}

async function tianchi(folder: string, file: string): Promise<CohortDataset> {
  const [records, names, sources] = [
    await importTianchi(file),
    await tianchiStudies(file),
    await listStudies(folder),
  ];
  const studies = sources.flatMap(({ key, paths }): ManifestStudy[] => {
    const study = names.get(key);
    return study === undefined
      ? []
      : [{ study, patient: study, dataset: "Tianchi", files: paths.map((path) => ({ path })) }];
  });
  const without = names.size - studies.length;
  const remarks =
    without === 0 ? [] : [`${without} of ${names.size} annotated studies have no images there.`];
  return { title: "Tianchi", records, manifest: { name: "Tianchi", studies, remarks } };
}

/**
 * Opens a data set as it is published, or a folder of one's own studies beside `grades.csv`: what its readers gave, and its pictures.
 * Known are SPIDER, LSMA-PQR with Sudirman's images, RSNA 2024 and Tianchi.
 * @param options.t1 whether T1 series are read beside the T2 ones
 * @throws DataError, CohortError where the folder is none of them, with what was looked for
 */
export async function openCohortDataset(
  folder: string,
  options: { readonly t1?: boolean } = {},
): Promise<CohortDataset> {
  const path = localPath(folder);
  const annotations = await tianchiFile(path);
  return annotations === undefined ? known(path, options.t1 === true) : tianchi(path, annotations);
}

/**
 * Brings a published data set into a cohort in one call: its readers' grades are added and its pictures graded, as a batch that may
 * be stopped and goes on. `kept_out_of_training` of `studies` says which patients no shipped model has seen.
 * @param folder as its publisher packs it, unpacked
 * @param options as those of `gradeCohort`; `t1` reads the T1 series beside the T2 ones
 * @example await gradeDataset("SPIDER/", "spine.duckdb")
 * @throws DataError, CohortError, ImagingError
 */
export async function gradeDataset(
  folder: string,
  cohort: string,
  options: Omit<GradeCohortOptions, "images" | "dataset" | "spacing"> & { readonly t1?: boolean } = {},
): Promise<BatchSummary> {
  const { t1 = false, ...batch } = options;
  const { records, manifest, title } = await openCohortDataset(folder, { t1 });
  if (!manifest.studies.some(({ files: own }) => own.some(({ path }) => existsSync(path))))
    throw new CohortError(
      "file",
      `${title} has no pictures there that could be graded: unpack its images beside its table.`,
    );
  const open = await openCohort(cohort);
  try {
    await open.add(records);
    return await gradeManifest(manifest, cohort, batch);
  } finally {
    await open.close();
  }
}
