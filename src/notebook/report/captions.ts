import { otherLabel } from "../../kernel/index.js";
import { CAPTION_KEY, LABEL } from "../../protocol/index.js";
import type { Caption } from "../../protocol/index.js";
import { isObject, tagsOf } from "../ipynb.js";
import type { Cell, Notebook, Output } from "../ipynb.js";

/** A caption with its number in the report. */
export interface NumberedCaption extends Caption {
  /** Such as `Figure 2`. */
  readonly name: string;
  /** The first with its label: references lead here. */
  readonly isGoal: boolean;
}

/** The captions of a report. */
export interface Captions {
  readonly byOutput: ReadonlyMap<Output, NumberedCaption>;
  /** `Figure 2` by `fig-heights`. */
  readonly names: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}

/** Counts the figures and the tables of what a report shows, in the order of the cells. */
export function numberCaptions({ cells }: Notebook): Captions {
  const byOutput = new Map<Output, NumberedCaption>();
  const names = new Map<string, string>();
  const warnings: string[] = [];
  const counts = { figure: 0, table: 0 };
  for (const [index, cell] of cells.entries()) {
    const other = cell.cell_type === "code" ? otherLabel(cell.source) : undefined;
    if (other !== undefined)
      warnings.push(
        `Cell ${index + 1}: nothing can refer to the label "${other}": one of a figure begins with "fig-", one of a table with "tbl-".`,
      );
    for (const output of shownOutputs(cell)) {
      const caption = captionOf(output);
      if (caption === undefined) continue;
      const { kind, label } = caption;
      const name = `${kind === "figure" ? "Figure" : "Table"} ${++counts[kind]}`;
      const earlier = label === undefined ? undefined : names.get(label);
      if (earlier !== undefined)
        warnings.push(
          `Cell ${index + 1}: the label "${label}" is that of ${earlier} already; references lead there.`,
        );
      else if (label !== undefined) names.set(label, name);
      byOutput.set(output, { ...caption, name, isGoal: label !== undefined && earlier === undefined });
    }
  }
  return { byOutput, names, warnings };
}

function shownOutputs(cell: Cell): readonly Output[] {
  const isGone = tagsOf(cell).some((tag) => tag === "remove-cell" || tag === "remove-output");
  return cell.cell_type !== "code" || isGone ? [] : cell.outputs;
}

/** The caption that an output is, as far as its metadata are what a kernel of ours wrote. */
function captionOf(output: Output): Caption | undefined {
  const entry = output.output_type === "display_data" ? output.metadata[CAPTION_KEY] : undefined;
  if (!isObject(entry)) return undefined;
  const { kind, text, label, stands } = entry;
  if ((kind !== "figure" && kind !== "table") || typeof text !== "string") return undefined;
  if (stands !== "above" && stands !== "below") return undefined;
  const isLabel = typeof label === "string" && LABEL.test(label);
  return { kind, text, stands, ...(isLabel ? { label } : {}) };
}

/** Outputs with the captions that are theirs. */
export interface CaptionedOutput {
  readonly output: Output;
  readonly nth: number;
  readonly caption?: NumberedCaption;
}

/** Joins each caption of a cell's outputs to the output it stands above or below; one that has none stays alone. */
export function withCaptions(outputs: readonly Output[], { byOutput }: Captions): CaptionedOutput[] {
  const joined: CaptionedOutput[] = [];
  let above: NumberedCaption | undefined;
  for (const [nth, output] of outputs.entries()) {
    const caption = byOutput.get(output);
    const last = joined.at(-1);
    if (caption?.stands === "above") above = caption;
    else if (caption === undefined) {
      joined.push({ output, nth, ...(above ? { caption: above } : {}) });
      above = undefined;
    } else if (last && last.caption === undefined) joined[joined.length - 1] = { ...last, caption };
    else joined.push({ output, nth });
  }
  return joined;
}
