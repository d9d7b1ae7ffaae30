/**
 * Room `analysis`: the steps of an analysis as objects that show themselves and lead to the next one: `Scan` -> `DetectedSpine` ->
 * `GradedSpine` -> `Hotspots`, on phantoms too. Notes in a notebook's provenance what each step rests on. It lies below reports,
 * rating and studies, which start from these objects, and above the rooms that compute.
 */
export { detect, DetectedSpine } from "./detect.js";
export type { Source } from "./detect.js";
export { discVolume } from "./discVolume.js";
export type { CutDisc } from "./discVolume.js";
export { exampleCohort, exampleStudy, exampleTables } from "./examples.js";
export type { ExampleImage, ExamplePatient, ExampleSlice, ExampleStudy, ExampleTables } from "./examples.js";
export { grade, GradedSpine, pfirrmannNotes } from "./grade.js";
export type { GradeOptions } from "./grade.js";
export { Hotspots, hotspots } from "./hotspots.js";
export { discOutline, spineOutlines } from "./outlines.js";
export { modelsFolder } from "./modelsFolder.js";
export { makePhantoms, PHANTOM_FAMILIES, PHANTOM_VARIANTS, simulateRater } from "./phantoms.js";
export type { PhantomStudy } from "./phantoms.js";
export { guardIdentities, recordData, recordModels, recordSeed } from "./provenance.js";
export { findStudies, loadSeries, Scan } from "./scan.js";
export type { FoundStudy, LoadOptions } from "./scan.js";
