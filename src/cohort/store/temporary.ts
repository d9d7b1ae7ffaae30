import { readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isLeftBehind, ownName } from "../owner.js";

const PREFIX = "spinebook-duckdb-";
const inUse = new Set<string>();

function remove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {
    // The system empties its temporary folder itself.
  }
}

/** Removes what processes that were killed left there, and sees to it that this one leaves nothing. Once in a process. */
let begun = false;
function begin(): void {
  if (begun) return;
  begun = true;
  process.once("exit", () => {
    for (const path of inUse) remove(path);
  });
  try {
    for (const name of readdirSync(tmpdir())) {
      if (!name.startsWith(PREFIX)) continue;
      const path = join(tmpdir(), name);
      if (isLeftBehind(name, statSync(path).mtimeMs)) remove(path);
    }
  } catch {
    // A temporary folder that cannot be listed is nothing to fail for.
  }
}

/**
 * A place in the system's temporary folder where a database without a folder of its own may put what does not fit into memory.
 * DuckDB makes it when it needs it.
 */
export function temporaryPlace(): { readonly path: string; readonly remove: () => void } {
  begin();
  const path = join(tmpdir(), `${PREFIX}${ownName()}`);
  inUse.add(path);
  return {
    path,
    remove: () => {
      inUse.delete(path);
      remove(path);
    },
  };
}
