import { existsSync } from "node:fs";
import {
  importCsv,
  importRsna,
  importSpider,
  importSpineNet,
  importTianchi,
  openCohort,
  withDataset,
  withPrefix,
  type Added,
  type Cohort,
  type CohortRecords,
  type ColumnUse,
  type CsvOptions,
} from "../../api/index.js";
import { counted } from "../../text/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command, CommandContext } from "../command.js";
import { printRows } from "./cohortSql.js";

type Importer = (path: string, options: CsvOptions) => Promise<CohortRecords>;

const IMPORTERS: Readonly<Record<string, Importer>> = {
  "import-spider": (path) => importSpider(path),
  "import-rsna": (path) => importRsna(path),
  "import-tianchi": (path) => importTianchi(path),
  "import-spinenet": (path) => importSpineNet(path),
  "import-csv": (path, options) => importCsv(path, {}, options),
};

const OPTIONS = {
  gather: { type: "string" },
  locate: { type: "string" },
  parquet: { type: "string" },
  "import-parquet": { type: "string" },
  "import-spider": { type: "string" },
  "import-rsna": { type: "string" },
  "import-tianchi": { type: "string" },
  "import-spinenet": { type: "string" },
  "import-csv": { type: "string" },
  dataset: { type: "string" },
  prefix: { type: "string" },
  rater: { type: "string" },
  feature: { type: "string" },
  preview: { type: "boolean" },
  replace: { type: "boolean" },
  sql: { type: "string" },
  csv: { type: "boolean" },
  json: { type: "boolean" },
} as const;

/** Adds a data set and tells what was unusual in it, each kind once. */
async function addRecords(
  cohort: Cohort,
  records: CohortRecords,
  replace: boolean,
  { log }: CommandContext,
): Promise<void> {
  const added = await cohort.add(records, { replace });
  log(addedText(records, added));
  logAnomalies(records.anomalies, log);
}

/** What was unusual, each kind once. */
function logAnomalies(anomalies: CohortRecords["anomalies"], log: CommandContext["log"]): void {
  const codes = [...new Set(anomalies.map(({ code }) => code))];
  for (const code of codes) {
    const own = anomalies.filter((anomaly) => anomaly.code === code);
    const { file, line, message } = own[0]!;
    const place = line === undefined ? file : `${file}, line ${line}`;
    log(`! ${place}: ${message}${own.length > 1 ? ` (and ${own.length - 1} more: ${code})` : ""}`);
  }
}

/** What was new, and what was there already. */
function addedText({ studies, readings }: CohortRecords, added: Added): string {
  const known = readings.length - added.readings - added.changed;
  if (added.studies + added.readings + added.changed === 0 && readings.length > 0)
    return `Nothing was new: ${counted(studies.length, "study is", "studies are")} here already, and ${counted(readings.length, "reading")} with the same grades.`;
  return (
    [
      `Added ${counted(added.studies, "study", "studies")} and ${counted(added.readings, "reading")}`,
      ...(added.changed > 0 ? [`changed ${counted(added.changed, "reading")}`] : []),
      ...(known > 0 ? [`${counted(known, "reading was", "readings were")} here already`] : []),
    ].join(", ") + "."
  );
}

