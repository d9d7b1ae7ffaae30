/** Tables in the forms of manuscripts and other programs. */
import { numberText } from "../protocol/index.js";
import { requireOptions } from "../statistics/index.js";
import { csvCell, csvField, escapeMarkup } from "../text/index.js";

export type TableRow = Readonly<Record<string, unknown>>;

/** How a table is written. */
export interface TableOptions {
  /** Columns in their order; those of any row unless given. */
  readonly columns?: readonly string[];
  /** Decimals of the numbers in a column that are not all whole, 0 to 12; as the table shows them unless given. A CSV has all digits. */
  readonly digits?: number;
}

export interface LatexOptions extends TableOptions {
  /** Makes a `table` with this caption of it, in plain words. */
  readonly caption?: string;
  /** Of the `table`, for \ref. */
  readonly label?: string;
}

const TABLE_OPTIONS = { columns: true, digits: true } as const;

/** A table's columns, which of them hold numbers, and its cells in words. */
interface Cells {
  readonly names: readonly string[];
  readonly isNumeric: readonly boolean[];
  readonly rows: readonly (readonly string[])[];
}

function columnsOf(rows: readonly TableRow[], columns: readonly string[] | undefined): readonly string[] {
  // Cells come from JavaScript, too.
  const given: unknown = rows;
  if (!Array.isArray(given) || !given.every((row) => typeof row === "object" && row !== null))
    throw new TypeError(
      "A table is written from a list of rows, such as graded.table(); of a promise, wait for it first.",
    );
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const wrong = columns?.find((name) => !names.includes(name));
  if (wrong !== undefined && rows.length > 0)
    throw new RangeError(`No row has a column "${wrong}"; there are ${names.join(", ")}.`);
  return columns ?? names;
}

function cellsOf(rows: readonly TableRow[], { columns, digits }: TableOptions): Cells {
  if (digits !== undefined && !(Number.isInteger(digits) && digits >= 0 && digits <= 12))
    throw new RangeError(`Numbers have 0 to 12 decimals, not ${digits}.`);
  const names = columnsOf(rows, columns);
  const isNumber = (value: unknown): boolean => typeof value === "number" || typeof value === "bigint";
  const columnar = names.map((name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== undefined && value !== null);
    const isNumeric = values.length > 0 && values.every(isNumber);
    // Whole numbers among others have their decimals, too; a column of counts has none.
    const decimals = values.every((value) => Number.isInteger(Number(value))) ? undefined : digits;
    return { name, isNumeric, decimals };
  });
  return {
    names,
    isNumeric: columnar.map(({ isNumeric }) => isNumeric),
    rows: rows.map((row) => columnar.map(({ name, decimals }) => valueText(row[name], decimals))),
  };
}

/** A value in words, as tables show it: nothing for what is missing. */
export function valueText(value: unknown, digits?: number): string {
  if (value === undefined || value === null) return "";
  if (typeof value === "number")
    return digits === undefined || !Number.isFinite(value) ? numberText(value) : value.toFixed(digits);
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return String(value);
  return value instanceof Date && !Number.isNaN(value.getTime())
    ? value.toISOString()
    : JSON.stringify(value);
}

/**
 * Rows as comma-separated values with a header line (RFC 4180), all digits; texts that a spreadsheet would run as formulas stand behind an
 * apostrophe.
 * @throws RangeError for a column that no row has, TypeError for what is no list of rows
 * @example writeFileSync("grades.csv", toCsv(graded.table()))
 */
export function toCsv(rows: readonly TableRow[], options: Pick<TableOptions, "columns"> = {}): string {
  requireOptions<Pick<TableOptions, "columns">>("toCsv", options, { columns: true });
  const names = columnsOf(rows, options.columns);
  const lines = [
    names.map(csvField),
    ...rows.map((row) =>
      names.map((name) => csvCell(typeof row[name] === "bigint" ? String(row[name]) : row[name])),
    ),
  ];
  return lines.map((cells) => `${cells.join(",")}\n`).join("");
}

/**
 * Rows as a table in GitHub's Markdown, numbers to the right.
 * @throws RangeError for a column that no row has, TypeError for what is no list of rows
 */
export function toMarkdown(rows: readonly TableRow[], options: TableOptions = {}): string {
  requireOptions<TableOptions>("toMarkdown", options, TABLE_OPTIONS);
  const { names, isNumeric, rows: cells } = cellsOf(rows, options);
  const line = (words: readonly string[]): string => `| ${words.join(" | ")} |\n`;
  const rule = line(isNumeric.map((right) => (right ? "---:" : "---")));
  return [line(names.map(inMarkdown)), rule, ...cells.map((row) => line(row.map(inMarkdown)))].join("");
}

