/** What the grades table says, as text and numbers: pure. */
import { calledFrom, commonTraining, shownGrade } from "../../protocol/index.js";
import type { GradeCell, GradesPayload, Quad } from "../../protocol/index.js";

/** Behind a grade whose grader has seen no real patient, or patients and synthetic images. */
export const MARKERS: Readonly<Record<GradeCell["trainedOn"], string>> = {
  clinical: "",
  synthetic: "◇",
  both: "◈",
  inferred: "△",
};

const LEGEND: Readonly<Record<GradeCell["trainedOn"], string>> = {
  clinical: "",
  synthetic: "◇ graded by a model trained on synthetic images only; not yet tested on patients",
  both: "◈ graded by a model trained on patients and synthetic images",
  inferred: "△ learned from synthetic images and inferred from Modic types; not compared with a reader",
};

const SETS = "( ) grades that cannot be excluded at 90 % (conformal set)";

/** The legend's lines: only markers that occur. */
export function legendLines(payload: GradesPayload): readonly string[] {
  const cells = payload.discs.flatMap((disc) => disc.grades);
  const used = new Set(cells.map((cell) => cell.trainedOn));
  return [
    ...(["synthetic", "inferred", "both"] as const)
      .filter((source) => used.has(source))
      .map((source) => LEGEND[source]),
    ...(cells.some(({ set }) => set !== undefined) ? [SETS] : []),
  ];
}

/** Index of the most probable class, the first of equals; -1 without classes. */
export function topClass(cell: GradeCell): number {
  return cell.probabilities.reduce((top, [, p], i, all) => (top < 0 || p > all[top]![1] ? i : top), -1);
}

/** The cell in words, such as `Narrowing: grade 2; none 3 %, slight 80 %, ...`. */
export function describeCell(featureName: string, cell: GradeCell): string {
  const score = cell.fractional === undefined ? "" : ` (score ${cell.fractional.toFixed(1)})`;
  const classes = cell.probabilities.map(([name, p]) => `${name} ${percent(p)}`).join(", ");
  const source = LEGEND[cell.trainedOn].replace(/^\S+ /, "");
  const set = cell.set === undefined ? "" : `cannot be excluded: ${cell.set}`;
  const words = [`${featureName}: grade ${shownGrade(cell)}${score}`, cell.because ?? "", set, classes];
  return [...words, ...calledFrom(cell), source].filter((part) => part !== "").join("; ");
}

export function percent(probability: number): string {
  return `${Math.round(probability * 100)} %`;
}

/** Index of the heat layer that shows a disc's evidence for a feature, -1 when there is none. */
export function heatLayerOf(payload: GradesPayload, level: string, featureName: string): number {
  return payload.slices?.heat.findIndex(({ label }) => label === `${level} ${featureName}`) ?? -1;
}

/** The mean of an outline's corners. */
export function centroid(corners: Quad): readonly [number, number] {
  const mean = (axis: 0 | 1): number =>
    corners.reduce((sum, corner) => sum + corner[axis], 0) / Math.max(1, corners.length);
  return [mean(0), mean(1)];
}

/** The mark that all grades of a feature have; empty where they have different ones or none. */
export function columnMarker(payload: GradesPayload, feature: string): string {
  const common = commonTraining(payload, feature);
  return common === undefined ? "" : MARKERS[common];
}
