/** The tables and figures of Jamaludin et al., Eur Spine J 2017;26:1374: what `notebooks/jamaludin-2017.ipynb` is made of. */
export { readAtlas, readCohort, readSpider, sizeOf } from "./cohort.js";
export type { GradedPhantom, JamaludinCohort, JamaludinSize } from "./cohort.js";
export { gradedExcerpt, spineExcerpt } from "./excerpt.js";
export type { ExcerptOptions } from "./excerpt.js";
export { FAILURE_KINDS, failureCases, failureTable } from "./failures.js";
export type { FailureCase } from "./failures.js";
export { figure4, figure7, heatOnDisc } from "./figures.js";
export { BinaryHistogram, binaryHistogram, readBy } from "./histogram.js";

export {
  JAMALUDIN_SCORES as SCORES,
  jamaludinFigure6 as figure6,
  jamaludinTable2 as table2,
  jamaludinTable3 as table3,
  jamaludinText as textFigures,
  rereadPhantoms,
  spiderGrades,
} from "./measured.js";
export type { ComparedDisc, Grades, PhantomCohort, TableRow } from "./measured.js";
