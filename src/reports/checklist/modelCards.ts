import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A table of a model card, with the words that stand before it. */
export interface CardTable {
  /** The text block before the table; empty at the card's top. */
  readonly before: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What stands in a model card (`models/NAME.md`), taken apart. */
export interface ModelCard {
  readonly name: string;
  /** Paragraphs and list entries in order, without line breaks. */
  readonly texts: readonly string[];
  readonly tables: readonly CardTable[];
}

/** Takes a model card in Markdown apart: paragraphs, list entries and tables. Emphasis and links are left as they are. */
export function parseCard(name: string, markdown: string): ModelCard {
  const texts: string[] = [];
  const tables: CardTable[] = [];
  for (const block of markdown.split(/\r?\n\s*\r?\n/)) {
    const lines = block.split(/\r?\n/).filter((line) => line.trim() !== "");
    if (lines.length === 0 || lines[0]!.startsWith("#")) continue;
    if (lines.every((line) => line.trimStart().startsWith("|"))) {
      const [head = [], ...rows] = lines
        .filter((line) => !/^[\s|:-]+$/.test(line) || !line.includes("-"))
        .map(cellsOf);
      tables.push({ before: texts.at(-1) ?? "", head, rows });
    } else texts.push(...entriesOf(lines));
  }
  return { name, texts, tables };
}

function cellsOf(line: string): string[] {
  return line
    .trim()
    .replace(/^\||\|$/g, "")
    .split("|")
    .map((cell) => cell.trim());
}

/** A paragraph, or the entries of a list, each on one line. */
function entriesOf(lines: readonly string[]): string[] {
  const entries: string[] = [];
  for (const line of lines) {
    const isNew = entries.length === 0 || /^\s*[-*] /.test(line);
    entries.push(isNew ? line.trim().replace(/^[-*] /, "") : `${entries.pop() ?? ""} ${line.trim()}`);
  }
  return entries;
}

/** The cards of a models folder, by the name of their weights; empty where there are none. */
export async function readCards(models: string): Promise<ReadonlyMap<string, ModelCard>> {
  const names = (await readdir(models)).filter((name) => name.endsWith(".md")).sort();
  const cards = names.map(async (file): Promise<[string, ModelCard]> => {
    const name = file.slice(0, -".md".length);
    return [name, parseCard(name, await readFile(join(models, file), "utf8"))];
  });
  return new Map(await Promise.all(cards));
}

/** The first text that begins so, such as `Validation:`; undefined where there is none. */
export function textOf(card: ModelCard | undefined, start: RegExp): string | undefined {
  return card?.texts.find((text) => start.test(text));
}

/** The first sentence, of any text, in which the pattern is found; undefined where there is none. */
export function sentenceOf(card: ModelCard | undefined, pattern: RegExp): string | undefined {
  return card?.texts.flatMap((text) => text.split(/(?<=[.;]) (?=[A-Z])/)).find((text) => pattern.test(text));
}

/**
 * The confusion matrix of a card: a table headed `reference \ predicted` with the classes beside it.
 * @returns classes and counts[reference][predicted]; undefined where there is none, or where it is not square
 */
export function matrixOf(
  card: ModelCard | undefined,
): { readonly classes: number[]; readonly counts: number[][] } | undefined {
  const table = card?.tables.find(({ head }) => /^reference\b/i.test(head[0] ?? ""));
  if (table === undefined) return undefined;
  const classes = table.head.slice(1).map(Number);
  const counts = table.rows.map((row) => row.slice(1).map(Number));
  const isSquare = counts.length === classes.length && counts.every((row) => row.length === classes.length);
  return isSquare && [...classes, ...counts.flat()].every(Number.isFinite) ? { classes, counts } : undefined;
}

/** What a card says of a feature in its first table of features: the cell of each column. */
export function featureRow(card: ModelCard | undefined, key: string): Record<string, string> | undefined {
  const table = card?.tables.find(({ head }) => head[0] === "feature" && head.includes("ROC AUC"));
  const row = table?.rows.find(([name]) => name === key);
  return row && Object.fromEntries(table!.head.map((name, i) => [name, row[i] ?? ""]));
}
