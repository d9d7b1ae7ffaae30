import { tableBundle } from "../figures/index.js";
import { TABLE_MIME, type MimeBundle } from "../protocol/index.js";
import { escapeMarkup } from "../text/index.js";

/**
 * A table's display with a sentence, and where there are some a second table below it.
 * @param rows of the second table, which front ends with a table of their own show as text
 */
export function withRemark(
  bundle: MimeBundle,
  remark: string,
  rows: readonly Readonly<Record<string, string | number>>[] = [],
): MimeBundle {
  const below = rows.length === 0 ? undefined : tableBundle(rows);
  const lines = rows.map((row) => Object.values(row).join(" · "));
  return {
    ...bundle,
    [TABLE_MIME]: { ...(bundle[TABLE_MIME] as object), title: [remark, ...lines].join("\n") },
    "text/html": `${String(bundle["text/html"])}<p>${escapeMarkup(remark)}</p>${below === undefined ? "" : String(below["text/html"])}`,
    "text/plain": [
      String(bundle["text/plain"]),
      remark,
      ...(below === undefined ? [] : [String(below["text/plain"])]),
    ].join("\n"),
  };
}
