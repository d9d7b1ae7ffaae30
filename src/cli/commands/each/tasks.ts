import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { CohortError, columnList, columnOfRole, mixedRemark, ownValues } from "../../../cohort/index.js";
import type { ManifestTable } from "../../../cohort/index.js";
import { localPath } from "../../../imaging/index.js";
import type { DeclaredParameter } from "../../../notebook/index.js";

/** One report to be made: a row of the manifest. */
export interface EachTask {
  /** Position among the rows, from 0. */
  readonly row: number;
  /** What the row is called in a message, such as `line 4`. */
  readonly at: string;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Files and folders that the report is made from. */
  readonly inputs: readonly TaskInput[];
  /** Why it cannot be made; absent where it can be tried. */
  readonly problem?: string;
}

/** A file or folder of a row. */
export interface TaskInput {
  readonly column: string;
  /** As it stands in the manifest. */
  readonly told: string;
  /** Where it is, absolute. */
  readonly path: string;
}

export interface EachPlan {
  readonly tasks: readonly EachTask[];
  /** What a person should know of how the manifest was read, in sentences. */
  readonly remarks: readonly string[];
}

/** A column that is given to the notebook. */
interface Given {
  readonly column: string;
  readonly parameter: string;
  readonly isPath: boolean;
  readonly isLength: boolean;
}

/** Problems that an error lists; of more their number. */
const MOST_TOLD = 5;
/** A column whose values are paths. */
const PATH = /path$/i;

/** What `report-patient.ipynb` takes from a manifest, in which the column `study` is an id and `path` where the images are. */
export function patientColumns({ name, columns }: ManifestTable): Given[] {
  const path = columnOfRole(columns, "path");
  const spacing = columnOfRole(columns, "spacing");
  const previous = columns.find((column) => /^previous(?:[ _]?path)?$/i.test(column));
  if (path === undefined)
    throw new CohortError(
      "file",
      `${name} has no column that tells the path of each study; call it path. ${columnList(columns)} Nothing was started.`,
    );
  const given = (column: string | undefined, parameter: string, isPath: boolean): Given[] =>
    column === undefined ? [] : [{ column, parameter, isPath, isLength: !isPath }];
  return [
    ...given(path, "study", true),
    ...given(previous, "previous", true),
    ...given(spacing, "spacing", false),
  ];
}

/** What any other notebook takes: the columns that are called as its parameters. @throws CohortError where it lacks one */
export function notebookColumns(
  { name, columns }: ManifestTable,
  declared: readonly DeclaredParameter[],
  notebook: string,
): Given[] {
  const missing = declared.filter((one) => one.isNeeded && !columns.includes(one.name));
  const given = columns.filter((column) => declared.some((one) => one.name === column));
  const names = declared.map((one) => one.name).join(", ");
  if (missing.length > 0)
    throw new CohortError(
      "file",
      `${name} has no column "${missing.map((one) => one.name).join('", "')}", which ${notebook} cannot run without. ${columnList(columns)} Nothing was started.`,
    );
  if (given.length === 0)
    throw new CohortError(
      "file",
      declared.length === 0
        ? `${notebook} has no parameters: tag the cell that declares them "parameters". Nothing was started.`
        : `${name} has no column that is called as a parameter of ${notebook}: ${names}. ${columnList(columns)} Nothing was started.`,
    );
  return given.map((column) => ({ column, parameter: column, isPath: PATH.test(column), isLength: false }));
}

/**
 * The reports that a manifest asks for. An empty field leaves the notebook's own value; a relative path counts from the manifest.
 * @param needed Parameters that the notebook cannot run without
 * @throws CohortError that lists what is wrong by row; then nothing is made
 */
export function planEach(
  table: ManifestTable,
  columns: readonly Given[],
  needed: readonly string[],
): EachPlan {
  const problems: string[] = [];
  const values = new Map(
    columns.map(({ column, isPath }) => {
      const cells = table.rows.map((row) => row.values[column]);
      return [column, isPath ? cells.map(pathText) : ownValues(cells)] as const;
    }),
  );
  const tasks = table.rows.map(({ at }, row): EachTask => {
    const parameters: Record<string, unknown> = {};
    const inputs: TaskInput[] = [];
    for (const { column, parameter, isPath, isLength } of columns) {
      const value = values.get(column)![row];
      if (value === undefined) {
        if (needed.includes(parameter)) problems.push(`${at}: no ${column} is told`);
      } else if (isPath) {
        const path = localPath(String(value));
        const placed = isAbsolute(path) ? path : join(table.folder, path);
        inputs.push({ column, told: String(value), path: placed });
        parameters[parameter] = placed;
      } else {
        if (isLength && !(typeof value === "number" && value > 0))
          problems.push(`${at}: the ${column} is a length in mm above 0`);
        parameters[parameter] = value;
      }
    }
    const absent = columns.filter(({ parameter, isPath }) => {
      const path = parameters[parameter];
      return isPath && typeof path === "string" && !existsSync(path);
    });
    return {
      ...{ row, at, parameters, inputs },
      ...(absent.length === 0
        ? {}
        : { problem: `The file or folder that column "${absent[0]!.column}" names is not there.` }),
    };
  });
  const first = new Map<string, string>();
  for (const { at, parameters } of tasks) {
    const key = JSON.stringify(parameters);
    if (first.has(key)) problems.push(`${at}: it asks for the same report as ${first.get(key)}`);
    else first.set(key, at);
  }
  if (tasks.length === 0) problems.push("there is no row");
  if (problems.length > 0) throw refusal(table.name, problems);
  const ignored = table.columns.filter(
    (name) => name !== "" && !columns.some(({ column }) => column === name),
  );
  return {
    tasks,
    remarks: [
      ...table.remarks,
      ...columns.flatMap(({ column, isPath }) => (isPath ? [] : (mixedRemark(table, column) ?? []))),
      ...(ignored.length === 0
        ? []
        : [
            `Columns that the notebook has no parameter for, and that were not given to it: ${ignored.map((name) => name.slice(0, 40)).join(", ")}.`,
          ]),
    ],
  };
}

function pathText(value: unknown): string | undefined {
  return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
}

function refusal(name: string, problems: readonly string[]): CohortError {
  const further = problems.length - MOST_TOLD;
  const list = problems.slice(0, MOST_TOLD).join("; ");
  return new CohortError(
    "file",
    `${name} cannot be used as it is. ${list.charAt(0).toUpperCase()}${list.slice(1)}${further > 0 ? `; and ${further} more` : ""}. Nothing was started.`,
  );
}
