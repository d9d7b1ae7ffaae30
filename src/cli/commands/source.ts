import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { loadSeries } from "../../api/index.js";
import type { Scan } from "../../api/index.js";
import { parseSpacing } from "../command.js";

/** The options that say what of a path is meant. */
export const SOURCE_OPTIONS = {
  spacing: { type: "string" },
  study: { type: "string" },
  series: { type: "string" },
} as const;

export type SourceValues = { readonly [K in keyof typeof SOURCE_OPTIONS]?: string | undefined };

/** `--spacing` as an option of the api. @throws UsageError */
export function spacingOf({ spacing }: SourceValues): { readonly spacing?: number | "auto" } {
  const told = parseSpacing(spacing);
  return told === undefined ? {} : { spacing: told };
}

/** @throws NothingThereError naming the whole path: a wrong one is mostly wrong in its beginning */
export async function requirePath(path: string): Promise<void> {
  const problem = await stat(path).then(
    () => undefined,
    (error: unknown) => (error as NodeJS.ErrnoException).code,
  );
  if (problem === "ENOENT" || problem === "ENOTDIR")
    throw new NothingThereError(`There is nothing at ${resolve(path)}; check the path.`);
}

/** A path that leads to nothing. */
export class NothingThereError extends Error {
  override readonly name = "NothingThereError";
}

/**
 * Loads what a command was pointed at: `--spacing` for pictures, `--study` and `--series` to name one of several. Which of several
 * studies was taken is told.
 */
export async function loadSource(
  path: string,
  values: SourceValues,
  log: (line: string) => void,
): Promise<Scan> {
  const { study, series } = values;
  const spacing = spacingOf(values);
  await requirePath(path);
  const scan = await loadSeries(path, {
    ...spacing,
    ...(study === undefined ? {} : { study }),
    ...(series === undefined ? {} : { series }),
  });
  if (scan.studies > 1) log(scan.reasons[0]!);
  return scan;
}

/** The paragraph about PATH that detect and grade share. */
export const SOURCE_HELP = `PATH is a DICOM file, folder (searched recursively), .zip or DICOMDIR, a NIfTI (.nii, .hdr, also .gz), MetaImage (.mha, .mhd) or
NRRD file (.nrrd, .nhdr), or a single .png or .jpg with --spacing.
Of several series the sagittal T2 is taken; "spinebook read PATH" says which one and why, and lists the ids. Of several
studies the only one with a sagittal T2 is taken; where more have one, name it by --study or --series.`;
