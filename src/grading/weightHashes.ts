import { createHash } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** SHA-256 of each weight file in a folder, by name. */
export async function weightHashes(models: string): Promise<Record<string, string>> {
  const names = (await readdir(models)).filter((name) => name.endsWith(".safetensors")).sort();
  const hash = async (name: string): Promise<string> =>
    createHash("sha256")
      .update(await readFile(join(models, name)))
      .digest("hex");
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await hash(name)] as const)));
}
