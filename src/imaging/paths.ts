import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ImagingError } from "./errors.js";

/**
 * The path of this machine that a person means: `~` and `~/...` lie in the home folder, a `file:` address is a path, unless
 * something of just that name lies here; everything else stays as it is.
 * @throws ImagingError "no-files" for a `file:` address of another machine, or one that is no path
 */
export function localPath(given: string): string {
  const isAddress = /^file:/i.test(given);
  if ((!isAddress && !/^~(?:$|[/\\])/.test(given)) || existsSync(given)) return given;
  if (!isAddress) return join(homedir(), given.slice(1));
  try {
    return fileURLToPath(new URL(given));
  } catch {
    throw new ImagingError(
      "no-files",
      "A file: address that was given is no path of this machine; give the path itself.",
    );
  }
}
