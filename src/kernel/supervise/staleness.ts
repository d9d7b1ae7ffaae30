import type { References } from "../compile/index.js";

/** What a cell's last run took from others and gave to them. */
interface CellRecord {
  /** Names that it declares or assigns. */
  readonly writes: ReadonlySet<string>;
  /** Each name that it took from another cell, with the version that it saw. */
  readonly used: ReadonlyMap<string, Version>;
}

/** The run that last wrote a name. */
interface Version {
  readonly cellId: string;
  readonly run: number;
}

/**
 * Knows which cells are stale: their results rest on definitions that a later run of another cell has replaced, or on
 * the results of a cell that is stale itself. Nothing is ever run again by itself.
 */
export class Staleness {
  private readonly cells = new Map<string, CellRecord>();
  private readonly versions = new Map<string, Version>();
  private runs = 0;

  /** Notes that a cell ran. `declares`: its own names; `references`: its free ones. */
  ran(cellId: string, declares: readonly string[], { reads, assigns }: References): void {
    const run = ++this.runs;
    const writes = new Set([...declares, ...assigns.filter((name) => this.versions.has(name))]);
    const used = new Map(
      reads.flatMap((name) => {
        const version = this.versions.get(name);
        return version && version.cellId !== cellId ? [[name, version] as const] : [];
      }),
    );
    this.cells.set(cellId, { writes, used });
    for (const name of writes) this.versions.set(name, { cellId, run });
  }

  /** The stale cells, in the order of their first runs. */
  stale(): string[] {
    const stale = new Set<string>();
    for (let grown = true; grown;) {
      grown = false;
      for (const [cellId, { used }] of this.cells) {
        if (
          stale.has(cellId) ||
          ![...used].some(([name, seen]) => this.isOutdated(cellId, name, seen, stale))
        )
          continue;
        stale.add(cellId);
        grown = true;
      }
    }
    return [...this.cells.keys()].filter((cellId) => stale.has(cellId));
  }

  private isOutdated(cellId: string, name: string, seen: Version, stale: ReadonlySet<string>): boolean {
    const now = this.versions.get(name);
    if (now === undefined) return false;
    if (now.run !== seen.run && now.cellId !== cellId) return true;
    return stale.has(seen.cellId);
  }
}
