import { COHORT_FEATURES, columnOf } from "../features.js";

export type ColumnType = "VARCHAR" | "INTEGER" | "DOUBLE" | "BOOLEAN";

/** A table of the store. Rows with an equal key replace one another; without a key all are kept. */
export interface Table {
  readonly name: string;
  readonly columns: readonly (readonly [name: string, type: ColumnType])[];
  readonly key: readonly string[];
  /**
   * What a new row leaves open stays as it was: another source may have told it. Readings are filled in unless they are
   * meant to replace what was read.
   */
  readonly fillsIn?: true | "unless replaced";
  /** Stays on this machine: it is in no export. */
  readonly isLocal?: true;
}

/**
 * Raised where a cohort changes so that an older Spinebook would misread or harm it. 2: a study belongs to one data set and
 * patient, which an older one would put together with another of the same number. 3: a model's grades may follow several readers'
 * conventions, which an older one would mix, and studies have columns of their users' own (`studyColumns.ts`), which it would empty.
 */
export const SCHEMA_VERSION = 3;

/** Discs from above; numberings of transitional spines, and those of spines whose levels have no name, included. */
export const LEVEL_NAMES: readonly string[] = [
  ...[
    "T7-T8",
    "T8-T9",
    "T9-T10",
    "T10-T11",
    "T11-T12",
    "T12-L1",
    "L1-L2",
    "L2-L3",
    "L3-L4",
    "L4-L5",
    "L5-L6",
  ],
  ...["L6-S1", "L5-S1", "S1-S2"],
  ...Array.from({ length: 24 }, (_, i) => `disc-${24 - i}`),
];
const LEVELS = `[${LEVEL_NAMES.map((name) => `'${name}'`).join(", ")}]`;

const grades = COHORT_FEATURES.map(
  ({ key, isContinuous }) => [columnOf(key), isContinuous ? "DOUBLE" : "INTEGER"] as const,
);

/** Columns that came later, by table. */
const LATER: Readonly<Record<string, readonly string[]>> = {
  readings: [...grades.map(([name]) => name), "reader"],
  attempts: ["reader"],
  studies: ["scanner"],
  series: ["spacing_estimated"],
  detections: ["lengths_estimated"],
};

/**
 * Whether files from before something was added may lack a column: it is then empty, as grades are that nobody gave, and no grade follows
 * a named reader's convention.
 */
export function mayBeLacking(table: string, column: string): boolean {
  return table === "readers" || LATER[table]?.includes(column) === true;
}

/** What a cohort keeps; see `records.ts` for what stands in each column. */
export const TABLES: readonly Table[] = [
  {
    name: "studies",
    columns: [
      ["study", "VARCHAR"],
      ["patient", "VARCHAR"],
      ["dataset", "VARCHAR"],
      ["age", "DOUBLE"],
      ["sex", "VARCHAR"],
      ["day", "INTEGER"],
      ["scanner", "VARCHAR"],
    ],
    key: ["study"],
    fillsIn: true,
  },
  {
    name: "series",
    columns: [
      ["series", "VARCHAR"],
      ["study", "VARCHAR"],
      ["contrast", "VARCHAR"],
      ["orientation", "VARCHAR"],
      ["columns", "INTEGER"],
      ["rows", "INTEGER"],
      ["slices", "INTEGER"],
      ["spacing_column", "DOUBLE"],
      ["spacing_row", "DOUBLE"],
      ["spacing_slice", "DOUBLE"],
      ["field_strength", "DOUBLE"],
      ["manufacturer", "VARCHAR"],
      ["spacing_estimated", "BOOLEAN"],
    ],
    key: ["study", "series"],
    fillsIn: true,
  },
  {
    name: "locations",
    columns: [
      ["study", "VARCHAR"],
      ["series", "VARCHAR"],
      ["location", "VARCHAR"],
    ],
    key: ["study", "series"],
    isLocal: true,
  },
  {
    name: "detections",
    columns: [
      ["study", "VARCHAR"],
      ["series", "VARCHAR"],
      ["model", "VARCHAR"],
      ["level", "VARCHAR"],
      ["x", "DOUBLE"],
      ["y", "DOUBLE"],
      ["z", "DOUBLE"],
      ["angle", "DOUBLE"],
      ["width", "DOUBLE"],
      ["height", "DOUBLE"],
      ["slice", "INTEGER"],
      ["pixel_column", "DOUBLE"],
      ["pixel_row", "DOUBLE"],
      ["lengths_estimated", "BOOLEAN"],
    ],
    key: ["study", "series", "model", "level"],
  },
  {
    name: "readings",
    columns: [
      ["study", "VARCHAR"],
      ["series", "VARCHAR"],
      ["level", "VARCHAR"],
      ["rater", "VARCHAR"],
      ["model", "VARCHAR"],
      ["reader", "VARCHAR"],
      ["reading", "INTEGER"],
      ...grades,
      ["probabilities", "VARCHAR"],
      ["flags", "VARCHAR"],
      ["at", "VARCHAR"],
    ],
    key: ["study", "series", "level", "rater", "model", "reader", "reading"],
    fillsIn: "unless replaced",
  },
  {
    name: "attempts",
    columns: [
      ["study", "VARCHAR"],
      ["model", "VARCHAR"],
      ["reader", "VARCHAR"],
      ["seconds", "DOUBLE"],
      ["code", "VARCHAR"],
      ["message", "VARCHAR"],
      ["at", "VARCHAR"],
    ],
    key: ["study", "model", "reader"],
  },
  {
    // Studies that only reading brought to light, so that a batch that goes on knows of them.
    name: "found",
    columns: [
      ["study", "VARCHAR"],
      ["key", "VARCHAR"],
      ["paths", "VARCHAR"],
    ],
    key: ["study"],
    isLocal: true,
  },
  {
    name: "models",
    columns: [
      ["model", "VARCHAR"],
      ["weights", "VARCHAR"],
      ["at", "VARCHAR"],
    ],
    key: ["model"],
  },
  {
    // Where the readers whose conventions grades follow draw their borders, by the scale of the weights that they were fitted for.
    name: "readers",
    columns: [
      ["reader", "VARCHAR"],
      ["scale", "VARCHAR"],
      ["borders", "VARCHAR"],
      ["at", "VARCHAR"],
    ],
    key: ["reader", "scale"],
  },
  {
    name: "anomalies",
    columns: [
      ["file", "VARCHAR"],
      ["line", "INTEGER"],
      ["code", "VARCHAR"],
      ["message", "VARCHAR"],
      ["left_out", "BOOLEAN"],
    ],
    key: ["file", "line", "code", "message"],
  },
  {
    name: "meta",
    columns: [
      ["key", "VARCHAR"],
      ["value", "VARCHAR"],
    ],
    key: ["key"],
    isLocal: true,
  },
];

