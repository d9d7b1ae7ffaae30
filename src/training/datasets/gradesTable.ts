import { levelOf } from "../../detection/index.js";
import { COLUMN_ROLES, gradeInText, meaningOfColumn, TABLE_FEATURES } from "../../grading/index.js";
import type { TableFeature } from "../../grading/index.js";
import { counted, plainName } from "../../text/index.js";
import { DataError, readPublishedTable } from "./publishedTable.js";
import type { PublishedRow } from "./publishedTable.js";
import type { DiscGrading } from "./types.js";

/** The table of grades beside a user's own studies. */
export const OWN_TABLE = "grades.csv";

/** Where the table tells no rater. */
const UNNAMED = "unnamed";

/** Features that models are trained on or compared with; of the others a table may tell, but nothing is made of it. */
export const USED_FEATURES: readonly TableFeature[] = TABLE_FEATURES.filter(
  ({ key, isContinuous }) => !isContinuous && !/^(?:left|right)/.test(key),
);

/** A grading with the texts that its row gives patient and study: they may name somebody and are never to be shown. */
export interface OwnRow {
  readonly patientCell: string;
  /** Empty where no column tells it. */
  readonly studyCell: string;
  readonly grading: Omit<DiscGrading, "patient">;
}

/** What a table of grades holds. */
export interface OwnTable {
  readonly rows: readonly OwnRow[];
  /** Sentences about what was not read. */
  readonly remarks: readonly string[];
}

function columnsOf(names: readonly string[]): Map<string, string> {
  const columns = new Map<string, string>();
  for (const name of names) {
    const meaning = meaningOfColumn(name);
    if (meaning !== undefined && !columns.has(meaning)) columns.set(meaning, name);
  }
  return columns;
}

/** Grades of a row, and how many cells hold none of their feature's. */
function gradesOf(
  { values }: PublishedRow,
  columns: readonly (readonly [TableFeature, string])[],
): { grades: Record<string, number>; odd: number } {
  const grades: Record<string, number> = {};
  let odd = 0;
  for (const [feature, column] of columns) {
    const text = values[column]!;
    const grade = gradeInText(feature, text, false);
    if (grade !== undefined) grades[feature.key] = grade;
    else if (text !== "") odd++;
  }
  return { grades, odd };
}

/**
 * Reads `grades.csv`: a row a disc (and rater, and reading), columns by the names that `cohort --import-csv` knows: patient, level, study,
 * rater, reading, and grades by the features' names or keys.
 * @throws DataError where the patient's, the level's or every grade's column lacks
 */
export async function readGradesTable(folder: string): Promise<OwnTable> {
  const rows = await readPublishedTable(folder, OWN_TABLE, []);
  const names = Object.keys(rows[0]?.values ?? {});
  const columns = columnsOf(names);
  for (const role of ["patient", "level"] as const)
    if (!columns.has(role))
      throw new DataError(
        `${OWN_TABLE} has no column that tells the ${role}, or no row: call it one of ${COLUMN_ROLES[role].join(", ")}.`,
      );
  const graded = USED_FEATURES.flatMap((feature): [TableFeature, string][] => {
    const column = columns.get(feature.key);
    return column === undefined ? [] : [[feature, column]];
  });
  if (graded.length === 0)
    throw new DataError(
      `${OWN_TABLE} has no column of grades: call it one of ${USED_FEATURES.map(({ key }) => key).join(", ")}.`,
    );
  const text = ({ values }: PublishedRow, role: string): string => values[columns.get(role) ?? ""] ?? "";
  const isIvd = plainName(columns.get("level")!).startsWith("ivd");
  const counts = { odd: 0, levels: 0, empty: 0, twice: 0 };
  const seen = new Set<string>();
  const read = rows.flatMap((row): OwnRow[] => {
    const [patientCell, levelCell] = [text(row, "patient"), text(row, "level")];
    const level = levelOf(isIvd && /^\d+$/.test(levelCell) ? `IVD ${levelCell}` : levelCell);
    const { grades, odd } = gradesOf(row, graded);
    counts.odd += odd;
    const rater = [text(row, "rater") || UNNAMED, text(row, "reading")]
      .filter((one) => one !== "")
      .join(" / ");
    const key = [patientCell, text(row, "study"), level, rater].join("\n");
    const why =
      patientCell === "" || Object.keys(grades).length === 0
        ? "empty"
        : level === undefined
          ? "levels"
          : seen.has(key)
            ? "twice"
            : undefined;
    if (why !== undefined || level === undefined) {
      counts[why ?? "levels"]++;
      return [];
    }
    seen.add(key);
    return [{ patientCell, studyCell: text(row, "study"), grading: { level, rater, grades } }];
  });
  const said: readonly (readonly [number, string])[] = [
    [counts.levels, "with a level that is not known left out"],
    [counts.empty, "without a patient or without any grade left out"],
    [counts.twice, "that grade a disc again by the same rater and reading left out"],
  ];
  const unused = names.filter((name) => ![...columns.values()].includes(name)).length;
  return {
    rows: read,
    remarks: [
      ...said.flatMap(([count, what]) =>
        count === 0 ? [] : [`${counted(count, "row", "rows")} of ${OWN_TABLE} ${what}.`],
      ),
      ...(counts.odd === 0
        ? []
        : [`${counted(counts.odd, "cell holds", "cells hold")} no grade of its feature.`]),
      ...(unused === 0
        ? []
        : [`${counted(unused, "column", "columns")} of ${OWN_TABLE} not known and not read.`]),
    ],
  };
}
