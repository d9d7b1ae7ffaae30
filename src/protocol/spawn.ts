import type { KernelChannel } from "./client.js";

/** What a kernel process is started with. */
export interface SpawnOptions {
  /** The built `dist/kernel/main.js`. */
  readonly kernelPath: string;
  /** The notebook's folder: imports, `require` and relative paths start there. */
  readonly cwd: string;
  /** The Node to run; this process' own by default. */
  readonly nodePath?: string;
  /** The child's environment; this process' own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Package name -> path of an ES module, used where the notebook's folder has no such package. */
  readonly fallbackPackages: Readonly<Record<string, string>>;
  /** The limit of the JavaScript heap in MB; half of the machine's memory, at most 4,096, by default. */
  readonly memoryLimit?: number;
}

/** A kernel's channel, with the means to end its process at once. */
export type SpawnedKernel = KernelChannel & {
  /** The process' number; undefined where it could not be started. */
  readonly pid: number | undefined;
  /** Ends the process; requests that wait are told so through `onDeath`. */
  kill(): void;
};

/** What the built `dist/kernel/spawn.js` exports: front ends that must not import the kernel's code load that file. */
export interface KernelSpawner {
  spawnKernel(options: SpawnOptions): SpawnedKernel;
}
