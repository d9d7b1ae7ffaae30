import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { engineInUse } from "../engine/index.js";
import type { IdentityValue, Volume } from "../imaging/index.js";
import { kernelHooks } from "../protocol/index.js";
import { modelsFolder } from "./modelsFolder.js";

/** sha256 of each model file that was read, by its path. */
const modelHashes = new Map<string, Promise<string>>();

/** Notes in the notebook's provenance which images a cell loaded, by their content. Outside of a kernel nothing happens. */
export function recordData(volume: Volume): void {
  const hooks = kernelHooks();
  if (!hooks) return;
  const { voxels, columns, rows, slices, affine } = volume;
  const hash = createHash("sha256")
    .update(JSON.stringify({ columns, rows, slices, affine }))
    .update(new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength));
  hooks.record({ kind: "data", name: `${slices} x ${rows} x ${columns} voxels`, value: hash.digest("hex") });
}

/** Notes which weights a result rests on, and what they are computed with. @param names of files in the models folder, without `.safetensors` */
export async function recordModels(...names: readonly string[]): Promise<void> {
  const hooks = kernelHooks();
  if (!hooks) return;
  const { name: runtime, device } = await engineInUse();
  hooks.record({ kind: "runtime", name: runtime, value: device });
  for (const name of names) {
    const path = join(modelsFolder(), `${name}.safetensors`);
    if (!modelHashes.has(path)) modelHashes.set(path, hashOf(path));
    hooks.record({ kind: "model", name, value: await modelHashes.get(path)! });
  }
}

/** Notes a seed. */
export function recordSeed(name: string, seed: number): void {
  kernelHooks()?.record({ kind: "seed", name, value: String(seed) });
}

/** Keeps identities that were read out of every output of the notebook. */
export function guardIdentities(identities: readonly IdentityValue[]): void {
  kernelHooks()?.guard(identities);
}

async function hashOf(path: string): Promise<string> {
  return createHash("sha256")
    .update(await readFile(path))
    .digest("hex");
}
