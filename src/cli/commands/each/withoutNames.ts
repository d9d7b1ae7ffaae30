import { readdir } from "node:fs/promises";
import { basename, dirname, join, parse } from "node:path";
import { isIdentityColumn } from "../../../cohort/index.js";
import type { EachTask } from "./tasks.js";

/** Shorter names tell nobody, and stand in every text. */
const SHORTEST = 3;

/**
 * What gives a text of a row's cells without the paths and names of the row's files, which may be a patient's name, and without what its columns
 * of names hold: "the file in column path" stands in their place.
 */
export async function withoutNames({
  inputs,
  parameters,
}: Pick<EachTask, "inputs" | "parameters">): Promise<(text: string) => string> {
  const words = new Map<string, string>();
  for (const [column, value] of Object.entries(parameters))
    if (typeof value === "string" && (isIdentityColumn(column) || /[\\/]|\.\w+$/.test(value)))
      for (const name of [value, ...namesOf(value)])
        words.set(name.normalize(), `the value in column ${column.slice(0, 40)}`);
  for (const { column, told, path } of inputs) {
    const own = `the file in column ${column.slice(0, 40)}`;
    const inside = (await readdir(path, { recursive: true }).catch(() => [])).flatMap((name) => [
      name,
      join(path, name),
      ...namesOf(name),
    ]);
    for (const name of inside) words.set(name.normalize(), `a file of column ${column.slice(0, 40)}`);
    words.set(dirname(path).normalize(), `the folder of ${own}`);
    for (const name of [told, path, ...namesOf(path)]) words.set(name.normalize(), own);
  }
  return (text) => replaced(text, words);
}

/** A text with what stands for each of the words in their places. */
function replaced(text: string, words: ReadonlyMap<string, string>): string {
  const [whole, folded] = [text.normalize(), text.normalize().toLowerCase()];
  const longestFirst = [...words.keys()]
    .filter((word) => word.length >= SHORTEST && folded.includes(word.toLowerCase()))
    .sort((a, b) => b.length - a.length);
  if (longestFirst.length === 0) return text;
  const pattern = longestFirst.map((word) => word.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&")).join("|");
  const standing = new RegExp(`(?<![\\p{L}\\p{N}])(?:${pattern})(?![\\p{L}\\p{N}])`, "giu");
  return whole.replace(standing, (found) => words.get(found) ?? "(a file)");
}

/** A file's name with and without its extension. */
function namesOf(path: string): string[] {
  return [basename(path), parse(path).name];
}
