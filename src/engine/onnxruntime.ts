/**
 * The one place that loads onnxruntime. Since 1.29 its libraries for Linux and macOS report to their maker, and keep an identifier in
 * the user's cache folder, unless `ORT_DISABLE_TELEMETRY` stands in the process' environment when they are loaded. (Releases
 * before have none, but crash or hang at the end of a process in which WebGPU did not start: measured with 1.24 to 1.27.)
 * ESLint allows no other import.
 */
import { createRequire } from "node:module";
import { getEnvironmentData, isMainThread, setEnvironmentData } from "node:worker_threads";

export type { InferenceSession } from "onnxruntime-node";

/** Set in the environment by those who start processes too, so that a cell's own import of onnxruntime is silent as well. */
const SWITCH = "ORT_DISABLE_TELEMETRY";

/** Told to the threads of this process: its environment has the switch. */
const TOLD = `spinebook:${SWITCH}`;

/**
 * Switches the runtime's telemetry off for this process, before it is loaded.
 * @throws Error in a worker thread of a process whose environment lacks the switch: a thread cannot change it.
 */
function silence(): void {
  if (isMainThread) {
    process.env[SWITCH] = "1";
    setEnvironmentData(TOLD, true);
  } else if (process.env[SWITCH] !== "1" && getEnvironmentData(TOLD) !== true)
    throw new Error(
      `Networks cannot be computed in this worker thread: it could not keep onnxruntime from reporting to its maker. Import "spinebook" on the main thread before the worker is started, or start Node with ${SWITCH}=1.`,
    );
}

silence();

/** onnxruntime, silent. */
export const ort = createRequire(import.meta.url)("onnxruntime-node") as typeof import("onnxruntime-node");