export const cohort: Command = {
  name: "cohort",
  summary: "look into a cohort, add data sets and shards, write Parquet",
  example: 'spinebook cohort all.duckdb --sql "SELECT count(*) FROM discs"',
  usage: `spinebook cohort FILE [OPTIONS] [--json]

Opens a cohort (or makes one where something is added), does what the options say in the order below, and prints what it holds.

      --import-spider FOLDER    add SPIDER's gradings and overview
      --import-rsna FOLDER      add RSNA 2024 Lumbar Spine Degenerative Classification
      --import-tianchi FILE     add Tianchi's lumbar annotations
      --import-spinenet FILE    add what SpineNet wrote
      --import-csv FILE         add a table of your own: columns called patient, level, as the features, rater, reading
                                (other names: importCsv in a cell)
      --dataset NAME            the data set that what is imported belongs to: for a second reader's table, the one that its
                                patients are of here
      --rater NAME              who read a table without a column of raters (--import-csv): a pseudonym
      --feature KEY             what a table with one column a level grades (--import-csv), such as pfirrmann
      --preview                 tell what an import would do, and add nothing
      --replace                 let grades that are imported take the place of others of the same reading, as where a table
                                was corrected; without it they are refused
      --prefix TEXT             put before the ids of what is imported, where another data set has the same numbers
      --import-parquet FOLDER   add what --parquet wrote
      --gather FOLDER           add the shards of a distributed batch
      --locate FOLDER           tell it where the images lie now
      --parquet FOLDER          write one Parquet file a table, without places of images
      --sql TEXT                print what one statement of SQL gives, which reads and changes nothing; tables: studies, series, detections, readings,
                                attempts, models, readers, anomalies; views: discs, failures
      --csv, --json             print as CSV or JSON, row by row however many there are`,

  async run(args, context) {
    const { values, path } = parseCommand(args, OPTIONS, "the cohort's file");
    const makes = Object.keys(OPTIONS).filter(
      (name) =>
        ![
          "sql",
          "csv",
          "json",
          "parquet",
          "locate",
          "dataset",
          "prefix",
          "rater",
          "feature",
          "preview",
          "replace",
        ].includes(name),
    );
    if (values.csv && values.json) throw new UsageError("Give --csv or --json.");
    const imports = Object.keys(IMPORTERS).some((name) => values[name as keyof typeof values] !== undefined);
    for (const name of ["dataset", "prefix"] as const)
      if (values[name] !== undefined && !imports)
        throw new UsageError(`--${name} goes with an importer, such as --import-csv.`);
    if (values.rater !== undefined && values["import-csv"] === undefined)
      throw new UsageError("--rater goes with --import-csv: other data sets name their own readers.");
    if (values.feature !== undefined && values["import-csv"] === undefined)
      throw new UsageError("--feature goes with --import-csv.");
    if (values.preview && !imports)
      throw new UsageError("--preview goes with an importer, such as --import-csv.");
    if (values.replace && !imports)
      throw new UsageError("--replace goes with an importer, such as --import-csv.");
    if (values.preview) {
      for (const [option, records] of await importsOf(values)) previewRecords(option, records, context);
      return 0;
    }
    if (!existsSync(path) && !makes.some((name) => values[name as keyof typeof values] !== undefined))
      throw new UsageError("There is no cohort of that name; one is made when something is added to it.");
    // Pseudonyms of the shards are kept only by the secret that they were made with.
    const open = await openCohort(path, values.gather === undefined ? {} : { gather: values.gather });
    if (open.readOnly !== undefined) context.log(`! ${open.readOnly}`);
    try {
      for (const [, records] of await importsOf(values))
        await addRecords(open, records, values.replace === true, context);
      if (values["import-parquet"] !== undefined) {
        const rows = Object.entries(await open.importParquet(values["import-parquet"]));
        context.log(`Took in ${rows.map(([name, count]) => `${count} of ${name}`).join(", ")}.`);
      }
      if (values.gather !== undefined) {
        const studies = await open.gather(values.gather);
        if (studies === 0) throw new UsageError("The folder to gather holds no shards yet.");
        context.log(`Gathered ${studies} studies.`);
      }
      if (values.locate !== undefined) context.log(locatedText(await open.locate(values.locate)));
      if (values.parquet !== undefined)
        context.log(`Wrote ${(await open.exportParquet(values.parquet)).join(", ")}.`);
      await printRows(
        open,
        values.sql ?? SUMMARY,
        values.csv ? "csv" : values.json ? "json" : "text",
        context,
      );
      return 0;
    } finally {
      await open.close();
    }
  },
};

/** What the options import, one after another. */
async function importsOf(
  values: Readonly<Record<string, string | boolean | undefined>>,
): Promise<[option: string, records: CohortRecords][]> {
  const { rater, feature, dataset, prefix } = values as Readonly<Record<string, string | undefined>>;
  const options = {
    ...(rater === undefined ? {} : { rater }),
    ...(feature === undefined ? {} : { feature }),
  };
  const all: [string, CohortRecords][] = [];
  for (const [option, importer] of Object.entries(IMPORTERS)) {
    const source = values[option];
    if (typeof source === "string")
      all.push([option, named(await importer(source, options), { dataset, prefix })]);
  }
  return all;
}

/** Tells what an import would add, and what becomes of each column of a table. */
function previewRecords(option: string, records: CohortRecords, { out, log }: CommandContext): void {
  const { studies, readings, anomalies } = records;
  const { columns = [] } = records as { readonly columns?: readonly ColumnUse[] };
  out(
    `--${option} would add ${counted(studies.length, "study", "studies")} and ${counted(readings.length, "reading")}; nothing was added.`,
  );
  for (const { column, becomes, filled } of columns)
    out(`  ${column.slice(0, 40)}: ${becomes === "" ? "left out" : becomes} (${counted(filled, "row")})`);
  logAnomalies(anomalies, log);
}

/** Records under the data set and the ids that the options give them. */
function named(
  records: CohortRecords,
  { dataset, prefix }: { readonly dataset?: string | undefined; readonly prefix?: string | undefined },
): CohortRecords {
  const own = dataset === undefined ? records : withDataset(records, dataset);
  return prefix === undefined ? own : withPrefix(own, prefix);
}

function locatedText(series: number): string {
  if (series > 0) return `Found the images of ${series} series.`;
  return "Found no images of this cohort there: other studies lie there, or its pseudonyms were made with another secret.";
}

const SUMMARY = `SELECT rater, model, reader, reading, count(DISTINCT study) AS studies, count(*) AS discs FROM readings
  GROUP BY ALL ORDER BY discs DESC, rater`;
