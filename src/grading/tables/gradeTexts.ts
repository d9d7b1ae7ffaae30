import { numberOf, plainName } from "../../text/index.js";
import { isGradeOf } from "./features.js";
import type { TableFeature } from "./features.js";

const ROMAN: ReadonlyMap<string, number> = new Map([
  ["i", 1],
  ["ii", 2],
  ["iii", 3],
  ["iv", 4],
  ["v", 5],
]);
const YES_NO: ReadonlyMap<string, number> = new Map([
  ["no", 0],
  ["false", 0],
  ["absent", 0],
  ["yes", 1],
  ["true", 1],
  ["present", 1],
]);
const SEVERITIES: ReadonlyMap<string, number> = new Map([
  ["normalmild", 0],
  ["moderate", 1],
  ["severe", 2],
]);

/** Words that may stand for a feature's classes: Roman numerals for types and Pfirrmann grades, yes and no, severities. */
function wordsOf({ key, classes }: TableFeature): ReadonlyMap<string, number> {
  if (key === "pfirrmann" || key === "modic" || key === "narrowing") return ROMAN;
  return classes.length === 2 ? YES_NO : SEVERITIES;
}

/** The grade that a cell tells of a feature; undefined where the feature does not have it. */
export function gradeInText(feature: TableFeature, text: string, decimalComma: boolean): number | undefined {
  const number = numberOf(text, decimalComma);
  const value = number ?? (feature.isContinuous ? undefined : wordsOf(feature).get(plainName(text)));
  return value !== undefined && isGradeOf(feature, value) ? value : undefined;
}
