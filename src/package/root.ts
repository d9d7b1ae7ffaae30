import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The first folder above this file whose package.json names spinebook; `undefined` where there is none. */
function findRoot(): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === "spinebook"
    )
      return folder;
    if (dirname(folder) === folder) return undefined;
  }
}

/** The folder of the installed package, or of the checkout. */
export function packageRoot(): string {
  const root = findRoot();
  if (root === undefined)
    throw new Error("Spinebook's own package.json was not found beside its code; install the package again.");
  return root;
}

/** A file of `dist/`, such as a worker's, by the names on the way to it; `undefined` where the package was not built. */
export function builtFile(...names: readonly string[]): string | undefined {
  const root = findRoot();
  if (root === undefined) return undefined;
  const file = join(root, "dist", ...names);
  return existsSync(file) ? file : undefined;
}
