import type { PlatformPath } from "node:path";

/**
 * How a cell names a file: relative to the notebook's folder where it lies inside of it, whole otherwise; with `/` on every
 * system, so that a notebook can be passed on.
 * @param path `node:path`, or its other system's part in tests
 * @example pathInCell("/data/a/study", "/data/a", posix) // "study"
 */
export function pathInCell(target: string, folder: string | undefined, path: PlatformPath): string {
  const relative = folder === undefined ? target : path.relative(folder, target);
  const inside = relative !== ".." && !relative.startsWith(`..${path.sep}`) && !path.isAbsolute(relative);
  return (inside ? relative || "." : target).split(path.sep).join("/");
}

/** Where a notebook's report is offered to be written: beside it, under its name. */
export function reportPath(notebook: string, path: PlatformPath): string {
  return path.join(path.dirname(notebook), `${path.basename(notebook).replace(/\.ipynb$/i, "")}.html`);
}
