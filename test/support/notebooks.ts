/** Notebooks as files, for tests. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a notebook of TypeScript cells. @returns its path */
export async function writeTestNotebook(
  folder: string,
  name: string,
  cells: readonly object[],
): Promise<string> {
  const path = join(folder, name);
  const metadata = { language_info: { name: "typescript" } };
  await writeFile(path, JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }));
  return path;
}
