import type { TemplateCell } from "../template.js";

/**
 * The cells of an `.ipynb` file's text, without their outputs.
 * @throws SyntaxError where the text is no JSON
 */
export function notebookCells(text: string): TemplateCell[] {
  const { cells } = JSON.parse(text) as {
    cells: readonly { readonly cell_type: string; readonly source: string | readonly string[] }[];
  };
  return cells.map(({ cell_type, source }) => ({
    kind: cell_type === "code" ? "code" : "markdown",
    text: typeof source === "string" ? source : source.join(""),
  }));
}
