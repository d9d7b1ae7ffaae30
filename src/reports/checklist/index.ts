/**
 * Reporting checklists (CLAIM 2024, TRIPOD+AI 2024) filled in from what is on record: the package, the models' weights,
 * recipes, cards and calibration, and a cohort. What nobody has recorded is left to the author.
 */
export { Checklist, checklist } from "./checklist.js";
export type { ChecklistName, ChecklistOptions, ChecklistRow } from "./checklist.js";
export type { SqlSource } from "./cohortFacts.js";
export { readPackage } from "./packageFacts.js";
