import { modelsFolder, type GradedSpine } from "../analysis/index.js";
import {
  addGraded,
  importCsv as importTable,
  type Added,
  type Anomaly,
  type CohortStore,
  type CsvMapping,
  type CsvOptions,
  type CsvRecords,
} from "../cohort/index.js";
import { jupyterDisplay, tableBundle } from "../figures/index.js";
import type { Displayable } from "../figures/index.js";
import type { MimeBundle } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import { counted } from "../text/index.js";
import { withRemark } from "./remark.js";

/** A plain object that shows itself when it is the last value of a cell; what compares or copies it sees its own fields only. */
function showing<T extends object>(value: T, display: () => MimeBundle): T & Displayable {
  return Object.defineProperty(value, jupyterDisplay, { value: display, enumerable: false }) as T &
    Displayable;
}

/** Each kind of anomaly once, with how often it occurred. */
function anomalyRows(anomalies: readonly Anomaly[]): Record<string, string | number>[] {
  return [...new Set(anomalies.map(({ code }) => code))].map((code) => {
    const own = anomalies.filter((one) => one.code === code);
    const { line, message } = own[0]!;
    return {
      what: code,
      times: own.length,
      "left out": own.filter(({ isLeftOut }) => isLeftOut).length,
      first: line === undefined ? message : `Line ${line}: ${message}`,
    };
  });
}

/** What a table would bring, in a sentence. */
function previewText({ studies, readings }: CsvRecords): string {
  const raters = [...new Set(readings.map(({ rater }) => rater))];
  const datasets = [...new Set(studies.map(({ dataset }) => dataset))];
  const of = datasets.length === 0 ? "" : ` of data set ${datasets.join(", ")}`;
  const by =
    raters.length === 0
      ? ""
      : ` by ${raters.slice(0, 5).join(", ")}${raters.length > 5 ? " and others" : ""}`;
  return `${counted(studies.length, "study", "studies")}${of} and ${counted(readings.length, "reading")}${by}. Nothing is in a cohort yet: add them with cohort.add.`;
}

/**
 * As the cohort's `importCsv`; what it gives shows, as the last value of a cell, what each column becomes and what is left out: a
 * preview, as nothing is in a cohort before `cohort.add`.
 */
export async function importCsv(
  path: string,
  mapping: CsvMapping = {},
  options: CsvOptions = {},
): Promise<CsvRecords & Displayable> {
  const records = await importTable(path, mapping, options);
  return showing(records, () => {
    const columns = records.columns.map(({ column, becomes, filled }) => ({
      column,
      becomes: becomes === "" ? "left out" : becomes,
      "rows filled": filled,
    }));
    return withRemark(tableBundle(columns), previewText(records), anomalyRows(records.anomalies));
  });
}

/** What `add` has changed, which shows itself. @param anomalies of what was added */
export function addedReport(added: Added, anomalies: readonly Anomaly[] = []): Added & Displayable {
  return showing(added, () => {
    const { studies, readings, changed } = added;
    const text = `Added ${counted(studies, "study", "studies")} and ${counted(readings, "reading")}, changed ${counted(changed, "reading")}.`;
    return withRemark(tableBundle([{ studies, readings, changed }]), text, anomalyRows(anomalies));
  });
}

/** What may be told of a graded study when it is added. */
export interface GradedOptions {
  /** Its id, a pseudonym unless given. */
  readonly study?: string;
  readonly patient?: string;
  /** `local` unless given. */
  readonly dataset?: string;
  /** Years. */
  readonly age?: number;
  readonly sex?: "F" | "M";
  readonly scanner?: string;
  /** Values of columns of one's own of `studies`, such as `{ hospital: "north" }`. */
  readonly more?: Readonly<Record<string, string | number | boolean>>;
}

/** Writes a graded spine into a cohort, as a batch would. @throws CohortError */
export function addGradedSpine(
  store: CohortStore,
  { scan, report }: GradedSpine,
  options: GradedOptions,
): Promise<Added> {
  requireOptions("add", options, {
    study: true,
    patient: true,
    dataset: true,
    age: true,
    sex: true,
    scanner: true,
    more: true,
  });
  const { study, ...told } = options;
  return addGraded(store, { report, series: scan.series, path: scan.path }, study, told, modelsFolder());
}
