import { existsSync } from "node:fs";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { SpiderGrades } from "../grading/index.js";
import { parseCsv } from "../text/index.js";
import { packageRoot } from "../package/index.js";

/** A patient of the SPIDER data set, on whom no network of this package was trained. */
export interface ExamplePatient {
  /** The data set's number of the patient. */
  readonly patient: string;
  /** The radiologist's grades, from the lumbosacral disc upward. */
  readonly grades: readonly SpiderGrades[];
}

/** A middle slice as a PNG. */
export interface ExampleImage {
  /** Path of the file. */
  readonly image: string;
  /** mm between its pixels. */
  readonly spacing: number;
}

/** A patient as DICOM, and another one in two contrasts. */
export interface ExampleStudy extends ExamplePatient {
  /** Folder with sagittal slices of a T2 SPACE series: a stack that can be scrolled. */
  readonly dicom: string;
  /** The T1 and the T2 middle slice of another patient. */
  readonly pair: ExamplePatient & { readonly t1: ExampleImage; readonly t2: ExampleImage };
}

/** A patient of the cohort: one T2 middle slice. */
export interface ExampleSlice extends ExamplePatient, ExampleImage {}

/**
 * Real patients to try everything on, offline: a T2 stack and, of another patient, a T1 and T2 pair. SPIDER data set, CC BY 4.0; the credit
 * to give stands in `examples/README.md`.
 * @param folder where they lie: `examples/` of the installation unless given
 * @throws Error where the folder is missing or incomplete
 * @example const study = await exampleStudy(); const scan = await loadSeries(study.dicom);
 */
export function exampleStudy(folder = examplesFolder()): Promise<ExampleStudy> {
  return wholeFrom(folder, exampleStudyIn);
}

/** {@link exampleStudy} of a folder that is laid out as `examples/` is. */
async function exampleStudyIn(folder: string): Promise<ExampleStudy> {
  const [first, second] = [...(await patientsByNumber(folder)).values()];
  const [t1, t2] = (await imagesIn(join(folder, "pair"))).map(({ image, spacing }) => ({ image, spacing }));
  const dicom = join(folder, "study");
  if (!first || !second || !t1 || !t2 || (await readdir(dicom)).length === 0) throw new Error("incomplete");
  return { ...first, dicom, pair: { ...second, t1, t2 } };
}

/**
 * Real patients to compare with a radiologist, offline: T2 middle slices with the published grades. SPIDER data set, CC BY 4.0.
 * @param folder where they lie: `examples/` of the installation unless given
 * @throws Error where the folder is missing or incomplete
 * @example for (const { image, spacing, grades } of await exampleCohort()) await grade(await loadSeries(image, { spacing }));
 */
export function exampleCohort(folder = examplesFolder()): Promise<ExampleSlice[]> {
  return wholeFrom(folder, exampleCohortIn);
}

/** {@link exampleCohort} of a folder that is laid out as `examples/` is. */
async function exampleCohortIn(folder: string): Promise<ExampleSlice[]> {
  const patients = await patientsByNumber(folder);
  const images = await imagesIn(join(folder, "cohort"));
  return images.map(({ patient, image, spacing }) => {
    const graded = patients.get(patient);
    if (graded === undefined) throw new Error("incomplete");
    return { ...graded, image, spacing };
  });
}

/** Tables of the example patients of two hospitals, as a user brings them. */
export interface ExampleTables {
  /** A manifest: one row a study with path, patient, hospital, spacing, contrast, sex and scanner. */
  readonly studies: string;
  /** What a radiologist of each hospital gave: patient, level, rater, Pfirrmann grade. */
  readonly readings: string;
}

/**
 * Two tables of real patients of two hospitals, offline: 24 of the SPIDER data set and 7 of LSMA-PQR (Sudirman's images), CC BY 4.0 both,
 * on none of whom a network of this package was trained.
 * @param folder where they lie: `examples/` of the installation unless given
 * @returns paths of the two files
 * @throws Error where the folder is missing or incomplete
 * @example await gradeCohort((await exampleTables()).studies, "two-hospitals.duckdb");
 */
export function exampleTables(folder = examplesFolder()): Promise<ExampleTables> {
  return wholeFrom(folder, exampleTablesIn);
}

/** {@link exampleTables} of a folder that is laid out as `examples/` is. */
async function exampleTablesIn(folder: string): Promise<ExampleTables> {
  const [studies, readings] = [join(folder, "studies.csv"), join(folder, "readings.csv")];
  const rows = parseCsv(await readFile(studies, "utf8"));
  const isWhole = rows.length > 0 && rows.every(({ path = "" }) => existsSync(join(folder, path)));
  if (!isWhole || !existsSync(readings)) throw new Error("incomplete");
  return { studies, readings };
}

/** The images of a folder, as its list says. */
async function imagesIn(folder: string): Promise<(ExampleImage & { readonly patient: string })[]> {
  const rows = parseCsv(await readFile(join(folder, "images.csv"), "utf8"));
  return rows.map(({ patient = "", file = "", spacing }) => {
    const image = join(folder, file);
    if (file === "" || !existsSync(image) || !(Number(spacing) > 0)) throw new Error("incomplete");
    return { patient, image, spacing: Number(spacing) };
  });
}

function examplesFolder(): string {
  return join(packageRoot(), "examples");
}

/** What is read out of a folder of examples, whole: a list without its images, or images without their grades, are none. */
async function wholeFrom<T>(folder: string, read: (folder: string) => Promise<T>): Promise<T> {
  try {
    return await read(folder);
  } catch {
    throw new Error(
      `The example patients are not in this installation (${folder} is missing or incomplete); install the package again.`,
    );
  }
}

/** Patients in the order of the file: the study's, the pair's, the cohort's. */
async function patientsByNumber(folder: string): Promise<Map<string, ExamplePatient>> {
  const patients = new Map<string, { patient: string; grades: SpiderGrades[] }>();
  for (const { patient, level, ...scores } of parseCsv(await readFile(join(folder, "grades.csv"), "utf8"))) {
    const known = patients.get(patient!) ?? { patient: patient!, grades: [] };
    patients.set(patient!, known);
    const numbers = Object.fromEntries(Object.entries(scores).map(([name, score]) => [name, Number(score)]));
    known.grades.push({ level: level!, ...(numbers as unknown as Omit<SpiderGrades, "level">) });
  }
  return patients;
}