function inMarkdown(words: string): string {
  return words.replace(/[\\`*_[\]<>|~]/g, "\\$&").replace(/\r?\n|\r/g, "<br>");
}

/**
 * Rows as an HTML table without style.
 * @throws RangeError for a column that no row has, TypeError for what is no list of rows
 */
export function toHtml(rows: readonly TableRow[], options: TableOptions = {}): string {
  requireOptions<TableOptions>("toHtml", options, TABLE_OPTIONS);
  const { names, isNumeric, rows: cells } = cellsOf(rows, options);
  const head = names.map((name) => `<th scope="col">${escapeMarkup(name)}</th>`).join("");
  const cell = (words: string, i: number): string =>
    `<td${isNumeric[i] === true ? ' style="text-align:right"' : ""}>${escapeMarkup(words)}</td>`;
  const body = cells.map((row) => `<tr>${row.map(cell).join("")}</tr>\n`).join("");
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${body}</tbody>\n</table>\n`;
}

/**
 * Rows as a LaTeX `tabular` with the rules of the package booktabs, numbers to the right; within a `table` where a caption or label is
 * given. It compiles with pdfLaTeX: Greek letters and signs stand as mathematics.
 * @throws RangeError for a column that no row has, TypeError for what is no list of rows
 * @example toLatex(graded.table(), { columns: ["level", "pfirrmann"], caption: "Grades" })
 */
export function toLatex(rows: readonly TableRow[], options: LatexOptions = {}): string {
  requireOptions<LatexOptions>("toLatex", options, { ...TABLE_OPTIONS, caption: true, label: true });
  const { names, isNumeric, rows: cells } = cellsOf(rows, options);
  const line = (words: readonly string[]): string => `${words.map(inLatex).join(" & ")} \\\\\n`;
  const table = [
    `\\begin{tabular}{${isNumeric.map((right) => (right ? "r" : "l")).join("")}}\n\\toprule\n`,
    line(names),
    "\\midrule\n",
    ...cells.map((row) => line(row)),
    "\\bottomrule\n\\end{tabular}\n",
  ].join("");
  const { caption, label } = options;
  if (caption === undefined && label === undefined) return table;
  const head = caption === undefined ? "" : `\\caption{${inLatex(caption)}}\n`;
  const named = label === undefined ? "" : `\\label{${label.replace(/[^\w:.-]/g, "-")}}\n`;
  return `\\begin{table}\n\\centering\n${head}${named}${table}\\end{table}\n`;
}

const LATEX: Readonly<Record<string, string>> = {
  "\\": "\\textbackslash{}",
  "~": "\\textasciitilde{}",
  "^": "\\textasciicircum{}",
  "<": "\\textless{}",
  ">": "\\textgreater{}",
  "−": "$-$",
  "–": "--",
  "—": "---",
  "…": "\\ldots{}",
  "±": "$\\pm$",
  "×": "$\\times$",
  "·": "$\\cdot$",
  "≤": "$\\leq$",
  "≥": "$\\geq$",
  "→": "$\\rightarrow$",
  "°": "$^{\\circ}$",
  "²": "$^{2}$",
  "†": "\\dag{}",
  α: "$\\alpha$",
  β: "$\\beta$",
  κ: "$\\kappa$",
  λ: "$\\lambda$",
  µ: "$\\mu$",
  μ: "$\\mu$",
  ρ: "$\\rho$",
  σ: "$\\sigma$",
  τ: "$\\tau$",
  χ: "$\\chi$",
};

/** Words as LaTeX takes them; a number's hyphen is a minus. */
function inLatex(words: string): string {
  return Array.from(words.replace(/^-(?=[\d.])/, "−").replace(/\s+/g, " "), (letter) =>
    /[&%$#_{}]/.test(letter) ? `\\${letter}` : (LATEX[letter] ?? letter),
  ).join("");
}

/** A table of ours, of which the rows are at hand. */
export abstract class WritableTable {
  /**
   * The cells as the display shows them, by the columns' names.
   * @param digits decimals of numbers that are written within words, such as those with their intervals
   */
  protected abstract shownRows(digits?: number): readonly TableRow[];

  /** The cells with all digits: those that are shown, where no words hold numbers. */
  protected exactRows(): readonly TableRow[] {
    return this.shownRows();
  }

  /** For a manuscript; see the function `toLatex`. */
  toLatex(options?: LatexOptions): string {
    return toLatex(this.shownRows(options?.digits), options);
  }

  /** See the function `toMarkdown`. */
  toMarkdown(options?: TableOptions): string {
    return toMarkdown(this.shownRows(options?.digits), options);
  }

  /** All digits; see the function `toCsv`. */
  toCsv(options?: Pick<TableOptions, "columns">): string {
    return toCsv(this.exactRows(), options);
  }

  /** See the function `toHtml`. */
  toHtml(options?: TableOptions): string {
    return toHtml(this.shownRows(options?.digits), options);
  }
}
