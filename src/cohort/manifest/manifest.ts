import { existsSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { localPath } from "../../imaging/index.js";
import type { Contrast } from "../../imaging/index.js";
import { numberOf, plainName } from "../../text/index.js";
import { CONTRASTS, type ToldFile } from "../batch/told.js";
import { CohortError } from "../errors.js";
import { shown } from "../importers/anomalies.js";
import { ageOf, identifierOf, sexOf } from "../importers/identifiers.js";
import type { StudyRecord } from "../records.js";
import { dayOf, manifestColumns, mixedRemark, ownValues, textOf, type ManifestRole } from "./columns.js";
import { readSource, type ManifestSource, type SourceRow } from "./source.js";

/** A study as a manifest tells it, by one row or several. */
export interface ManifestStudy {
  /** Its id; absent where neither study nor patient are told. */
  readonly study?: string;
  readonly patient?: string;
  readonly dataset?: string;
  readonly age?: number;
  readonly sex?: "F" | "M";
  /** Days from 1970: a date, which is shifted before it is kept. */
  readonly day?: number;
  readonly scanner?: string;
  readonly more?: NonNullable<StudyRecord["more"]>;
  readonly files: readonly (ToldFile & { readonly path: string })[];
}

/** What is to be graded, told row by row. */
export interface Manifest {
  readonly name: string;
  readonly studies: readonly ManifestStudy[];
  /** What a person should know of how it was read. */
  readonly remarks: readonly string[];
}

/** Problems that an error lists; of more their number. */
const MOST_TOLD = 5;

type Problem = (text: string) => void;

/** One row, read. */
interface Row extends Omit<ManifestStudy, "files"> {
  readonly at: string;
  readonly file: ToldFile & { readonly path: string };
  readonly t1?: string;
}

/** A contrast as people write it. */
function contrastOf(text: string): Contrast | undefined {
  const plain = plainName(text).replace(/^(t[12])w$/, "$1");
  return CONTRASTS.find((one) => one.toLowerCase() === plain);
}

/** Reads one row; what is wrong with it goes to `wrong`. */
function readRow(
  { at, values }: SourceRow,
  roles: ReadonlyMap<ManifestRole, string>,
  folder: string,
  wrong: Problem,
): Row | undefined {
  const value = (role: ManifestRole): unknown => (roles.has(role) ? values[roles.get(role)!] : undefined);
  const text = (role: ManifestRole): string | undefined => textOf(value(role));
  const placed = (given: string): string => {
    const path = localPath(given);
    return isAbsolute(path) ? path : join(folder, path);
  };
  /** A value that is read by `read`; one that cannot be is a problem. */
  const told = <T>(
    role: ManifestRole,
    read: (text: string) => T | undefined,
    wish: string,
  ): T | undefined => {
    const given = text(role);
    if (given === undefined) return undefined;
    const found = read(given);
    if (found === undefined) wrong(`the ${role} is ${wish} and cannot be ${shown(given)}`);
    return found;
  };
  const id = (role: "study" | "patient"): string | undefined => {
    const found = identifierOf(text(role) ?? "", role);
    if (found.kind === "unusable") wrong(`what tells the ${role} ${found.why}`);
    return found.kind === "id" ? found.id : undefined;
  };
  const name = (role: "dataset" | "scanner"): string | undefined =>
    told(
      role,
      (one) => (one.length <= 64 && !/\p{Cc}/u.test(one) ? one : undefined),
      "a name of at most 64 characters",
    );
  const path = text("path");
  if (path === undefined) {
    wrong("no path is told");
    return undefined;
  }
  const positive = (one: string): number | "auto" | undefined => {
    if (/^auto$/i.test(one)) return "auto";
    const number = numberOf(one, true);
    return number !== undefined && number > 0 ? number : undefined;
  };
  const t1 = text("t1");
  const row = {
    study: id("study"),
    patient: id("patient"),
    dataset: name("dataset"),
    scanner: name("scanner"),
    age: told("age", (one) => ageOf(one, true), "in years, from 0 to 120,"),
    sex: told("sex", sexOf, "F or M"),
    day: told("date", () => dayOf(value("date")), "a date such as 2024-05-01"),
    t1: t1 === undefined ? undefined : placed(t1),
  };
  const file = {
    path: placed(path),
    spacing: told("spacing", positive, 'a length in mm above 0, or "auto",'),
    contrast: told("contrast", contrastOf, `one of ${CONTRASTS.join(", ")}`),
  };
  return { at, file: present(file), ...present(row) };
}

/** An object without what is not known. */
function present<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, one]) => one !== undefined)) as never;
}

