import { FEATURES } from "../features.js";

/** A column of a table of grades. */
export interface TableFeature {
  /** Key in records: that of the models' feature where they grade it. */
  readonly key: string;
  readonly name: string;
  /** The numbers that may stand there, in class order; `[low, high]` where it is continuous. */
  readonly classes: readonly number[];
  readonly isContinuous?: true;
}

/**
 * What a disc may be graded for: the features of the models (`grading`), the continuous Pfirrmann score, and what public data
 * sets grade otherwise or besides. SPIDER says of narrowing only whether it is there; RSNA 2024 and SpineNet tell how much of
 * the canal, the foramina and the recesses is taken (0 normal or mild, 1 moderate, 2 severe).
 */
export const TABLE_FEATURES: readonly TableFeature[] = [
  ...FEATURES.map(({ key, name, classes }) => ({ key, name, classes })),
  { key: "pfirrmannFractional", name: "Pfirrmann, fractional", classes: [1, 5], isContinuous: true },
  { key: "narrowingPresent", name: "Narrowing present", classes: [0, 1] },
  { key: "canalStenosisSeverity", name: "Canal stenosis, severity", classes: [0, 1, 2] },
  { key: "leftForaminalNarrowing", name: "Left foraminal narrowing", classes: [0, 1, 2] },
  { key: "rightForaminalNarrowing", name: "Right foraminal narrowing", classes: [0, 1, 2] },
  { key: "leftSubarticularStenosis", name: "Left subarticular stenosis", classes: [0, 1, 2] },
  { key: "rightSubarticularStenosis", name: "Right subarticular stenosis", classes: [0, 1, 2] },
];

/** Whether a number may stand in a feature's column. */
export function isGradeOf({ classes, isContinuous }: TableFeature, value: number): boolean {
  return isContinuous ? value >= classes[0]! && value <= classes[1]! : classes.includes(value);
}
