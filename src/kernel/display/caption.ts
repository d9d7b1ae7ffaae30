import { CAPTION_KEY, LABEL, TABLE_MIME } from "../../protocol/index.js";
import type { Caption, MimeBundle } from "../../protocol/index.js";
import type { CellCaption } from "../compile/cellCaption.js";
import { RangeError, TypeError } from "../run/primordials.js";

/** A caption as an output of its own, so that every front end shows it; reports number it and join it to what it is of. */
export interface CaptionOutput {
  readonly stands: Caption["stands"];
  readonly data: MimeBundle;
  readonly metadata: MimeBundle;
}

/**
 * The caption of what is shown: above a table, below anything else.
 * @param isShown what it is of has been shown already, so that there is no place above it
 */
export function captionOutput(
  { caption = "", label }: CellCaption,
  shown: MimeBundle,
  isShown = false,
): CaptionOutput | undefined {
  if (caption === "" && label === undefined) return undefined;
  const kind = isTable(label, shown) ? "table" : "figure";
  const stands = kind === "table" && !isShown ? "above" : "below";
  const entry: Caption = { kind, text: caption, stands, ...(label === undefined ? {} : { label }) };
  const word = kind === "table" ? "Table" : "Figure";
  return {
    stands,
    data: {
      "text/markdown": caption === "" ? `**${word}**` : `**${word}:** ${caption}`,
      "text/plain": caption === "" ? word : `${word}: ${caption}`,
    },
    metadata: { [CAPTION_KEY]: entry },
  };
}

function isTable(label: string | undefined, shown: MimeBundle): boolean {
  return label === undefined ? TABLE_MIME in shown : label.startsWith("tbl-");
}

/** What `display(value, { caption, label })` was given. @throws TypeError, RangeError */
export function givenCaption(caption: unknown, label: unknown): CellCaption {
  if (caption !== undefined && typeof caption !== "string") throw new TypeError("A caption is a text.");
  if (label !== undefined && !(typeof label === "string" && LABEL.test(label)))
    throw new RangeError(
      'A label begins with "fig-" or "tbl-", with letters, digits, "-" and "_" behind it, such as "fig-heights".',
    );
  return { ...(caption === undefined ? {} : { caption }), ...(label === undefined ? {} : { label }) };
}
