import { plainName } from "../../text/index.js";
import { TABLE_FEATURES } from "./features.js";

/** What a column may tell besides grades, with the names by which it is found. */
export const COLUMN_ROLES = {
  patient: [
    "patient",
    "patient id",
    "pat",
    "pat id",
    "patient no",
    "patient number",
    "subject",
    "subject id",
    "case",
    "case id",
    "participant",
    "participant id",
    "pseudonym",
  ],
  level: [
    "level",
    "disc level",
    "disk level",
    "spinal level",
    "disc",
    "disk",
    "segment",
    "IVD",
    "IVD label",
    "IVD level",
  ],
  study: ["study", "study id", "exam", "exam id", "examination", "visit", "visit id"],
  series: ["series", "series id", "scan", "scan id"],
  rater: ["rater", "rater id", "reader", "reader id", "observer", "observer id", "radiologist", "annotator"],
  reading: ["reading", "reading no", "reading number", "repetition", "session", "round"],
  age: ["age", "age years", "age in years", "patient age"],
  sex: ["sex", "gender", "patient sex"],
} as const;

export type ColumnRole = keyof typeof COLUMN_ROLES;

/** What each name of a column means: a role, or the key of a feature. */
const MEANINGS: ReadonlyMap<string, string> = new Map([
  ...TABLE_FEATURES.flatMap(({ key, name }) =>
    [key, name].flatMap((one) =>
      ["", " grade", " score"].map((end): [string, string] => [plainName(one + end), key]),
    ),
  ),
  ["pfirrmangrade", "pfirrmann"],
  ["pfirrman", "pfirrmann"],
  ...Object.entries(COLUMN_ROLES).flatMap(([role, names]) =>
    names.map((name): [string, string] => [plainName(name), role]),
  ),
]);

/** What a column of this name tells, a role or the key of a feature; undefined where it is not known. */
export function meaningOfColumn(name: string): string | undefined {
  return MEANINGS.get(plainName(name));
}
