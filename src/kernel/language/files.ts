import { statSync } from "node:fs";
import { dirname, join } from "node:path";
import ts from "typescript";

/** Real files as TypeScript reads them: text by version, the version being the time of the last change. */
export class Files {
  private readonly snapshots = new Map<string, { version: string; snapshot: ts.IScriptSnapshot }>();
  private readonly settled = new Map<string, string>();

  /** A string that changes whenever the file does; undefined where there is no file. */
  version(path: string): string | undefined {
    // Installed packages change by an installation only, after which `forget` is called.
    if (!path.includes("/node_modules/")) return stamp(path);
    const known = this.settled.get(path);
    if (known !== undefined) return known;
    const version = stamp(path);
    if (version !== undefined) this.settled.set(path, version);
    return version;
  }

  /** The file's text, read again only after a change. */
  snapshot(path: string): ts.IScriptSnapshot | undefined {
    const version = this.version(path);
    if (version === undefined) return undefined;
    const known = this.snapshots.get(path);
    if (known?.version === version) return known.snapshot;
    const text = ts.sys.readFile(path);
    if (text === undefined) return undefined;
    const snapshot = ts.ScriptSnapshot.fromString(text);
    this.snapshots.set(path, { version, snapshot });
    return snapshot;
  }

  /** Lets installed packages be looked at anew. */
  forget(): void {
    this.settled.clear();
  }
}

/** Changes when npm installs into a folder or one above it, or when a tsconfig.json there changes. */
export function installationStamp(folder: string): string {
  const stamps: (string | undefined)[] = [];
  for (let at = folder, above = dirname(at); ; at = above, above = dirname(at)) {
    stamps.push(stamp(join(at, "node_modules", ".package-lock.json")), stamp(join(at, "tsconfig.json")));
    if (above === at) return stamps.join("|");
  }
}

function stamp(path: string): string | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && `${stats.mtimeMs}-${stats.size}`;
}
