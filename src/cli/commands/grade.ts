import { dicomReport, dicomSheet, FEATURES, grade as gradeSpine, setText } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import { parseCommand, UsageError } from "../command.js";
import type { Command } from "../command.js";
import { BATCH_OPTIONS, gradeBatch } from "./cohortBatch.js";
import { loadSource, SOURCE_HELP } from "./source.js";

/** Refuses options that would be passed over in silence. @throws UsageError */
function refuse(values: Readonly<Record<string, unknown>>, names: readonly string[], why: string): void {
  const given = names.find((name) => values[name] !== undefined);
  if (given !== undefined) throw new UsageError(`--${given} ${why}.`);
}

export const grade: Command = {
  name: "grade",
  summary: "find, name and grade every disc",
  usage: `spinebook grade PATH [--json | --csv OUT.csv] [--sr OUT.dcm] [--sc OUT.dcm] [--spacing MM]
                     [--series ID] [--t1 PATH]
       spinebook grade FOLDER --cohort FILE [--workers N] [--again failed|all] [--timeout S] [--dataset NAME] [--json]
       spinebook grade FOLDER --cohort FOLDER (--shard I/N | --queue URL) [...]

Grades every disc: Pfirrmann 1-5, narrowing 1-4, spondylolisthesis, central canal stenosis, endplate defects and marrow
changes (upper, lower), herniation, bulging, Modic type. Research use only. Not a medical device.
${SOURCE_HELP}

Behind a Pfirrmann grade stand its expected value and the grades that cannot be excluded at 90 %.

      --json         print everything that detect prints, and grades with probabilities, as JSON
      --csv OUT.csv  write one row a disc
      --sr OUT.dcm   write a DICOM structured report (TID 1500) that refers to the images by their UIDs
      --sc OUT.dcm   write the sheet of grades as a DICOM secondary capture image
      --spacing MM   distance between the pixels of a .png
      --series ID    of several series, take this one
      --t1 PATH      read a T1 scan of the same place, too; of a study (such as PATH itself) its T1 series is taken

With --cohort every study below FOLDER is graded into a cohort ("spinebook cohort", docs/cohort.md). Run again, it goes on
where it was stopped or killed; what is there with the same weights stays. A study that cannot be graded is noted with its
reason and stops nothing.

      --cohort FILE    the cohort, made where it is not there; with --shard or --queue the folder that shards are written to
      --workers N      processes that grade at once (default: one a core)
      --again WORD     grade again what failed, or all
      --timeout S      give a study up after so many seconds (default 600)
      --dataset NAME   what the studies are called in the cohort (default: local)
      --shard I/N      grade part I of N only, as one job of a job array (Slurm, Kubernetes); every job takes the same FOLDER
      --queue URL      have the studies graded by "spinebook worker" on any machines, by way of a Redis or Valkey server

The DICOM files hold no name and no patient id, but the UIDs of the images tell which study they belong to; to pass them
on, grade what "spinebook deidentify" wrote.`,

  async run(args, context) {
    const options = {
      json: { type: "boolean" },
      csv: { type: "string" },
      sr: { type: "string" },
      sc: { type: "string" },
      spacing: { type: "string" },
      series: { type: "string" },
      t1: { type: "string" },
      ...BATCH_OPTIONS,
    } as const;
    const { values, path } = parseCommand(args, options, "a scan");
    if (values.cohort !== undefined) {
      refuse(
        values,
        ["csv", "sr", "sc", "spacing", "series", "t1"],
        "goes with a single study, not with --cohort",
      );
      return gradeBatch(path, values.cohort, values, context);
    }
    refuse(values, Object.keys(BATCH_OPTIONS), "goes with --cohort");
    const scan = await loadSource(path, values.spacing, values.series);
    const t1 = values.t1 === undefined ? undefined : await loadSource(values.t1, values.spacing);
    const graded = await gradeSpine(scan, t1 === undefined ? {} : { t1 });
    if (values.csv !== undefined) {
      const rows = graded.table();
      const header = Object.keys(rows[0] ?? { level: "" });
      await writeAtomically(
        values.csv,
        [header, ...rows.map((row) => Object.values(row))].map((cells) => `${cells.join(",")}\n`).join(""),
      );
    }
    const made = new Date();
    if (values.sr !== undefined) await writeAtomically(values.sr, await dicomReport(graded, made));
    if (values.sc !== undefined) await writeAtomically(values.sc, await dicomSheet(graded, made));
    if (values.json) context.out(JSON.stringify(graded));
    else {
      for (const { level, grades, flags } of graded.discs) {
        const present = FEATURES.filter(
          ({ key, classes }) => key !== "pfirrmann" && grades[key]!.grade !== classes[0],
        );
        const findings = present.map(({ key, name, classes, trainedOn }) => {
          const grade = classes.length > 2 ? ` ${grades[key]!.grade}` : "";
          return `${name.toLowerCase()}${grade}${trainedOn === "synthetic" ? " (learned from phantoms only)" : ""}`;
        });
        const { grade, fractional = NaN, set = [] } = grades.pfirrmann!;
        const possible = set.length > 1 ? `; ${setText(set, FEATURES[0]!.classes)}` : "";
        context.out(
          `${level.padEnd(8)} Pfirrmann ${grade} (${fractional.toFixed(1)}${possible})  ${findings.join(", ")}`,
        );
        for (const { message } of flags) context.out(`  ! ${message}`);
      }
      for (const { message } of graded.flags) context.out(`! ${message}`);
    }
    return 0;
  },
};
