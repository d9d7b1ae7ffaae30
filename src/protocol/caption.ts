/** Key of an output's metadata under which a {@link Caption} stands; the output itself shows the caption's words. */
export const CAPTION_KEY = "spinebook.caption";

/** A caption that is an output of its own. */
export interface Caption {
  readonly kind: "figure" | "table";
  /** Markdown. */
  readonly text: string;
  /** By which text refers to it, such as `fig-heights`. */
  readonly label?: string;
  /** Where it stands to what it is of: that is the next output, or the one before. */
  readonly stands: "above" | "below";
}

/** What a label of a figure or a table is. Quarto labels cells for other uses, too; such labels are none of ours. */
export const LABEL = /^(?:fig|tbl)-[\w-]*\w$/;
