/**
 * Room `reports`: what is handed on. `patient/` is a patient's report in parts that show themselves, `checklist/` fills in CLAIM
 * and TRIPOD+AI from what is on record, `structuredReport.ts` and `gradedSheet.ts` write the grades as DICOM.
 */
export { Checklist, checklist, readPackage } from "./checklist/index.js";
export type { ChecklistName, ChecklistOptions, ChecklistRow } from "./checklist/index.js";
export { PatientReport, patientReport } from "./patient/index.js";
export type { PatientReportOptions } from "./patient/index.js";
export { dicomReport, dicomSheet } from "./structuredReport.js";
