import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileDigest, oncePerFolder } from "../engine/index.js";

/** SHA-256 of each weight file in a folder, by name. */
export async function weightHashes(models: string): Promise<Record<string, string>> {
  const names = (await readdir(models)).filter((name) => name.endsWith(".safetensors")).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await fileDigest(join(models, name))] as const)),
  );
}

/** The same, once a process, for what is loaded beside weights that are themselves loaded once. */
export const loadWeightHashes = oncePerFolder(weightHashes);
