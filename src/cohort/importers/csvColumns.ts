import { COLUMN_ROLES, meaningOfColumn } from "../../grading/index.js";
import type { ColumnRole } from "../../grading/index.js";
import { CohortError } from "../errors.js";
import { levelOf } from "../../detection/index.js";
import { cohortFeature, COHORT_FEATURES } from "../features.js";
import type { CohortFeature } from "../features.js";
import { counted, plainName } from "../../text/index.js";
import type { AnomalyList } from "./anomalies.js";
import { isIdentityColumn } from "./identifiers.js";
import { columnsFound } from "./tables.js";
import type { Table } from "./tables.js";
import { studyColumn } from "../store/studyColumns.js";

export type CsvRole = ColumnRole;

/** A column of a wide table: one feature of one level, a row a patient. */
export interface WideColumn {
  readonly feature: CohortFeature;
  readonly level: string;
  readonly name: string;
  readonly index: number;
}

/** What became of a column. */
export interface ColumnUse {
  /** As it stands; a column that tells who a person is, too. */
  readonly column: string;
  /** `patient`, `pfirrmann`, `pfirrmann of L4-L5`, `column hospital of studies`; empty where it is left out. */
  readonly becomes: string;
  /** Rows in which it holds something. */
  readonly filled: number;
}

/**
 * Which column tells what: keys are `patient`, `level`, `study`, `series`, `rater`, `reading`, `age`, `sex` or a key of
 * `COHORT_FEATURES`, or of a wide table a level or a feature and a level (`"L5-S1"`, `"modic L4-L5"`); values the names of columns as they stand in the file, such as `{ patient: "Pat.", pfirrmann: "Grad" }`.
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
  /** Of a table with one row a patient and one column a level; else empty. */
  readonly wide: readonly WideColumn[];
  /** Of a table without levels: columns that `studies` gets. */
  readonly own: readonly { readonly name: string; readonly index: number; readonly column: string }[];
  /** Whether bare numbers of levels count as SPIDER's do, because the column is called IVD. */
  readonly isIvd: boolean;
}

const KNOWN = [...Object.keys(COLUMN_ROLES), ...COHORT_FEATURES.map(({ key }) => key)];

