import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { counted } from "../../text/index.js";
import { gather } from "./gather.js";
import type { FoundPatient } from "./gather.js";
import { isLsmaValidation, LSMA_CREDIT, LSMA_RATER, lsmaPatient } from "./lsmaExcerpt.js";
import { DataError, readPublishedTable, requireDistinct, wholeIn } from "./publishedTable.js";
import { studySeries } from "./studySeries.js";
import type { Dataset, DiscGrading } from "./types.js";

/** The grades as published: a row a patient. */
export const LSMA_TABLE = "PfirrmannGrade.csv";
/** The folder of Sudirman's images as their archive is unpacked; its patients' folders may also lie beside the table. */
export const SUDIRMAN_FOLDER = "01_MRI_Data";

/** The levels that are graded, by column. */
const LEVELS = { D5: "L5-S1", D4: "L4-L5", D3: "L3-L4" } as const;

/** A patient is known by a number, which a folder's name may write with leading zeros (`0001`). */
const FOLDER = /^0*(\d{1,6})$/;

/** Patients between two lines of progress: the headers of each take about a second. */
const PROGRESS = 50;

/** Grades by patient's number. @throws DataError where the table is not as published */
export async function readLsmaTable(folder: string): Promise<Map<string, DiscGrading[]>> {
  const rows = await readPublishedTable(folder, LSMA_TABLE, ["Patient_ID", ...Object.keys(LEVELS)]);
  requireDistinct(rows, ["Patient_ID"]);
  return new Map(
    rows.map((row) => {
      const number = FOLDER.exec(row.values.Patient_ID!)?.[1];
      if (number === undefined)
        throw new DataError(`${row.file}, line ${row.line}: "Patient_ID" must be a number.`);
      const gradings = Object.entries(LEVELS).flatMap(([column, level]): DiscGrading[] =>
        row.values[column] === ""
          ? []
          : [
              {
                patient: lsmaPatient(number),
                level,
                rater: LSMA_RATER,
                grades: { pfirrmann: wholeIn(row, column, 1, 5) },
              },
            ],
      );
      return [number, gradings];
    }),
  );
}

/** Where patients' folders lie, by their numbers. */
async function patientFolders(folder: string): Promise<Map<string, string>> {
  const place = [join(folder, SUDIRMAN_FOLDER), folder].find((one) => existsSync(one))!;
  const entries = await readdir(place, { withFileTypes: true });
  return new Map(
    entries
      .filter((entry) => entry.isDirectory())
      .flatMap(({ name }): [string, string][] => {
        const number = FOLDER.exec(name)?.[1];
        return number === undefined ? [] : [[number, join(place, name)]];
      }),
  );
}

/** Whether patients' folders lie where Sudirman's archive has them. */
export async function hasPatientFolders(folder: string): Promise<boolean> {
  return (await patientFolders(folder).catch(() => new Map())).size > 0;
}

/**
 * Opens LSMA-PQR's table with Sudirman's folders of DICOM files (`01_MRI_Data/0001/STUDY/SERIES/*.ima`): of each patient the sagittal T2
 * series and its T1 partner, by headers.
 * @throws DataError where the table is not as published
 */
export async function openLsmaPublished(folder: string, log: (line: string) => void): Promise<Dataset> {
  const [gradings, folders] = await Promise.all([readLsmaTable(folder), patientFolders(folder)]);
  const found: FoundPatient[] = [];
  const numbers = [...gradings.keys()].sort((a, b) => Number(a) - Number(b));
  for (const [i, number] of numbers.entries()) {
    if (i > 0 && i % PROGRESS === 0) log(`read the headers of ${i} of ${numbers.length} patients`);
    const place = folders.get(number);
    const patient = lsmaPatient(number);
    const study = place === undefined ? { series: [] } : await studySeries([place], patient);
    found.push({ patient, isHeld: isLsmaValidation(number), gradings: gradings.get(number)!, ...study });
  }
  const ungraded = [...folders.keys()].filter((number) => !gradings.has(number)).length;
  return {
    layout: "lsma-published",
    title: "LSMA-PQR with Sudirman's DICOM",
    credit: LSMA_CREDIT,
    ...gather(found),
    remarks:
      ungraded === 0
        ? []
        : [`${counted(ungraded, "patient's folder has", "patients' folders have")} no row in ${LSMA_TABLE}.`],
  };
}
