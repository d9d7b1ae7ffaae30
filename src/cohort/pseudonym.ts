import { createHmac, randomBytes } from "node:crypto";

/** Days by which examinations of one patient are shifted at most: ten years. */
const MOST_SHIFT = 3652;

/** A new secret from which a cohort makes its pseudonyms. */
export function newSalt(): string {
  return randomBytes(16).toString("hex");
}

function keyed(salt: string, text: string): Buffer {
  return createHmac("sha256", salt).update(text).digest();
}

/** A short name for something, the same in one cohort and another one elsewhere; without the salt it leads nowhere back. */
export function pseudonym(salt: string, kind: "patient" | "study" | "series" | "unit", text: string): string {
  return keyed(salt, `${kind} ${text}`).toString("hex").slice(0, 12);
}

/**
 * A day shifted by an amount that belongs to the patient, so that intervals between a patient's examinations stay and dates
 * are gone (PS3.15, Retain Longitudinal Temporal Information with Modified Dates).
 */
export function shiftedDay(salt: string, patient: string, day: number): number {
  return day - 1 - (keyed(salt, `shift ${patient}`).readUInt32BE(0) % MOST_SHIFT);
}
