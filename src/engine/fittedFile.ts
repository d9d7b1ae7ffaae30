/** What is fitted for weights and lies beside them in a models folder as JSON. */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkedJson } from "../text/index.js";
import type { Schema } from "../text/index.js";
import { WeightsError } from "./weights.js";

/**
 * A file of a models folder; undefined where there is none.
 * @throws WeightsError where it is damaged
 */
export async function readFitted<T>(models: string, file: string, schema: Schema<T>): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(join(models, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const { value, problem } = checkedJson(text, schema);
  if (problem !== undefined)
    throw new WeightsError(
      `${file} is not as it should be (${problem}); take weights and Spinebook of one release.`,
    );
  return value;
}

/** Reads of each models folder once a process; one that failed is read again, as the folder may be put right. */
export function oncePerFolder<T>(read: (models: string) => Promise<T>): (models: string) => Promise<T> {
  const loaded = new Map<string, Promise<T>>();
  return (models) => {
    const known = loaded.get(models);
    if (known !== undefined) return known;
    const loading = read(models);
    loaded.set(models, loading);
    loading.catch(() => loaded.delete(models));
    return loading;
  };
}

/** SHA-256 of a file. */
export async function fileDigest(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