/** Facts of a study that all of its rows share. */
const SHARED = ["patient", "dataset", "age", "sex", "day", "scanner"] as const;

/** Puts the rows of one study together. */
function studyOf(rows: readonly Row[], wrong: (at: string, text: string) => void): ManifestStudy {
  const facts: Record<string, unknown> = {};
  let more: ManifestStudy["more"];
  for (const row of rows) {
    for (const key of SHARED) {
      if (row[key] === undefined) continue;
      if (facts[key] !== undefined && facts[key] !== row[key])
        wrong(row.at, `the ${key === "day" ? "date" : key} of the study differs from a row before`);
      facts[key] ??= row[key];
    }
    if (row.more !== undefined) more = { ...row.more, ...more };
  }
  const { study } = rows[0]!;
  const files = rows.flatMap(({ file, t1 }) => [
    file,
    ...(t1 === undefined
      ? []
      : [
          {
            path: t1,
            contrast: "T1" as const,
            ...(file.spacing === undefined ? {} : { spacing: file.spacing }),
          },
        ]),
  ]);
  const graded = rows.filter(({ file }) => file.contrast !== "T1");
  const same = graded.find(
    ({ file }, i) => graded.findIndex((one) => one.file.contrast === file.contrast) !== i,
  );
  if (same !== undefined)
    wrong(
      same.at,
      "a row before is of the same study, and nothing tells the two series apart: give each study an id of its own, or each row its contrast",
    );
  const twice = files.find(({ path }, i) => files.findIndex((one) => one.path === path) !== i);
  if (twice !== undefined && same === undefined)
    wrong(rows.at(-1)!.at, "the same file is named twice for a study");
  return present({ ...(facts as Omit<ManifestStudy, "files">), study, more, files });
}

/**
 * Reads a manifest: one row a study, or one a series of it, with columns path, study, patient, data set, spacing (mm, or `auto`), contrast,
 * T1 partner, age, sex, date, scanner, and any other, which is kept as a column of `studies`. A study without an id is called as its
 * patient. Paths count from the manifest's folder, or from `images`.
 * @throws CohortError that lists what is wrong by row; then nothing is graded
 */
export async function readManifest(source: ManifestSource, images?: string): Promise<Manifest> {
  const table = await readSource(source);
  const { name, rows, remarks } = table;
  const folder = images === undefined ? table.folder : localPath(images);
  const columns = manifestColumns(table);
  const problems: string[] = [];
  const own = columns.own.map(({ name: column, column: called }) => ({
    called,
    values: ownValues(rows.map(({ values }) => values[column])),
  }));
  const mixed = columns.own.flatMap(({ name: column }) => mixedRemark(table, column) ?? []);
  const studies = new Map<string, Row[]>();
  rows.forEach((source, i) => {
    const row = readRow(source, columns.roles, folder, (text) => {
      problems.push(`${source.at}: ${text}`);
    });
    if (row === undefined) return;
    const more = Object.fromEntries(
      own.flatMap(({ called, values }): [string, string | number | boolean][] =>
        values[i] === undefined ? [] : [[called, values[i]]],
      ),
    );
    const study = row.study ?? row.patient;
    const key = study ?? `\n${i}`;
    studies.set(key, [
      ...(studies.get(key) ?? []),
      { ...row, ...(study === undefined ? {} : { study }), ...(own.length === 0 ? {} : { more }) },
    ]);
  });
  const all = [...studies.values()].map((list) =>
    studyOf(list, (at, text) => problems.push(`${at}: ${text}`)),
  );
  if (rows.length === 0) problems.push("there is no row");
  if (problems.length > 0) throw refusal(name, problems);
  if (!all.some(({ files }) => files.some(({ path }) => existsSync(path))))
    throw new CohortError(
      "file",
      `None of the files that ${name} names is there. Paths count from ${images === undefined ? "the folder that it lies in" : "the folder of the images that was named"}: correct them, or name that folder.`,
    );
  return { name, studies: all, remarks: [...remarks, ...columns.remarks, ...mixed] };
}

function refusal(name: string, problems: readonly string[]): CohortError {
  const further = problems.length - MOST_TOLD;
  const list = problems.slice(0, MOST_TOLD).join("; ");
  return new CohortError(
    "file",
    `${name} cannot be used as it is. ${list.charAt(0).toUpperCase()}${list.slice(1)}${further > 0 ? `; and ${further} more` : ""}. Nothing was graded.`,
  );
}
