import { LABEL } from "../../protocol/index.js";

/** What a cell says of its figure or table in its first lines, as Quarto's cells do. */
export interface CellCaption {
  readonly caption?: string;
  /** Begins with `fig-` or `tbl-`. */
  readonly label?: string;
}

const LINE = /^\/\/\|[ \t]*([\w-]+):[ \t]*(.*?)[ \t]*$/;
const CAPTIONS = new Set(["caption", "fig-cap", "tbl-cap"]);

/** The comment lines `//| caption: ...` and `//| label: fig-...` at a cell's head; other options are left aside. */
export function cellCaption(source: string): CellCaption {
  let found: CellCaption = {};
  for (const [key, value] of cellOptions(source)) {
    if (CAPTIONS.has(key)) found = { ...found, caption: unquoted(value) };
    else if (key === "label" && LABEL.test(value)) found = { ...found, label: value };
  }
  return found;
}

/** The label at a cell's head that is none of a figure or a table, as references need it. */
export function otherLabel(source: string): string | undefined {
  return cellOptions(source).find(([key, value]) => key === "label" && !LABEL.test(value))?.[1];
}

/** Names and values of the lines `//| name: value` at a cell's head. */
function cellOptions(source: string): (readonly [string, string])[] {
  const options: (readonly [string, string])[] = [];
  for (const line of source.split(/\r?\n/)) {
    if (line.trim() === "") continue;
    const match = LINE.exec(line.trim());
    if (!match) break;
    options.push([match[1]!, match[2]!]);
  }
  return options;
}

/** A value of YAML's without its quotes. */
function unquoted(value: string): string {
  return (
    /^"(.*)"$/.exec(value)?.[1]?.replace(/\\"/g, '"') ??
    /^'(.*)'$/.exec(value)?.[1]?.replace(/''/g, "'") ??
    value
  );
}
