import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { KernelSpawner, SpawnedKernel } from "../protocol/index.js";

/** Starts a kernel for a notebook in the given folder. */
export type StartKernel = (notebookFolder: string) => SpawnedKernel;

/**
 * Loads the part of the installed kernel that starts its process. The kernel is a built file here, as it is for any
 * front end; it runs on the Node that VS Code itself runs on.
 */
export async function loadKernel(extensionFolder: string): Promise<StartKernel> {
  const dist = join(extensionFolder, "dist");
  const spawner = (await import(pathToFileURL(join(dist, "kernel", "spawn.js")).href)) as KernelSpawner;
  return (cwd) =>
    spawner.spawnKernel({
      kernelPath: join(dist, "kernel", "main.js"),
      cwd,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      fallbackPackages: { spinebook: join(dist, "api.js") },
    });
}
