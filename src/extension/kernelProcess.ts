import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { KernelSpawner, SpawnedKernel } from "../protocol/index.js";
import { heapLimit, kernelEnvironment, type KernelSettings } from "./views/settings.js";

/** Starts a kernel for a notebook in the given folder. */
export type StartKernel = (notebookFolder: string) => SpawnedKernel;

/**
 * Loads the part of the installed kernel that starts its process. The kernel is a built file here, as it is for any
 * front end; it runs on the Node that VS Code itself runs on.
 *
 * @param readSettings asked whenever a kernel starts
 */
export async function loadKernel(
  extensionFolder: string,
  readSettings: () => KernelSettings,
): Promise<StartKernel> {
  const dist = join(extensionFolder, "dist");
  const spawner = (await import(pathToFileURL(join(dist, "kernel", "spawn.js")).href)) as KernelSpawner;
  return (cwd) => {
    const settings = readSettings();
    const memoryLimit = heapLimit(settings);
    return spawner.spawnKernel({
      kernelPath: join(dist, "kernel", "main.js"),
      cwd,
      env: { ...process.env, ...kernelEnvironment(settings), ELECTRON_RUN_AS_NODE: "1" },
      fallbackPackages: { spinebook: join(dist, "api.js") },
      ...(memoryLimit === undefined ? {} : { memoryLimit }),
    });
  };
}
