import { COLUMN_ROLES, meaningOfColumn } from "../../grading/index.js";
import type { ColumnRole } from "../../grading/index.js";
import { CohortError } from "../errors.js";
import { COHORT_FEATURES } from "../features.js";
import type { CohortFeature } from "../features.js";
import { counted, plainName } from "../../text/index.js";
import type { AnomalyList } from "./anomalies.js";
import { isIdentityColumn } from "./identifiers.js";
import { columnsFound } from "./tables.js";
import type { Table } from "./tables.js";

export type CsvRole = ColumnRole;

/**
 * Which column tells what: keys are `patient`, `level`, `study`, `series`, `rater`, `reading`, `age`, `sex` or a key of
 * `COHORT_FEATURES`, values the names of columns as they stand in the file, such as `{ patient: "Pat.", pfirrmann: "Grad" }`.
 */
export type CsvMapping = Readonly<Record<string, string>>;

/** Columns of a user's table by what they tell. */
export interface CsvColumns {
  readonly roles: Readonly<Partial<Record<CsvRole, number>>>;
  readonly grades: readonly {
    readonly feature: CohortFeature;
    readonly name: string;
    readonly index: number;
  }[];
  /** Whether bare numbers of levels count as SPIDER's do, because the column is called IVD. */
  readonly isIvd: boolean;
}

const KNOWN = [...Object.keys(COLUMN_ROLES), ...COHORT_FEATURES.map(({ key }) => key)];

/** Columns that the mapping names. @throws CohortError for a key that is not known and a column that is not there */
function mappedColumns(table: Table, mapping: CsvMapping): Map<string, number> {
  const columns = new Map<string, number>();
  for (const [meaning, column] of Object.entries(mapping)) {
    if (!KNOWN.includes(meaning))
      throw new CohortError(
        "bad-option",
        `The mapping names "${meaning}", which is none of ${KNOWN.join(", ")}.`,
      );
    const exact = table.header.indexOf(column.trim());
    const index =
      exact === -1 ? table.header.findIndex((name) => plainName(name) === plainName(column)) : exact;
    if (index === -1)
      throw new CohortError(
        "bad-option",
        `${table.file} has no column "${column}", which the mapping names for ${meaning}; ${columnsFound(table)}`,
      );
    if (isIdentityColumn(table.header[index]!))
      throw new CohortError(
        "bad-option",
        `The column "${column}" tells who a person is and cannot be mapped to ${meaning}: make a column of pseudonyms.`,
      );
    if ([...columns.values()].includes(index))
      throw new CohortError("bad-option", `The mapping names the column "${column}" twice.`);
    columns.set(meaning, index);
  }
  return columns;
}

function reportColumn(name: string, index: number, taken: string | undefined, anomalies: AnomalyList): void {
  const column = `Column ${index + 1} (${name.slice(0, 40) || "without a name"})`;
  const add = (code: string, message: string): void => {
    anomalies.add({ code, line: 1, message, isLeftOut: true });
  };
  if (isIdentityColumn(name)) add("identity-column", `${column} tells who a person is and is never copied.`);
  else if (taken !== undefined)
    add("second-column", `${column} tells ${taken}, which another column tells; it was not copied.`);
  else add("unmapped-column", `${column} is not known and was not copied; map it if it tells a grade.`);
}

/**
 * Finds the columns of a user's table: those of the mapping first, then by name, without case and punctuation. The others are
 * reported.
 * @throws CohortError where patient, level or any grade is missing, with the columns found
 */
export function csvColumns(table: Table, mapping: CsvMapping, anomalies: AnomalyList): CsvColumns {
  const columns = mappedColumns(table, mapping);
  const mapped = new Set(columns.values());
  table.header.forEach((name, index) => {
    if (mapped.has(index)) return;
    const meaning = isIdentityColumn(name) ? undefined : meaningOfColumn(name);
    if (meaning !== undefined && !columns.has(meaning)) columns.set(meaning, index);
    else reportColumn(name, index, meaning, anomalies);
  });
  const roles = Object.fromEntries([...columns].filter(([meaning]) => meaning in COLUMN_ROLES)) as Partial<
    Record<CsvRole, number>
  >;
  const grades = COHORT_FEATURES.flatMap((feature) => {
    const index = columns.get(feature.key);
    return index === undefined ? [] : [{ feature, index, name: table.header[index]! }];
  });
  for (const role of ["patient", "level"] as const)
    if (roles[role] === undefined)
      throw new CohortError(
        "file",
        `${table.file} has no column that tells the ${role}; name it in the mapping, as { ${role}: "its name" }; ${columnsFound(table)}`,
      );
  if (grades.length === 0)
    throw new CohortError(
      "file",
      `${table.file} has no column of grades (known are ${COHORT_FEATURES.map(({ key }) => key).join(", ")}); ${columnsFound(table)}`,
    );
  const isIvd = plainName(table.header[roles.level!]!).startsWith("ivd");
  return { roles, grades, isIvd };
}

/** What the columns that are not there are taken to be, as anomalies of the whole file. */
export function reportDefaults(
  { roles }: CsvColumns,
  rows: number,
  rater: string | undefined,
  anomalies: AnomalyList,
): void {
  const add = (code: string, message: string): void => {
    anomalies.add({ code, message, isLeftOut: false });
  };
  if (roles.study === undefined)
    add("no-study", "No column tells the study: each patient is taken to have one, called as the patient.");
  if (roles.rater === undefined && rater === undefined)
    add(
      "no-rater",
      `No column tells the rater: ${counted(rows, "reading")} by "${UNNAMED_RATER}"; name the rater with --rater (in a cell { rater: "anna" }), so that another reader's table can stand beside it.`,
    );
  if (roles.rater !== undefined && rater !== undefined)
    add("rater-column", `A column tells the rater; "${rater}" stands only in rows where it is blank.`);
}

/** The rater where a table does not tell one. */
export const UNNAMED_RATER = "unnamed";
