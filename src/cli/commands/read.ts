import { gzipSync } from "node:zlib";
import { imaging } from "../../api/index.js";
import { writeAtomically } from "../../notebook/index.js";
import { parseCommand, parseMillimetres, UsageError } from "../command.js";
import type { Command } from "../command.js";
import { requirePath } from "./source.js";
import { indexReporter } from "./read/progress.js";
import { writeThumbnails, type Thumbnail } from "./read/thumbnails.js";

export const read: Command = {
  name: "read",
  summary: "list the image series of a file or folder; write one as NIfTI",
  example: "spinebook read study/",
  usage: `spinebook read PATH [--json] [--spacing MM] [--nifti OUT.nii.gz [--series ID]] [--thumbnails DIR]

Lists the series found at PATH: a DICOM file, a folder or .zip of them (searched recursively), a DICOMDIR, .nii, .nii.gz,
.mha, .mhd, .nrrd, .nhdr, .png or .jpg. Shows shape (columns x rows x slices), spacing in mm, plane, weighting as guessed from the
header, what is wrong with them, and which one would be graded and why. Reads headers only, and tells on stderr how far it is when that takes over a second.

      --json              print the list as JSON
      --spacing MM        distance between the pixels of a .png, which does not say it itself
      --nifti OUT.nii.gz  also write the series as NIfTI; of several, the sagittal T2 series that grading would take
      --series ID         of several, write this one; the list tells the ids
      --thumbnails DIR    also write each series' middle slice as DIR/ID.png, at most 128 pixels wide and high`,

  async run(args, context) {
    const { values, path } = parseCommand(
      args,
      {
        json: { type: "boolean" },
        spacing: { type: "string" },
        nifti: { type: "string", path: "written" },
        series: { type: "string" },
        thumbnails: { type: "string", path: "written" },
      },
      "a DICOM file or folder, or an image file",
    );
    const spacing = parseMillimetres("--spacing", values.spacing);
    if (values.nifti !== undefined && !/\.nii(\.gz)?$/i.test(values.nifti))
      throw new UsageError(`"${values.nifti}" is no name for a NIfTI file; end it in .nii or .nii.gz.`);
    if (values.series !== undefined && values.nifti === undefined)
      throw new UsageError("--series chooses what --nifti writes; give --nifti OUT.nii.gz too.");
    await requirePath(path);
    const series = await imaging.readSeries(path, {
      ...(spacing === undefined ? {} : { spacing }),
      onProgress: indexReporter(context.log),
      signal: context.signal,
    });
    const chosen = values.nifti === undefined ? undefined : choose(series, values.series);
    if (values.nifti !== undefined && chosen !== undefined) {
      const bytes = imaging.writeNifti(await chosen.load());
      await writeAtomically(values.nifti, /\.gz$/i.test(values.nifti) ? gzipSync(bytes) : bytes);
      context.log(`Series ${chosen.id} is written to ${values.nifti}.`);
    }
    const thumbnails =
      values.thumbnails === undefined ? [] : await writeThumbnails(series, values.thumbnails, context.signal);
    for (const { series: id, problem } of thumbnails)
      if (problem !== undefined) context.log(`Series ${id} has no thumbnail: ${problem}`);
    const choice = choiceOf(series);
    if (values.json)
      context.out(
        JSON.stringify({
          series: series.map((one, i) => describe(one, thumbnails[i])),
          choice,
          ...(chosen === undefined ? {} : { written: chosen.id }),
        }),
      );
    else {
      const studies = imaging.examinations(series);
      for (const study of studies) {
        if (studies.length > 1) context.out(`Study ${study.id}`);
        for (const one of study.series) context.out(line(one));
      }
      if ("t2" in choice)
        context.out(`To grade: ${choice.t2}${choice.t1 === undefined ? "" : `, with T1: ${choice.t1}`}`);
      for (const reason of choice.reasons) context.out(`  ${reason}`);
    }
    return 0;
  },
};

/** The series with the id; without one the only series, or that which grading would take. */
function choose(series: readonly imaging.Series[], id: string | undefined): imaging.Series {
  if (id === undefined) return series.length === 1 ? series[0]! : imaging.chooseStudy(series).t2;
  const chosen = series.find((one) => one.id === id);
  if (chosen !== undefined) return chosen;
  const ids = series.map((one) => one.id).join(", ");
  throw new UsageError(`There is no series "${id}"; there is ${ids}.`);
}

/** Which series would be graded, by id, and why; only the reason where none will do. */
function choiceOf(series: readonly imaging.Series[]): {
  readonly t2?: string;
  readonly t1?: string;
  readonly reasons: readonly string[];
} {
  try {
    const { t2, t1, reasons } = imaging.chooseStudy(series);
    return { t2: t2.id, ...(t1 === undefined ? {} : { t1: t1.id }), reasons };
  } catch (error) {
    if (!(error instanceof imaging.ImagingError)) throw error;
    return { reasons: [error.message] };
  }
}

/** What the JSON says of a series. */
function describe(series: imaging.Series, thumbnail: Thumbnail | undefined) {
  const { id, study, description, modality, contrast, orientation, columns, rows, slices } = series;
  const { spacing, geometry, problems } = series;
  return {
    id,
    ...(study === undefined ? {} : { study }),
    description,
    modality,
    contrast,
    orientation,
    columns,
    rows,
    slices,
    spacing,
    geometry,
    problems,
    ...(thumbnail?.file === undefined ? {} : { thumbnail: thumbnail.file }),
  };
}

function line(series: imaging.Series): string {
  const { id, description, contrast, orientation, columns, rows, slices, spacing, problems } = series;
  const shape = `${columns} x ${rows} x ${slices}`;
  const distances = spacing.map((mm) => Number(mm.toFixed(3))).join(" x ");
  const about = [id, orientation, contrast, shape, `${distances} mm`, description].filter(
    (part) => part !== "",
  );
  return [about.join("  "), ...problems.map(({ message }) => `  ! ${message}`)].join("\n");
}
