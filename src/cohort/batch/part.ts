import { join } from "node:path";
import { CohortStore } from "../store/store.js";
import { writeShard } from "../store/shard.js";
import { shardPath, type SharedFolder } from "./folder.js";
import { runBatch, type BatchOptions } from "./run.js";
import type { BatchSource } from "./plan.js";
import type { BatchSummary } from "./state.js";

/**
 * Grades one part of a folder, as one job of a job array (Slurm, Kubernetes): beside a store of its own, from which a job that
 * was killed goes on, and at the end as one Parquet file in the shared folder.
 * @returns what was done; the shard is there where the state is "done"
 */
export async function runPart(
  source: BatchSource,
  shared: SharedFolder,
  options: BatchOptions & { readonly shard: { readonly index: number; readonly count: number } },
): Promise<BatchSummary> {
  const { index, count } = options.shard;
  const name = `${String(index).padStart(String(count).length, "0")}-of-${count}`;
  const own = join(shared.path, `.part-${name}.duckdb`);
  const store = await CohortStore.open(own, { salt: shared.salt });
  try {
    const summary = await runBatch(source, store, own, options);
    if (summary.state === "done") await writeShard(store, shardPath(shared, name));
    return summary;
  } finally {
    await store.close();
  }
}
