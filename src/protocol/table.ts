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
