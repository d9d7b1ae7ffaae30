import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { ImagingError, listStudies, patientHash, readSeries } from "../../imaging/index.js";
import type { Series } from "../../imaging/index.js";
import { counted } from "../../text/index.js";
import { OWN_CREDIT } from "./cohortStudies.js";
import { gather } from "./gather.js";
import type { FoundPatient } from "./gather.js";
import { readGradesTable } from "./gradesTable.js";
import type { OwnRow } from "./gradesTable.js";
import { studySeries } from "./studySeries.js";
import type { Dataset } from "./types.js";
import { isValidationPatient } from "./validation.js";

/** Folders beside the table in which studies may lie, and the table's own. */
const PLACES = [".", "images", "studies"];

/** Endings of files that hold a whole study. */
const ENDING = /\.(?:nii|nii\.gz|mha|mhd|nrrd|nhdr|zip|dcm|png)$/i;

/** Studies between two lines of progress. */
const PROGRESS = 50;

/** A study's pictures: where they lie, or its series where their headers were read already. */
interface Place {
  readonly paths: readonly string[];
  readonly series?: readonly Series[];
}

/** Folders and files by their names without endings. */
async function named(folder: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  for (const place of PLACES) {
    const entries = await readdir(join(folder, place), { withFileTypes: true }).catch(() => []);
    for (const entry of entries)
      if (entry.isDirectory() || ENDING.test(entry.name))
        places.set(entry.name.replace(ENDING, ""), { paths: [join(folder, place, entry.name)] });
  }
  return places;
}

/** Studies by the hash of the patient's id that their headers tell, for tables that name patients as the scanner did. */
async function byHeaders(folder: string, log: (line: string) => void): Promise<Map<string, Place[]>> {
  const patients = new Map<string, Place[]>();
  const studies = await listStudies(folder);
  log(`looking for patients in the headers of ${counted(studies.length, "study", "studies")}`);
  for (const { paths, study } of studies)
    try {
      const all = (await Promise.all(paths.map((path) => readSeries(path)))).flat();
      const series = study === undefined ? all : all.filter((one) => one.study === study);
      const patient = series[0]?.subject?.().patient;
      if (patient !== undefined) patients.set(patient, [...(patients.get(patient) ?? []), { paths, series }]);
    } catch (error) {
      if (!(error instanceof ImagingError)) throw error;
    }
  return patients;
}

/** A name for a patient that tells nobody who it is: the same for the same id. */
function pseudonymOf(cell: string): string {
  return `own-${createHash("sha256").update(`spinebook own patient ${cell}`).digest("hex").slice(0, 10)}`;
}

/** One patient's gradings of one study. */
interface OwnStudy {
  readonly patientCell: string;
  readonly studyCell: string;
  readonly rows: OwnRow[];
}

function studiesOf(rows: readonly OwnRow[]): OwnStudy[] {
  const studies = new Map<string, OwnStudy>();
  for (const row of rows) {
    const { patientCell, studyCell } = row;
    const key = `${patientCell}\n${studyCell}`;
    const study = studies.get(key) ?? { patientCell, studyCell, rows: [] };
    study.rows.push(row);
    studies.set(key, study);
  }
  return [...studies.values()];
}

/** Patients of whom several studies were graded: each is an entry of its own under the one name. */
function severalStudies(studies: readonly OwnStudy[]): Set<string> {
  const counts = new Map<string, number>();
  for (const { patientCell } of studies) counts.set(patientCell, (counts.get(patientCell) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count > 1).map(([cell]) => cell));
}

/**
 * Opens a folder of studies (DICOM folders, archives, NIfTI, MetaImage or NRRD files; also in `images/` or `studies/`) with `grades.csv`. A study
 * is found by the folder or file that is named as the table's study or patient; else by the patient's id in its headers. Patients are told
 * apart by hashes of the table's ids, which are shown nowhere.
 * @throws DataError where the table has no patients, levels or grades
 */
export async function openStudyFolder(folder: string, log: (line: string) => void): Promise<Dataset> {
  const table = await readGradesTable(folder);
  const studies = studiesOf(table.rows);
  const names = await named(folder);
  const several = severalStudies(studies);
  const placeOfName = ({ studyCell, patientCell }: OwnStudy): Place | undefined =>
    names.get(studyCell) ?? (several.has(patientCell) ? undefined : names.get(patientCell));
  const isLacking = studies.some((study) => placeOfName(study) === undefined);
  const headers = isLacking ? await byHeaders(folder, log) : new Map<string, Place[]>();
  const found: FoundPatient[] = [];
  for (const [i, study] of studies.entries()) {
    if (i > 0 && i % PROGRESS === 0) log(`read the headers of ${i} of ${studies.length} studies`);
    const { patientCell, studyCell, rows } = study;
    const own = pseudonymOf(patientCell);
    const name = several.has(patientCell) ? `${own} ${pseudonymOf(studyCell).slice(4, 8)}` : own;
    const byName = placeOfName(study);
    const places = byName === undefined ? (headers.get(patientHash(patientCell)) ?? []) : [byName];
    const [place] = places;
    const series =
      place === undefined
        ? { series: [] }
        : places.length > 1
          ? { series: [], problem: "with several studies of one patient, of which the table names none" }
          : await studySeries(place.paths, name, place.series);
    found.push({
      ...{ patient: own, isHeld: isValidationPatient(own), ...series },
      gradings: rows.map(({ grading }) => ({ ...grading, patient: own })),
    });
  }
  return {
    layout: "studies",
    title: "own studies",
    credit: OWN_CREDIT,
    ...gather(found),
    remarks: table.remarks,
  };
}
