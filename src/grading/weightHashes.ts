import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileDigest, oncePerFolder } from "../engine/index.js";
import { SUPPRESSED_WEIGHTS } from "./graders.js";

/** SHA-256 of each weight file in a folder, by name. */
export async function weightHashes(models: string): Promise<Record<string, string>> {
  const names = (await readdir(models)).filter((name) => name.endsWith(".safetensors")).sort();
  return Object.fromEntries(
    await Promise.all(names.map(async (name) => [name, await fileDigest(join(models, name))] as const)),
  );
}

/** Of these the ones that read T2 series: what is fitted on T2 does not depend on the network for suppressed series. */
export function t2Weights(hashes: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(hashes).filter(([name]) => name !== SUPPRESSED_WEIGHTS));
}

/** {@link weightHashes} once a process, for what is loaded beside weights that are themselves loaded once. */
export const loadWeightHashes = oncePerFolder(weightHashes);
