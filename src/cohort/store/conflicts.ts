import { COHORT_FEATURES, columnOf } from "../features.js";
import { CohortError } from "../errors.js";
import type { RowSource } from "./check.js";
import { quoted, sameKey, type Table } from "./tables.js";
import type { ResultRow } from "./values.js";

/** Runs SQL in the transaction that adds the rows. */
type Query = (sql: string) => Promise<ResultRow[]>;

const GRADES = COHORT_FEATURES.map(({ key }) => quoted(columnOf(key)));

/** Tables of which one row alone can be true: others that differ would be lost. */
const ONE_EACH: readonly string[] = ["studies", "series", "detections", "readings"];

/** What a row's key says, for people: `study 1, level L4-L5, rater anna`. Blank parts are left out. */
function keyWords(table: Table, row: ResultRow): string {
  return table.key
    .filter((column) => row[column] !== "" && row[column] !== null)
    .map((column) => `${column} ${String(row[column] as string | number)}`)
    .join(", ");
}

/**
 * Refuses rows that are added at once, have one key and differ: one of them would be lost.
 * @param from what a row is called
 * @throws CohortError "bad-record", naming both rows
 */
export async function requireOneEach(query: Query, table: Table, from: RowSource): Promise<void> {
  if (!ONE_EACH.includes(table.name)) return;
  const values =
    table.name === "readings"
      ? GRADES
      : table.columns.map(([column]) => quoted(column)).filter((column) => !isKey(table, column));
  const keys = table.key.map(quoted).join(", ");
  const [found] = await query(
    `SELECT ${keys}, list("place" ORDER BY "place") AS places, count(*) OVER ()::INTEGER AS total
       FROM ${quoted(`new_${table.name}`)} GROUP BY ${keys} HAVING count(DISTINCT row(${values.join(", ")})) > 1
       ORDER BY min("place") LIMIT 1`,
  );
  if (found === undefined) return;
  const [first, second] = (found.places as readonly number[]).map((place) => from(table.name, place + 1));
  const further = Number(found.total) > 1 ? ` So do rows of ${Number(found.total) - 1} more keys.` : "";
  throw new CohortError(
    "bad-record",
    `${first!} and ${second!.replace(/^Row/, "row")} have one key (${keyWords(table, found)}) and differ: one of them would be lost. Keep the one that is true.${further} Nothing was added.`,
  );
}

const isKey = ({ key }: Table, column: string): boolean => key.map(quoted).includes(column);

/** Grades that would be lost; a rater's reading of a later time is how a rater corrects an earlier one. */
const lostGrades = (table: Table): string =>
  `SELECT old.* FROM ${quoted(table.name)} AS old JOIN ${quoted(`new_${table.name}`)} AS new ON ${sameKey(table, "old", "new")}
    WHERE (${GRADES.map((grade) => `old.${grade} <> new.${grade}`).join(" OR ")}) AND NOT coalesce(new."at" > old."at", false)`;

/**
 * Refuses readings that would take the place of others with other grades: two people's tables that both tell no rater have
 * the same keys.
 * @throws CohortError "collision", with their count and what to do
 */
export async function requireSameGrades(query: Query, table: Table): Promise<void> {
  if (table.name !== "readings") return;
  const [found] = await query(
    `SELECT ${table.key.map(quoted).join(", ")}, count(*) OVER ()::INTEGER AS total FROM (${lostGrades(table)}) ORDER BY ALL LIMIT 1`,
  );
  if (found === undefined) return;
  const total = Number(found.total);
  throw new CohortError(
    "collision",
    `${total === 1 ? "1 reading is" : `${total.toLocaleString("en")} readings are`} here already with other grades (${total === 1 ? "" : "the first: "}${keyWords(table, found)}), which would be lost. ` +
      `Where these are another rater's, name the rater (importCsv(file, mapping, { rater: "anna" }), --rater anna, or a column of raters) or number the reading; ` +
      `where they correct the grades that are here, say so (add(records, { replace: true }), --replace). Nothing was added.`,
  );
}

/** Readers of one name and scale whose borders differ, among those that are added and those that are here. */
const OTHER_BORDERS = `SELECT reader FROM (SELECT reader, scale, borders FROM new_readers UNION ALL SELECT reader, scale, borders FROM readers)
  GROUP BY reader, scale HAVING count(DISTINCT borders) > 1 ORDER BY reader LIMIT 1`;

/**
 * Refuses a reader whose name stands for other borders here: grades of two conventions would pass for one.
 * @throws CohortError "collision", with the name and what to do
 */
export async function requireSameBorders(query: Query, table: Table): Promise<void> {
  if (table.name !== "readers") return;
  const [found] = await query(OTHER_BORDERS);
  if (found !== undefined) throw otherBorders(found.reader as string);
}

/** That a reader's name stands for other borders. */
export function otherBorders(reader: string): CohortError {
  return new CohortError(
    "collision",
    `Reader ${reader} has other borders here: this is another fit under the same name. Give it a name of its own (calibrateReader(readings, { name })), or grade into another cohort. Nothing was added.`,
  );
}

/** How many rows of a table are new, and how many are other than they were; asked before they are merged. */
export async function countNew(query: Query, table: Table): Promise<{ fresh: number; changed: number }> {
  const values = table.columns.map(([column]) => quoted(column)).filter((column) => !isKey(table, column));
  // When something was read changes nothing about what was read.
  const compared = values.filter((column) => column !== quoted("at"));
  const keys = table.key.map(quoted).join(", ");
  const [row] = await query(
    `SELECT count(*) FILTER (old.study IS NULL)::INTEGER AS fresh,
            count(*) FILTER (old.study IS NOT NULL AND (${compared.map((column) => `new.${column} IS NOT NULL AND new.${column} IS DISTINCT FROM old.${column}`).join(" OR ")}))::INTEGER AS changed
       FROM (SELECT * FROM ${quoted(`new_${table.name}`)} QUALIFY row_number() OVER (PARTITION BY ${keys} ORDER BY "place" DESC) = 1) AS new
       LEFT JOIN ${quoted(table.name)} AS old ON ${sameKey(table, "old", "new")}`,
  );
  return { fresh: Number(row!.fresh), changed: Number(row!.changed) };
}
