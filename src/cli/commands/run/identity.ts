import { describeIdentity } from "../../../notebook/index.js";
import type { NotebookIdentity } from "../../../notebook/index.js";

/** A finding as JSON has it: the cell counted from 1, `null` for metadata. */
export function placeOf(found: NotebookIdentity) {
  return {
    cell: found.cellIndex === "metadata" ? null : found.cellIndex + 1,
    part: found.part,
    kind: found.kind,
    sentence: `${describeIdentity(found)}.`,
  };
}
