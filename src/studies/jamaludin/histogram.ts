import * as jamaludin from "./measured.js";
import { histogramFigure, Plot } from "../../figures/index.js";
import type { Figure } from "../../figures/index.js";

/** Discs that the radiologist and the model call abnormal, by finding. */
export class BinaryHistogram extends Plot {
  constructor(readonly discs: readonly jamaludin.ComparedDisc[]) {
    super();
  }

  protected figure(): Figure {
    const findings = jamaludin.JAMALUDIN_SCORES.filter(({ classes }) => classes.length === 2);
    const abnormal = (who: "reference" | "compared"): number[] =>
      findings.map(({ key }) => this.discs.filter((disc) => disc[who][key] === 1).length);
    return histogramFigure({
      // The names are long and stand beside each other.
      classes: findings.map(({ name }) => name.replace("Central canal stenosis", "Canal stenosis")),
      series: [
        { name: "Radiologist", counts: abnormal("reference") },
        { name: "Model", counts: abnormal("compared") },
      ],
      isStacked: false,
      title: "c. Binary features: discs called abnormal",
      subtitle: `of ${this.discs.length} discs; the others are called normal`,
      xTitle: "finding",
    });
  }
}

/**
 * Grades of one score by the radiologist and by the model, for `gradeHistogram` (Fig. 6a and 6b).
 * @param key of the score, such as `"pfirrmann"`; discs that either did not grade are left out
 */
export function readBy(
  discs: readonly jamaludin.ComparedDisc[],
  key: string,
): { Radiologist: number[]; Model: number[] } {
  const graded = discs.filter(({ reference, compared }) => key in reference && key in compared);
  return {
    Radiologist: graded.map(({ reference }) => reference[key]!),
    Model: graded.map(({ compared }) => compared[key]!),
  };
}

/** Fig. 6c: discs that radiologist and model call abnormal, a pair of bars for each of the six binary scores. */
export function binaryHistogram(discs: readonly jamaludin.ComparedDisc[]): BinaryHistogram {
  return new BinaryHistogram(discs);
}
