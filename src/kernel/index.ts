/**
 * Room `kernel`: the TypeScript notebook kernel. `run/` is the main thread of the child process, where the user's code runs
 * (`run/main.ts`); `supervise/` its worker threads: message channel, queue, interrupts (`supervise/supervisor.ts`) and compiler.
 * `compile/` turns cells into code, `display/` values into what is shown, `language/` completes and checks, `jupyter/` speaks
 * Jupyter's protocol. `spawnKernel` starts a kernel and gives its parent a channel. Knows nothing of spines: `spinebook` is loaded
 * by cells as any package.
 */
export { otherLabel } from "./compile/cellCaption.js";
export { spawnKernel } from "./spawn.js";
