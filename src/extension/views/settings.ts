/** What the user's settings say of kernels; see "configuration" in package.json. */
export interface KernelSettings {
  /** Folder of the trained weights; "" for the ones that come with Spinebook. */
  readonly modelsFolder: string;
  /** The limit of the JavaScript heap in MB; 0: automatic. */
  readonly memoryLimit: number;
  /** Threads that a network's computation may take; 0: automatic. */
  readonly threads: number;
  /** What networks run on: `onnxruntime`, `tfjs`, or "" for what the surroundings say, else onnxruntime. */
  readonly engine: string;
  /** Whether outputs may show who a patient is. */
  readonly allowIdentity: boolean;
}

/** Names of the settings, without their `spinebook.`; a kernel reads them when it starts. */
export const KERNEL_SETTINGS = ["modelsFolder", "memoryLimit", "threads", "engine", "allowIdentity"] as const;

/** A smaller heap than this does not hold the kernel itself, in MB. */
const SMALLEST_HEAP = 128;

/**
 * Environment variables by which the settings reach a kernel; what is automatic is left out, so that the variables of the
 * surroundings hold. Identity is never allowed by the surroundings.
 */
export function kernelEnvironment(settings: KernelSettings): Record<string, string> {
  const { modelsFolder, threads, engine, allowIdentity } = settings;
  return {
    ...(modelsFolder.trim() === "" ? {} : { SPINEBOOK_MODELS: modelsFolder.trim() }),
    ...(isPositive(threads) ? { SPINEBOOK_THREADS: String(Math.round(threads)) } : {}),
    ...(engine === "" ? {} : { SPINEBOOK_ENGINE: engine }),
    SPINEBOOK_ALLOW_IDENTITY: allowIdentity ? "1" : "0",
  };
}

/** The heap's limit in MB as a kernel is started with it; undefined: automatic. */
export function heapLimit({ memoryLimit }: KernelSettings): number | undefined {
  return isPositive(memoryLimit) ? Math.max(SMALLEST_HEAP, Math.round(memoryLimit)) : undefined;
}

/** What is said when settings change while kernels run; `count` is how many run. */
export function changeMessage(changed: readonly string[], count: number): string {
  const names = changed.map((name) => `"spinebook.${name}"`).join(" and ");
  const kernels = count === 1 ? "the kernel" : "a kernel";
  return `The change of ${names} takes effect at the next restart of ${kernels}.`;
}

function isPositive(value: number): boolean {
  return Number.isFinite(value) && value > 0;
}
