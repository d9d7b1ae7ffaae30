import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DISC_LEVELS } from "../detection/index.js";
import type { SpiderGrades } from "../grading/index.js";
import { readPng } from "../imaging/index.js";
import type { Volume } from "../imaging/index.js";
import { readPublishedTable } from "./publishedTable.js";

/**
 * The SPIDER data set (van der Graaf et al., Sci Data 11:264, 2024, CC BY 4.0) as this project keeps it: middle slices
 * as PNG, sagittal T2 SPACE slices with masks, the published gradings and overview.
 */

/** Published grades of one disc of a patient; SPIDER's `IVD label` counts discs from the sacrum upward: 1 is L5-S1. */
export interface DiscGrading extends SpiderGrades {
  readonly patient: string;
}

/** What is read of the gradings, as the data set's table names it. */
const GRADING_COLUMNS = [
  "Patient",
  "IVD label",
  "Pfirrman grade",
  "Disc narrowing",
  "Spondylolisthesis",
  "UP endplate",
  "LOW endplate",
  "Disc herniation",
  "Disc bulging",
  "Modic",
];

/** Gradings of all discs; rows without a Pfirrmann grade of 1 to 5 or below L5-S1 are left out. */
export async function readGradings(folder: string): Promise<DiscGrading[]> {
  const rows = await readPublishedTable(folder, "radiological_gradings.csv", GRADING_COLUMNS);
  return rows.flatMap(({ values: row }) => {
    const level = DISC_LEVELS[Number(row["IVD label"]) - 1];
    const pfirrmann = Number(row["Pfirrman grade"]);
    if (level === undefined || !(pfirrmann >= 1 && pfirrmann <= 5)) return [];
    return [
      {
        patient: row.Patient!,
        level,
        pfirrmann,
        narrowing: Number(row["Disc narrowing"]),
        spondylolisthesis: Number(row.Spondylolisthesis),
        upperEndplateDefect: Number(row["UP endplate"]),
        lowerEndplateDefect: Number(row["LOW endplate"]),
        herniation: Number(row["Disc herniation"]),
        bulging: Number(row["Disc bulging"]),
        modic: Number(row.Modic),
      },
    ];
  });
}

/** What `overview.csv` says of one series, such as `1_t2`. */
export interface SeriesOverview {
  /** In-plane distance between pixels in mm. */
  readonly spacing: number;
  /** Discs in view. */
  readonly discs: number;
}

export async function readOverview(folder: string): Promise<Map<string, SeriesOverview>> {
  const rows = await readPublishedTable(folder, "overview.csv", [
    "new_file_name",
    "PixelSpacing",
    "num_discs",
  ]);
  return new Map(
    rows.map(({ values: row }) => [
      row.new_file_name!,
      { spacing: Number(/[\d.]+/.exec(row.PixelSpacing ?? "")?.[0]), discs: Number(row.num_discs) },
    ]),
  );
}

/** One T2 SPACE slice with its mask (0 background, 76 vertebra, 29 disc, 150 canal). */
export interface SpaceSlice {
  readonly patient: string;
  readonly slice: number;
  readonly image: Volume;
  readonly mask: Volume;
}

/** All SPACE slices of a patient, in order. */
export async function readSpaceStack(
  folder: string,
  patient: string,
  spacing: number,
): Promise<SpaceSlice[]> {
  const names = (await readdir(join(folder, "space")))
    .filter((name) => name.startsWith(`${patient}_`) && name.endsWith("_image.png"))
    .sort();
  return Promise.all(
    names.map(async (name) => {
      const load = async (file: string): Promise<Volume> =>
        readPng(await readFile(join(folder, "space", file)), spacing, file);
      const slice = Number(/slice(\d+)/.exec(name)![1]);
      return { patient, slice, image: await load(name), mask: await load(name.replace("_image", "_mask")) };
    }),
  );
}

/** Patients with SPACE slices, in numerical order. */
export async function listSpacePatients(folder: string): Promise<string[]> {
  const names = await readdir(join(folder, "space"));
  return [...new Set(names.map((name) => name.slice(0, name.indexOf("_"))))].sort(
    (a, b) => Number(a) - Number(b),
  );
}

/** A patient's whole SPACE stack, in order. */
export interface SpaceStack {
  readonly patient: string;
  readonly slices: readonly SpaceSlice[];
}

/** SPACE stacks of the validation patients, or of all the others; read one by one. */
export async function* readSpaceStacks(
  folder: string,
  part: "training" | "validation",
): AsyncGenerator<SpaceStack> {
  const held = new Set(validationPatients(await listGradedPatients(folder)));
  const overview = await readOverview(folder);
  for (const patient of await listSpacePatients(folder)) {
    if (held.has(patient) !== (part === "validation")) continue;
    const { spacing } = overview.get(`${patient}_t2_SPACE`)!;
    yield { patient, slices: await readSpaceStack(folder, patient, spacing) };
  }
}

/** Patients with a T2 middle slice and gradings, in numerical order. */
export async function listGradedPatients(folder: string): Promise<string[]> {
  const graded = new Set((await readGradings(folder)).map((grading) => grading.patient));
  const names = await readdir(join(folder, "midslices"));
  return names
    .filter((name) => name.endsWith("_t2.png"))
    .map((name) => name.slice(0, name.indexOf("_")))
    .filter((patient) => graded.has(patient))
    .sort((a, b) => Number(a) - Number(b));
}

/** A patient's T2 middle slice, as a volume of one slice. */
export async function readMidSlice(folder: string, patient: string, spacing: number): Promise<Volume> {
  const name = `${patient}_t2.png`;
  return readPng(await readFile(join(folder, "midslices", name)), spacing, name);
}

/** A patient's T1 middle slice; undefined where there is none. */
export async function readT1MidSlice(
  folder: string,
  patient: string,
  spacing: number | undefined,
): Promise<Volume | undefined> {
  const name = `${patient}_t1.png`;
  const path = join(folder, "midslices", name);
  if (spacing === undefined || !existsSync(path)) return undefined;
  return readPng(await readFile(path), spacing, name);
}

/** Patients kept out of all training. */
const VALIDATION_PATIENTS = 30;

/**
 * The fixed validation split: the graded patients whose hashed number comes first, 30 unless another count is given. Nothing of these
 * patients, of any series, is ever trained on; it depends on nothing but the patient's number.
 */
export function validationPatients(patients: readonly string[], count = VALIDATION_PATIENTS): string[] {
  const key = (patient: string): string =>
    createHash("sha256").update(`spinebook validation ${patient}`).digest("hex");
  return [...patients]
    .sort((a, b) => (key(a) < key(b) ? -1 : 1))
    .slice(0, count)
    .sort((a, b) => Number(a) - Number(b));
}
