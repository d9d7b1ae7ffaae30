/**
 * Room `grading`: disc volumes -> grades with probabilities -> hotspots. Niemeyer's network gives the Pfirrmann grade, a
 * multi-task network after Jamaludin all other features; each feature says what it was trained on.
 */
export * from "./discCrop.js";
export * from "./features.js";
export { gradeFrom, gradeSpine, gradeVolume, slicesOfDisc } from "./grade.js";
export { findHotspots, heatOnStack, hottestPoint } from "./hotspots.js";
export type { HeatBox, Hotspot } from "./hotspots.js";
export * from "./report.js";
