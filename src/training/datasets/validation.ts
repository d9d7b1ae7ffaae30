import { createHash } from "node:crypto";

/**
 * Patients whose hashed number lies in this part of all hashes are kept out of all training: 30 of the 172 patients of the SPIDER
 * excerpt, and the same ones of the whole data set with those of its further patients that fall below the line.
 */
export const VALIDATION_SHARE = 0.188;

/** The line of LSMA-PQR: 60 of the 381 patients of its excerpt. */
export const LSMA_VALIDATION_SHARE = 0.184;

/** Whether a patient is kept out of all training, of any series; depends on nothing but the number (or id) as the data set has it. */
export function isValidationPatient(id: string, share = VALIDATION_SHARE): boolean {
  const hash = createHash("sha256").update(`spinebook validation ${id}`).digest();
  return hash.readUIntBE(0, 6) / 2 ** 48 < share;
}

/** The fixed validation split: those of some patients that are kept out, in numerical order. */
export function validationPatients(patients: readonly string[], share = VALIDATION_SHARE): string[] {
  return patients
    .filter((patient) => isValidationPatient(patient, share))
    .sort((a, b) => Number(a) - Number(b));
}