/** What others may have: all that does not stay on this machine. */
export const SHARED_TABLES = TABLES.filter(({ isLocal }) => isLocal !== true);

/** The type as which a file's column is read: a cast to whole numbers would round what is none. */
export function readingType(type: ColumnType): ColumnType {
  return type === "INTEGER" ? "DOUBLE" : type;
}

/** A column of a file as the store has it. */
export function castColumn([column, type]: Table["columns"][number]): string {
  return `CAST(${quoted(column)} AS ${readingType(type)}) AS ${quoted(column)}`;
}

export function tableOf(name: string): Table {
  return TABLES.find((table) => table.name === name)!;
}

/** A name in double quotes: `columns`, `rows` and `at` mean something in SQL. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as SQL writes it. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function definition({ name, columns }: Table, temporary: boolean): string {
  const list = columns.map(([column, type]) => `${quoted(column)} ${type}`).join(", ");
  return temporary
    ? `CREATE OR REPLACE TEMP TABLE ${quoted(`new_${name}`)} (${list}, "place" INTEGER)`
    : `CREATE TABLE IF NOT EXISTS ${quoted(name)} (${list})`;
}

/** Readings beside what is known of the patient; made anew where `studies` gets a column. */
export const DISCS_VIEW = `CREATE OR REPLACE VIEW discs AS
     SELECT readings.*, studies.* EXCLUDE (study) FROM readings LEFT JOIN studies USING (study)`;

/**
 * Creates what is missing. `level_order(level)` sorts discs from above. The view `discs` puts what is known of the patient beside every reading; `failures` are the studies
 * that a batch could not grade.
 */
export const CREATE_ALL: readonly string[] = [
  ...TABLES.map((table) => definition(table, false)),
  `CREATE OR REPLACE MACRO level_order(level) AS list_position(${LEVELS}, level)`,
  DISCS_VIEW,
  `CREATE OR REPLACE VIEW failures AS
     SELECT study, model, reader, code, message, "at" FROM attempts WHERE code IS NOT NULL`,
];

/** Creates the table that new rows wait in, with their place in the order they came in. */
export function createWaiting(table: Table): string {
  return definition(table, true);
}

/** Whether two rows are of one key. Keys are compared as DuckDB groups them: a missing value equals a missing value. */
export function sameKey({ key }: Table, one: string, other: string): string {
  return key
    .map((column) => `${one}.${quoted(column)} IS NOT DISTINCT FROM ${other}.${quoted(column)}`)
    .join(" AND ");
}

/**
 * Moves rows out of `new_TABLE`: of equal keys the last one stays, and what the store had under that key goes.
 * @param replaces whether readings take the place of those before wholly
 */
export function mergeWaiting(table: Table, replaces = false): readonly string[] {
  const { name, columns, key, fillsIn } = table;
  const [own, waiting] = [quoted(name), quoted(`new_${name}`)];
  const list = columns.map(([column]) => quoted(column)).join(", ");
  const same = sameKey(table, own, waiting);
  const keys = key.map(quoted).join(", ");
  const open = columns.filter(([column]) => !key.includes(column)).map(([column]) => quoted(column));
  const latest = `(SELECT * FROM ${waiting} QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY "place" DESC) = 1)`;
  // Rows are changed where they stand: a study may have columns that the new row knows nothing of.
  if (fillsIn === true)
    return [
      `UPDATE ${own} SET ${open.map((column) => `${column} = coalesce(latest.${column}, ${own}.${column})`).join(", ")}
         FROM ${latest} AS latest WHERE ${sameKey(table, own, "latest")}`,
      `INSERT INTO ${own} (${list}) SELECT ${list} FROM ${latest} AS latest
         WHERE NOT EXISTS (SELECT 1 FROM ${own} WHERE ${sameKey(table, own, "latest")}) ORDER BY "place"`,
      `DROP TABLE ${waiting}`,
    ];
  const filled = open.map((column) => `${column} = coalesce(${waiting}.${column}, ${own}.${column})`);
  const isFilledIn = fillsIn === "unless replaced" && !replaces;
  return [
    ...(isFilledIn ? [`UPDATE ${waiting} SET ${filled.join(", ")} FROM ${own} WHERE ${same}`] : []),
    `DELETE FROM ${own} USING ${waiting} WHERE ${same}`,
    `INSERT INTO ${own} (${list}) SELECT ${list} FROM ${latest} AS latest ORDER BY "place"`,
    `DROP TABLE ${waiting}`,
  ];
}