/** Columns that the mapping names. @throws CohortError for a key that is not known and a column that is not there */
function mappedColumns(table: Table, mapping: CsvMapping): Map<string, number> {
  const columns = new Map<string, number>();
  for (const [given, column] of Object.entries(mapping)) {
    const meaning = wideKey(given) ?? given;
    if (!KNOWN.includes(meaning) && wideKey(given) === undefined)
      throw new CohortError(
        "bad-option",
        `The mapping names "${meaning}", which is none of ${KNOWN.join(", ")}, nor a level.`,
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

/** A level, with or without a feature before or behind it (`L4/5`, `Pfirrmann_L4_L5`), as `feature level`; undefined for anything else. */
function wideKey(name: string): string | undefined {
  const words = name
    .replace(/((?:Th|[TDLS])\d)/gi, " $1")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  for (let start = 0; start < words.length; start++)
    for (let end = words.length; end > start; end--) {
      const level = levelOf(words.slice(start, end).join(" "));
      if (level === undefined) continue;
      const rest = [...words.slice(0, start), ...words.slice(end)].join(" ");
      const feature = rest === "" ? "" : meaningOfColumn(rest);
      return feature === "" || cohortFeature(feature ?? "") !== undefined
        ? `${feature!} ${level}`.trim()
        : undefined;
    }
  return undefined;
}

/** Columns by what they tell: those of the mapping, then those whose names are known. */
function knownColumns(table: Table, mapping: CsvMapping): Map<string, number> {
  const columns = mappedColumns(table, mapping);
  const mapped = new Set(columns.values());
  table.header.forEach((name, index) => {
    if (mapped.has(index) || isIdentityColumn(name)) return;
    const meaning = meaningOfColumn(name) ?? wideKey(name);
    if (meaning !== undefined && !columns.has(meaning)) columns.set(meaning, index);
  });
  return columns;
}

/** The columns of one level each. @throws CohortError where a name tells no feature and none is given */
function wideColumns(
  table: Table,
  columns: ReadonlyMap<string, number>,
  feature: string | undefined,
): WideColumn[] {
  return [...columns].flatMap(([meaning, index]): WideColumn[] => {
    const [, key = "", level] = /^(?:(\S+) )?(\S+)$/.exec(meaning) ?? [];
    if (level === undefined || levelOf(level) !== level) return [];
    const named = cohortFeature(key === "" ? (feature ?? "") : key);
    if (named === undefined)
      throw new CohortError(
        "bad-option",
        `Column "${table.header[index]!.slice(0, 40)}" of ${table.file} is of level ${level} and tells no feature; say which one the table grades, as { feature: "pfirrmann" } (--feature pfirrmann).`,
      );
    return [{ feature: named, level, index, name: table.header[index]! }];
  });
}

/**
 * Finds the columns of a user's table: those of the mapping first, then by name, without case and punctuation. The others are
 * reported; of a table of patients, without levels, they are columns of `studies`.
 * @param feature what the columns of a wide table grade whose names tell a level alone
 * @throws CohortError where the patient is missing, or in a table with levels any grade, with the columns found
 */
export function csvColumns(
  table: Table,
  mapping: CsvMapping,
  anomalies: AnomalyList,
  feature?: string,
): CsvColumns {
  const columns = knownColumns(table, mapping);
  const roles = Object.fromEntries([...columns].filter(([meaning]) => meaning in COLUMN_ROLES)) as Partial<
    Record<CsvRole, number>
  >;
  if (roles.patient === undefined)
    throw new CohortError(
      "file",
      `${table.file} has no column that tells the patient; name it in the mapping, as { patient: "its name" }; ${columnsFound(table)}`,
    );
  const long = COHORT_FEATURES.flatMap((one) => {
    const index = columns.get(one.key);
    return index === undefined ? [] : [{ feature: one, index, name: table.header[index]! }];
  });
  const wide = roles.level === undefined ? wideColumns(table, columns, feature) : [];
  if (roles.level === undefined && wide.length === 0 && long.length > 0)
    throw new CohortError(
      "file",
      `${table.file} has no column that tells the level; name it in the mapping, as { level: "its name" }; ${columnsFound(table)}`,
    );
  if (roles.level !== undefined && long.length === 0)
    throw new CohortError(
      "file",
      `${table.file} has no column of grades (known are ${COHORT_FEATURES.map(({ key }) => key).join(", ")}); ${columnsFound(table)}`,
    );
  const grades = roles.level === undefined ? [] : long;
  const used = new Set([
    ...Object.values(roles),
    ...grades.map(({ index }) => index),
    ...wide.map(({ index }) => index),
  ]);
  const isOfStudies = roles.level === undefined;
  const own: { name: string; index: number; column: string }[] = [];
  table.header.forEach((name, index) => {
    if (used.has(index)) return;
    const meaning = isIdentityColumn(name) ? undefined : meaningOfColumn(name);
    const isOwn = isOfStudies && name !== "" && meaning === undefined && !isIdentityColumn(name);
    if (isOwn) own.push({ name, index, column: studyColumn(name) });
    else reportColumn(name, index, meaning, anomalies);
  });
  const isIvd = roles.level !== undefined && plainName(table.header[roles.level]!).startsWith("ivd");
  return { roles, grades, wide, own, isIvd };
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
  if (roles.rater === undefined && rater === undefined && rows > 0)
    add(
      "no-rater",
      `No column tells the rater: ${counted(rows, "reading")} by "${UNNAMED_RATER}"; name the rater with --rater (in a cell { rater: "anna" }), so that another reader's table can stand beside it.`,
    );
  if (roles.rater !== undefined && rater !== undefined)
    add("rater-column", `A column tells the rater; "${rater}" stands only in rows where it is blank.`);
}

/** The rater where a table does not tell one. */
export const UNNAMED_RATER = "unnamed";
