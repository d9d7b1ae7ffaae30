import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readSeries, type Series } from "../../src/imaging/index.js";
import { compareVolumes, readReference, type Difference, type Reference } from "./compare.js";

/** mm that places may differ. dcm2niix keeps them as 32-bit numbers. */
const PLACE = 1e-3;

/** One volume that dcm2niix made. */
export interface Compared {
  /** File, with the number of the volume where the file holds several. */
  readonly name: string;
  readonly shape: readonly [columns: number, rows: number, slices: number];
  /** How far the nearest of Spinebook's series is; `undefined` where none has these voxels at these places. */
  readonly found: Difference | undefined;
  readonly isEqual: boolean;
}

/** What both programs make of a folder. */
export interface Comparison {
  readonly volumes: readonly Compared[];
  /** Series that only Spinebook reads. */
  readonly extra: readonly Series[];
  /** What dcm2niix said on its error stream. */
  readonly complaints: string;
}

/** Whether dcm2niix can be run. */
export function hasDcm2niix(): boolean {
  return spawnSync("dcm2niix", ["-h"], { stdio: "ignore" }).error === undefined;
}

function isEqual(found: Difference | undefined): boolean {
  return found !== undefined && found.voxels === 0 && (found.place ?? 0) <= PLACE;
}

/** Runs dcm2niix on `folder`: .nii files in `target`, scaled as the standard says (`-p n`: not by Philips' private slope). */
function convert(folder: string, target: string): string {
  const options = ["-b", "n", "-z", "n", "-p", "n", "-f", "%s_%d", "-o", target, folder];
  const { error, stderr } = spawnSync("dcm2niix", options, { encoding: "utf8", maxBuffer: 1e9 });
  if (error) throw error;
  return stderr;
}

function sortedSizes(sizes: readonly number[]): string {
  return [...sizes].sort((a, b) => a - b).join();
}

/** Orders candidates: by voxels, then by place. */
function distance({ voxels, place = 0 }: Difference): number {
  return voxels + place / (1 + place);
}

/** The unused series nearest to a reference volume, which is then used up. */
async function nearest(
  reference: Reference,
  which: number,
  unused: Set<Series>,
): Promise<Difference | undefined> {
  const shape = sortedSizes([reference.columns, reference.rows, reference.slices]);
  let best: { found: Difference; series: Series } | undefined;
  for (const series of unused) {
    if (sortedSizes([series.columns, series.rows, series.slices]) !== shape) continue;
    // A series that cannot be decoded is no candidate; it is listed with its problem at the end.
    const volume = await series.load().catch(() => undefined);
    const found = volume && compareVolumes(volume, reference, which);
    if (found === undefined) continue;
    if (best === undefined || distance(found) < distance(best.found)) best = { found, series };
    if (isEqual(found)) break;
  }
  if (best) unused.delete(best.series);
  return best?.found;
}

/** Compares every volume that dcm2niix makes of `folder` with what Spinebook reads there. Throws where it cannot be run. */
export async function compareFolder(folder: string): Promise<Comparison> {
  const target = mkdtempSync(join(tmpdir(), "dcm2niix-"));
  try {
    const complaints = convert(folder, target);
    const unused = new Set(await readSeries(folder));
    const volumes: Compared[] = [];
    for (const file of readdirSync(target).sort()) {
      if (!file.endsWith(".nii")) continue;
      const reference = readReference(readFileSync(join(target, file)));
      for (let which = 0; which < reference.volumes.length; which++) {
        const found = await nearest(reference, which, unused);
        volumes.push({
          name: reference.volumes.length > 1 ? `${file} (${which + 1})` : file,
          shape: [reference.columns, reference.rows, reference.slices],
          found,
          isEqual: isEqual(found),
        });
      }
    }
    return { volumes, extra: [...unused], complaints };
  } finally {
    rmSync(target, { recursive: true, force: true });
  }
}
