import { dicomReport, dicomSheet, grade as gradeSpine } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import { parseArguments, UsageError } from "../command.js";
import type { Command } from "../command.js";
import { BATCH_OPTIONS, gradeBatch } from "./cohortBatch.js";
import { csvOf, gradeLines } from "./gradeText.js";
import { gradeAll } from "./gradeAll.js";
import { loadSource, SOURCE_HELP, SOURCE_OPTIONS } from "./source.js";

/** Refuses options that would be passed over in silence. @throws UsageError */
function refuse(values: Readonly<Record<string, unknown>>, names: readonly string[], why: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} ${why}.`);
}

export const grade: Command = {
  name: "grade",
  summary: "find, name and grade every disc",
  example: "spinebook grade study/ --csv grades.csv",
  usage: `spinebook grade PATH [--json | --csv OUT.csv] [--sr OUT.dcm] [--sc OUT.dcm] [--spacing MM]
                     [--study ID] [--series ID] [--t1 PATH] [--reader NAME]
       spinebook grade FOLDER --all [--reader NAME] [--json | --csv OUT.csv]
       spinebook grade FOLDER --cohort FILE [--reader NAME] [--workers N] [--again failed|all] [--timeout S] [--dataset NAME]
                       [--spacing MM|auto] [--json]
       spinebook grade [FOLDER] --cohort FILE --manifest TABLE [...]
       spinebook grade FOLDER --cohort FOLDER (--shard I/N | --queue URL) [...]

Grades every disc: Pfirrmann 1-5, narrowing 1-4, spondylolisthesis, central canal stenosis, endplate defects and marrow
changes (upper, lower), herniation, bulging, Modic type. Research use only. Not a medical device.
${SOURCE_HELP}

Behind a Pfirrmann grade stand its expected value and the grades that cannot be excluded at 90 %.

      --json         print everything that detect prints, and grades with probabilities, as JSON
      --csv OUT.csv  write one row a disc
      --sr OUT.dcm   write a DICOM structured report (TID 1500) that refers to the images by their UIDs
      --sc OUT.dcm   write the sheet of grades as a DICOM secondary capture image
      --spacing MM   distance between the pixels of a .png or .jpg; "auto" estimates it from the size of the bodies
      --study ID     of several studies, take this one
      --series ID    of several series, take this one
      --all          grade every study in the folder, one after another (for many: --cohort, which goes on where it was stopped)
      --reader NAME  give Pfirrmann grades as this reader does: SPIDER, LSMA, or a file of calibrateReader (mine.json)
      --t1 PATH      read a T1 scan of the same place, too; of a study (such as PATH itself) its T1 series is taken

With --cohort every study below FOLDER is graded into a cohort ("spinebook cohort", docs/cohort.md). Run again, it goes on
where it was stopped or killed; what is there with the same weights stays. A study that cannot be graded is noted with its
reason and stops nothing. With --reader the cohort tells whose convention the grades follow (column reader), and grades of another
convention stay beside them; the workers of a queue need no file of the reader.

      --cohort FILE    the cohort, made where it is not there; with --shard or --queue the folder that shards are written to
      --workers N      processes that grade at once (default: one a core)
      --again WORD     grade again what failed, or all
      --timeout S      give a study up after so many seconds (default 600)
      --dataset NAME   what the studies are called in the cohort (default: local)
      --manifest TABLE what to grade, one row a study: a .csv or .parquet file, or a SELECT, with columns path, study, patient, data set,
                       spacing, contrast, T1, age, sex, date, scanner; any other becomes a column of the cohort's studies. Paths count
                       from the table's folder, or from FOLDER
      --spacing MM     mm between the pixels of the pictures (PNG, JPEG) in FOLDER, or "auto" to have it estimated; without it pictures
                       are left out
      --shard I/N      grade part I of N only, as one job of a job array (Slurm, Kubernetes); every job takes the same FOLDER
      --queue URL      have the studies graded by "spinebook worker" on any machines, by way of a Redis or Valkey server

The DICOM files hold no name and no patient id, but the UIDs of the images tell which study they belong to; to pass them
on, grade what "spinebook deidentify" wrote.`,

  async run(args, context) {
    const options = {
      json: { type: "boolean" },
      csv: { type: "string", path: "written" },
      sr: { type: "string", path: "written" },
      sc: { type: "string", path: "written" },
      ...SOURCE_OPTIONS,
      all: { type: "boolean" },
      t1: { type: "string", path: "read" },
      reader: { type: "string" },
      ...BATCH_OPTIONS,
    } as const;
    // A manifest names the scans itself.
    const isTold = args.some((arg) => /^--manifest(?:=|$)/.test(arg));
    const { values, positionals } = parseArguments(args, options, isTold ? [] : ["a scan"], isTold);
    const [path, ...further] = positionals;
    if (further.length > 0)
      throw new UsageError("Name one folder at most: the paths of the manifest count from it.");
    if (values.cohort !== undefined) {
      refuse(
        values,
        ["csv", "sr", "sc", "study", "series", "all", "t1"],
        "goes with a single study, not with --cohort",
      );
      return gradeBatch(path, values.cohort, values, context);
    }
    refuse(values, Object.keys(BATCH_OPTIONS), "goes with --cohort");
    if (path === undefined) throw new UsageError("Name a scan.");
    if (values.all === true) {
      refuse(values, ["sr", "sc", "series", "study", "t1"], "goes with a single study, not with --all");
      return gradeAll(path, values, context);
    }
    const scan = await loadSource(path, values, context.log);
    const t1 =
      values.t1 === undefined
        ? undefined
        : await loadSource(values.t1, { spacing: values.spacing }, context.log);
    const { reader } = values;
    const graded = await gradeSpine(scan, {
      ...(t1 === undefined ? {} : { t1 }),
      ...(reader === undefined ? {} : { reader }),
    });
    if (values.csv !== undefined) await writeAtomically(values.csv, csvOf(graded.table()));
    const made = new Date();
    if (values.sr !== undefined) await writeAtomically(values.sr, await dicomReport(graded, made));
    if (values.sc !== undefined) await writeAtomically(values.sc, await dicomSheet(graded, made));
    if (values.json) context.out(JSON.stringify(graded));
    else for (const line of gradeLines(graded)) context.out(line);
    return 0;
  },
};
