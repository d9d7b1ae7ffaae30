import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The folder of the installed package (or checkout): the first above this file whose package.json names spinebook. */
export function packageRoot(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const manifest = join(folder, "package.json");
    if (
      existsSync(manifest) &&
      (JSON.parse(readFileSync(manifest, "utf8")) as { name?: string }).name === "spinebook"
    )
      return folder;
    if (dirname(folder) === folder)
      throw new Error(
        "Spinebook's own package.json was not found beside its code; install the package again.",
      );
  }
}
