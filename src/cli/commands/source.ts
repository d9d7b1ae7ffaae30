import { loadSeries } from "../../api/index.js";
import type { Scan } from "../../api/index.js";
import { parseMillimetres } from "../command.js";

/** Loads what a command was pointed at, with `--spacing` for pictures and `--series` to name one of several series. */
export async function loadSource(path: string, spacing: string | undefined, series?: string): Promise<Scan> {
  const millimetres = parseMillimetres("--spacing", spacing);
  return loadSeries(path, {
    ...(millimetres === undefined ? {} : { spacing: millimetres }),
    ...(series === undefined ? {} : { series }),
  });
}

/** The paragraph about PATH that detect and grade share. */
export const SOURCE_HELP = `PATH is a DICOM file, folder (searched recursively), .zip or DICOMDIR, a NIfTI (.nii, .hdr, also .gz), MetaImage (.mha, .mhd) or
NRRD file (.nrrd, .nhdr), or a single .png with --spacing.
Of several series the sagittal T2 is taken; "spinebook read PATH" says which one and why, and lists the ids.`;
