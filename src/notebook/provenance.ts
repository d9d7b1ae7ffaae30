import type { KernelEvent, ProvenanceEntry } from "../protocol/index.js";
import { knownMetadata } from "./metadata.js";
import type { JsonObject } from "./ipynb.js";

/** What a headless run knows about itself when it has ended. */
export interface RunFacts {
  readonly info: Extract<KernelEvent, { type: "kernel_info_reply" }>;
  readonly started: Date;
  /** All cells ran to their ends. */
  readonly complete: boolean;
  /** What cells said that their results rest on, in the order in which they said it. */
  readonly entries: readonly ProvenanceEntry[];
  /** Seconds that each cell that ran took, by cell id. */
  readonly cells: Readonly<Record<string, number>>;
  /** Names of the parameters that were given; their values may tell who a patient is. */
  readonly parameters: readonly string[];
}

/** The provenance block of a run: versions, times, and the runtimes, hashes and seeds that its results rest on. */
export function provenanceOf(facts: RunFacts): JsonObject {
  const { info, started, entries } = facts;
  return {
    spinebook: info.version,
    node: info.node,
    typescript: info.typescript,
    platform: `${process.platform}-${process.arch}`,
    memoryLimit: info.memoryLimit,
    date: started.toISOString(),
    seconds: (Date.now() - started.getTime()) / 1000,
    complete: facts.complete,
    parameters: facts.parameters,
    data: listOf(entries, "data"),
    runtimes: listOf(entries, "runtime"),
    models: listOf(entries, "model"),
    seeds: listOf(entries, "seed"),
    cells: facts.cells,
  };
}

/** A notebook's metadata with this provenance instead of an earlier run's. */
export function withProvenance(metadata: JsonObject, provenance: JsonObject): JsonObject {
  const { own } = knownMetadata({ metadata });
  return { ...metadata, spinebook: { ...own, provenance } };
}

/** Entries of one kind, each name and value once. */
function listOf(
  entries: readonly ProvenanceEntry[],
  kind: ProvenanceEntry["kind"],
): { name: string; value: string }[] {
  const once = new Map(
    entries
      .filter((entry) => entry.kind === kind)
      .map(({ name, value }) => [JSON.stringify([name, value]), { name, value }]),
  );
  return [...once.values()];
}
