import type { MimeBundle } from "../../protocol/index.js";

/** What is shown of a value. */
export interface Shown {
  readonly data: MimeBundle;
  /** What the value's own code threw while it was to show itself; `data` then has what could be seen without it. */
  readonly problem?: { readonly thrown: unknown };
}
