/** Reports for people: of a patient's study, in parts that show themselves. The cohort's is made of queries and plots in its notebook. */
export { PatientReport, patientReport } from "./patient.js";
export type { PatientReportOptions } from "./patient.js";
