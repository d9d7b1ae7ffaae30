/** What Niemeyer's figures (2021) show in numbers, each beside what the paper says of it. */
import { INTEGRAL_GRADES } from "../../grading/index.js";
import { PUBLISHED_DISTRIBUTION, PUBLISHED_REMARKS } from "./published.js";
import type { StudyModel } from "./study.js";
import type { LearningPoint } from "./curves.js";
import type { StudySource } from "./discs.js";
import type { StudyRow } from "./tables.js";

/** Discs of each whole grade. */
function countsOf(grades: readonly number[]): number[] {
  return INTEGRAL_GRADES.map((grade) => grades.filter((one) => Math.round(one) === grade).length);
}

function share(count: number, counts: readonly number[]): string {
  const total = counts.reduce((sum, one) => sum + one, 0);
  return total === 0 ? "" : `${((100 * count) / total).toFixed(1)}%`;
}

/** Figure 1: discs of each whole grade by source and their share of all, here and in the paper. */
export function niemeyerFigure1(sources: readonly StudySource[]): StudyRow[] {
  const counts = sources.map(({ name, grades }) => ({ name, counts: countsOf(grades) }));
  const all = countsOf(sources.flatMap(({ grades }) => grades));
  const { genodisc, combined } = PUBLISHED_DISTRIBUTION;
  return INTEGRAL_GRADES.map((grade, g) => ({
    grade,
    ...Object.fromEntries(counts.map((source) => [source.name, source.counts[g]!])),
    "share of all": share(all[g]!, all),
    "Genodisc (paper)": genodisc[g]!,
    "supplement (paper)": combined[g]! - genodisc[g]!,
    "share of all (paper)": share(combined[g]!, combined),
  }));
}

function percent(value: number): string {
  return `${(100 * value).toFixed(1)}%`;
}

/** The models that the figures are drawn from. */
export interface StudyFigures {
  readonly defaultModel: StudyModel;
  readonly regression: StudyModel;
  readonly learning: readonly LearningPoint[];
  readonly resolution: readonly StudyModel[];
}

/** Figures 2 to 5: what the paper says beside each, and the same of the study here. */
export function niemeyerFigureRemarks({
  defaultModel,
  regression,
  learning,
  resolution,
}: StudyFigures): StudyRow[] {
  const least = learning.reduce((a, b) => (b.share < a.share ? b : a));
  const whole = learning.reduce((a, b) => (b.share > a.share ? b : a));
  const pixels = resolution.map(({ recipe }) => recipe.size);
  const accuracies = resolution.map(({ scores }) => scores.accuracy);
  const range = (values: readonly number[]): string =>
    `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
  const withinOne = ({ scores }: StudyModel): string => percent(1 - scores.offByMoreThanOne);
  return [
    {
      figure: 2,
      what: "Discs that the default model grades at most one grade off",
      here: withinOne(defaultModel),
      paper: percent(PUBLISHED_REMARKS.withinOne),
    },
    {
      figure: 2,
      what: "Discs that it grades exactly as the rater, 13 grades",
      here: percent(defaultModel.scores.fractionalAccuracy),
      paper: "83%",
    },
    {
      figure: 3,
      what: "Linear κ with the smallest part of the training set",
      here: `${least.scores.kappa.toFixed(3)} (1/${1 / least.share}, ${least.discs} discs)`,
      paper: `above ${PUBLISHED_REMARKS.kappaOfLeastPart} (1/${1 / PUBLISHED_REMARKS.leastPart})`,
    },
    {
      figure: 3,
      what: "Linear κ with all of it",
      here: `${whole.scores.kappa.toFixed(3)} (${whole.discs} discs)`,
      paper: "0.920 (7152 discs)",
    },
    {
      figure: 4,
      what: "Accuracy in whole grades by resolution",
      here: `${range(accuracies)} from ${Math.min(...pixels)} to ${Math.max(...pixels)} pixels`,
      paper: "not sensitive, particularly beyond 64 pixels",
    },
    {
      figure: 5,
      what: "Discs that the MAE regression grades at most one grade off",
      here: `${withinOne(regression)} (default model ${withinOne(defaultModel)})`,
      paper: "more than the default model: fewer outliers",
    },
    {
      figure: 5,
      what: "Mean absolute error of the MAE regression",
      here: `${regression.scores.meanAbsoluteError.toFixed(3)} (default model ${defaultModel.scores.meanAbsoluteError.toFixed(3)})`,
      paper: "0.112 (default model 0.082): more small errors",
    },
  ];
}
