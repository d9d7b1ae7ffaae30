import { existsSync } from "node:fs";
import { join } from "node:path";

/** Path below the folder with the real and conformance data, or `undefined` where that is not at hand. */
export function sharedData(...parts: string[]): string | undefined {
  const path = join(process.env.SPINEBOOK_DATA ?? "../shared/data", ...parts);
  return existsSync(path) ? path : undefined;
}
