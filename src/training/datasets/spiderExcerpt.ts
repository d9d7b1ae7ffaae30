import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { readPng } from "../../imaging/index.js";
import type { Volume } from "../../imaging/index.js";
import {
  byNumber,
  byPatient,
  gatherSpider,
  readGradings,
  readOverview,
  SPIDER_CREDIT,
} from "./spiderTables.js";
import type { SeriesOverview } from "./spiderTables.js";
import type { Dataset, DatasetSeries, MaskedSlice, MaskedStack } from "./types.js";

/**
 * The SPIDER data set as this project keeps it: middle slices as PNG (`midslices/ID_t2.png`, `ID_t1.png`), every second sagittal T2 SPACE
 * slice with its mask (`space/ID_sliceNNN_image.png`, `_mask.png`), the published gradings and overview.
 */

/** mm between the slices of a SPACE stack. */
const SPACE_STEP = 1.8;

/** All SPACE slices of a patient with their masks (0 background, 76 vertebra, 29 disc, 150 canal), in order. */
export async function readSpaceStack(
  folder: string,
  patient: string,
  spacing: number,
): Promise<(MaskedSlice & { readonly slice: number })[]> {
  const names = (await readdir(join(folder, "space")))
    .filter((name) => name.startsWith(`${patient}_`) && name.endsWith("_image.png"))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const load = async (file: string): Promise<Volume> =>
        readPng(await readFile(join(folder, "space", file)), spacing, file);
      const slice = Number(/slice(\d+)/.exec(name)![1]);
      return { slice, image: await load(name), mask: await load(name.replace("_image", "_mask")) };
    }),
  );
}

/** Patients with SPACE slices, in numerical order. */
export async function listSpacePatients(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, "space"));
  return [...new Set(names.map((name) => name.slice(0, name.indexOf("_"))))].sort(byNumber);
}

/** A stack of SPACE slices as a volume. */
export function spaceVolume(stack: readonly MaskedSlice[]): Volume {
  const { rows, columns, spacing } = stack[0]!.image;
  const voxels = new Int16Array(stack.length * rows * columns);
  stack.forEach(({ image }, s) => {
    voxels.set(image.voxels, s * rows * columns);
  });
  const affine = [0, 0, -SPACE_STEP, 0, spacing[0], 0, 0, 0, 0, -spacing[1], 0, 0, 0, 0, 0, 1];
  return {
    voxels,
    rows,
    columns,
    slices: stack.length,
    spacing: [spacing[0], spacing[1], SPACE_STEP],
    affine,
    geometry: "patient",
  };
}

/** What `midslices/` holds of a kind, by patient. */
function midSlices(names: readonly string[], kind: "t1" | "t2"): Set<string> {
  const end = `_${kind}.png`;
  return new Set(names.filter((name) => name.endsWith(end)).map((name) => name.slice(0, -end.length)));
}

/** Opens the excerpt. @throws DataError where a table is absent or not as published */
export async function openSpiderExcerpt(folder: string): Promise<Dataset> {
  const [gradings, overview, names, stacked] = await Promise.all([
    readGradings(folder).then(byPatient),
    readOverview(folder),
    readdir(join(folder, "midslices")),
    listSpacePatients(folder),
  ]);
  const [t1, t2, space] = [midSlices(names, "t1"), midSlices(names, "t2"), new Set(stacked)];
  const toldOf = (name: string): SeriesOverview | undefined => {
    const told = overview.get(name);
    return told !== undefined && told.spacing > 0 ? told : undefined;
  };
  const midSlice = (patient: string, kind: "T1" | "T2"): DatasetSeries[] => {
    const name = `${patient}_${kind.toLowerCase()}`;
    const told = toldOf(name);
    if (!(kind === "T1" ? t1 : t2).has(patient) || told === undefined) return [];
    const file = `${name}.png`;
    const load = async (): Promise<Volume> =>
      readPng(await readFile(join(folder, "midslices", file)), told.spacing, file);
    const place = () => ({ path: join(folder, "midslices", file), spacing: told.spacing });
    return [{ name, kind, place, discs: told.discs, load }];
  };
  const stack = (patient: string): DatasetSeries[] => {
    const name = `${patient}_t2_SPACE`;
    const told = toldOf(name);
    if (!space.has(patient) || told === undefined) return [];
    const slices = (): Promise<MaskedSlice[]> => readSpaceStack(folder, patient, told.spacing);
    const loadMasked = async (): Promise<MaskedStack> => {
      const read = await slices();
      return { patient, name, volume: spaceVolume(read), slices: read };
    };
    const load = async (): Promise<Volume> => spaceVolume(await slices());
    return [{ name, kind: "SPACE", discs: told.discs, load, loadMasked }];
  };
  return {
    layout: "spider-excerpt",
    title: "SPIDER excerpt",
    credit: SPIDER_CREDIT,
    ...gatherSpider(gradings, [...t2, ...space], (patient) => [
      ...midSlice(patient, "T2"),
      ...midSlice(patient, "T1"),
      ...stack(patient),
    ]),
    remarks: [],
  };
}
