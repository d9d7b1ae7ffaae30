import * as v from "valibot";
import { checkedJson } from "../../text/index.js";
import type { TemplateCell } from "../template.js";

/** What is taken of an `.ipynb` file. */
const CELLS = v.object({
  cells: v.array(
    v.object({ cell_type: v.string(), source: v.union([v.string(), v.array(v.string())], "a text") }),
  ),
});

/**
 * The cells of an `.ipynb` file's text, without their outputs.
 * @throws Error with a sentence for people where the text is no notebook
 */
export function notebookCells(text: string): TemplateCell[] {
  const { value, problem } = checkedJson(text, CELLS);
  if (problem !== undefined)
    throw new Error(`The demo notebook is damaged (${problem}); install Spinebook again.`);
  return value.cells.map(({ cell_type, source }) => ({
    kind: cell_type === "code" ? "code" : "markdown",
    text: typeof source === "string" ? source : source.join(""),
  }));
}
