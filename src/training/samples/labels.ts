import { FEATURES } from "../../grading/index.js";
import type { DiscGrading } from "../datasets/index.js";
import { readerHead } from "../readerHeads.js";
import type { SampleLabels } from "./discSample.js";

/** Weight of labels that are inferred: SPIDER gives one Modic type a disc, RSNA calls mild stenosis normal. */
const INFERRED = 0.4;

/** How much a reader's grades count. */
export interface LabelOptions {
  /** Weight of each label: a disc that several read gives each of them a part. 1 unless given. */
  readonly share?: number;
  /**
   * Another reader than the one whose habits are learned: the Pfirrmann grade then is a label of this reader's own head, see
   * `readerHeads.ts`; a grade of narrowing means within one of it.
   */
  readonly reader?: string | undefined;
}

/** Classes within one of the k-th. */
function aboutClass(k: number, classes: number): number[] {
  return [k - 1, k, k + 1].filter((one) => one >= 0 && one < classes);
}

/**
 * Grades of a table as allowed class indices. A binary narrowing says "normal" or "some degree of it"; a Modic type whether marrow has
 * changed, not beside which endplate; RSNA's severity whether the canal is narrow, where "normal or mild" is less than sure.
 */
export function clinicalLabels(
  grades: DiscGrading["grades"],
  { share = 1, reader }: LabelOptions = {},
): SampleLabels {
  const labels: Record<string, readonly number[]> = {};
  const doubt: Record<string, number> = {};
  const { narrowingPresent, canalStenosisSeverity, modic } = grades;
  for (const { key, classes } of FEATURES) {
    const k = grades[key] === undefined ? -1 : classes.indexOf(grades[key]);
    if (k < 0) continue;
    if (reader !== undefined && key === "pfirrmann") labels[readerHead(reader)] = [k];
    else labels[key] = reader !== undefined && key === "narrowing" ? aboutClass(k, classes.length) : [k];
  }
  if (labels.narrowing === undefined && narrowingPresent !== undefined)
    labels.narrowing = narrowingPresent === 0 ? [0] : [1, 2, 3];
  if (labels.centralCanalStenosis === undefined && canalStenosisSeverity !== undefined) {
    labels.centralCanalStenosis = [Math.min(1, canalStenosisSeverity)];
    if (canalStenosisSeverity === 0) doubt.centralCanalStenosis = INFERRED;
  }
  for (const key of ["upperMarrowChange", "lowerMarrowChange"])
    if (labels[key] === undefined && modic !== undefined) {
      labels[key] = [Math.min(1, modic)];
      if (modic > 0) doubt[key] = INFERRED;
    }
  if (share !== 1) for (const key of Object.keys(labels)) doubt[key] = share * (doubt[key] ?? 1);
  return { labels, doubt, ...(reader === undefined ? {} : { reader }) };
}
