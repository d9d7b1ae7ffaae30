/** What a table display and the kernel say to each other about a table that is longer than its output. */

/** Name under which displays open a channel to the kernel's tables; the channel's data name the table's `session`. */
export const TABLE_TARGET = "spinebook.table";

/** In a `TABLE_MIME` payload: the kernel has more rows than stand there. */
export interface LiveTable {
  /** Random; known to the kernel that made this output, and to no other. */
  readonly session: string;
  readonly total: number;
}

/** Display -> kernel. */
export interface TableQuestion {
  /** Pairs the answer with it. */
  readonly number: number;
  readonly offset: number;
  readonly limit: number;
  readonly sortBy?: string;
  readonly descending?: boolean;
  readonly filter?: string;
}

/** Kernel -> display. */
export type TableAnswer =
  | {
      readonly number: number;
      readonly rows: readonly Readonly<Record<string, unknown>>[];
      /** Rows that the filter leaves. */
      readonly total: number;
    }
  /** A sentence for people. */
  | { readonly number: number; readonly failed: string };

/** Decimals of a table's number that lies beyond one, and significant digits of one that lies within. */
const DIGITS = 4;
/** Significant digits behind which a difference is the noise of double precision. */
const SURE_DIGITS = 12;

/**
 * A number as a table writes it: whole ones whole; what lies beyond one with at most four decimals, what lies within with
 * four significant digits, so that no p-value becomes a 0; and with more where it would look like a whole number.
 */
export function numberText(value: number): string {
  if (Number.isInteger(value) || !Number.isFinite(value)) return String(value);
  const whole = Math.max(0, Math.floor(Math.log10(Math.abs(value))) + 1);
  const most = Math.min(17, Math.max(SURE_DIGITS, whole + DIGITS));
  for (let digits = Math.min(17, whole + DIGITS); digits < most; digits++) {
    const short = Number(value.toPrecision(digits));
    if (!Number.isInteger(short)) return String(short);
  }
  return String(Number(value.toPrecision(most)));
}

/** Numbers that JSON lacks by the words that stand for them, which are the Frictionless table schema's. */
export const NUMBER_WORDS: ReadonlyMap<string, number> = new Map([
  ["NaN", NaN],
  ["INF", Infinity],
  ["-INF", -Infinity],
]);
