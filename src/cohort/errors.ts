export type CohortCode =
  | "in-use"
  | "not-a-cohort"
  | "newer-version"
  | "older-version"
  | "damaged"
  | "read-only"
  | "cannot-open"
  | "query"
  | "bad-record"
  | "collision"
  | "bad-option"
  | "file"
  | "queue"
  | "cancelled";

/** Something a person has to know and can act on, in one sentence. */
export class CohortError extends Error {
  override readonly name = "CohortError";

  constructor(
    readonly code: CohortCode,
    message: string,
  ) {
    super(message);
  }
}
