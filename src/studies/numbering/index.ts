/** How sure the names of the levels are: measured, and the model behind it fitted anew. */
export { evaluateNumbering } from "./evaluation.js";
export type { NumberingBin, NumberingEvaluation, NumberingGroup } from "./evaluation.js";
export { fitPublishedNumbering } from "./fit.js";
