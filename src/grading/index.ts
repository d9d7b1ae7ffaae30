/**
 * Room `grading`: disc volumes -> grades with probabilities -> hotspots. Niemeyer's network gives the Pfirrmann grade, a
 * multi-task network after Jamaludin all other features; each feature says what it was trained on.
 */
export * from "./calibration.js";
export * from "./discCrop.js";
export * from "./features.js";
export { decideClass, gradeFrom, gradeSpine, gradeUncalibrated, gradeVolume } from "./grade.js";
export type { GradeOptions } from "./grade.js";
export { loadGraders } from "./graders.js";
export type { Grader, Graders } from "./graders.js";
export * from "./hotspots/index.js";
export * from "./discSpace.js";
export * from "./measures.js";
export * from "./outOfDistribution.js";
export { partnerOf } from "./partner.js";
export type { Partner } from "./partner.js";
export { FRACTIONAL_GRADES, INTEGRAL_GRADES, nearestGrade } from "./pfirrmannScale.js";
export * from "./report.js";
export * from "./slices.js";
export * from "./trust.js";
