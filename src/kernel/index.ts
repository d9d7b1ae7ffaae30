/**
 * Room `kernel`: the TypeScript notebook kernel. `main.ts` (main thread: the user's code) and `supervisor.ts` (worker
 * thread: message channel, compiler, queue, interrupts) are the two entries of the child process; `spawnKernel` starts
 * it and gives its parent a channel. It knows nothing of spines: `spinebook` is loaded by cells as any package.
 */
export { spawnKernel } from "./spawn.js";
