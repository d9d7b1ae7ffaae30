import process from "node:process";
import { Promise, Set, setTimeout } from "./primordials.js";

/** How long an end waits for what cells have started, in milliseconds. */
const QUIET_MILLISECONDS = 2000;
const LOOK_MILLISECONDS = 20;

const activeResources = process.getActiveResourcesInfo.bind(process);

/** The kernel's own channels; what a cell's child process writes comes with a resource of the process itself. */
const OWN = new Set(["MessagePort", "PipeWrap", "TTYWrap"]);

/** Whether timers, files, sockets or processes of cells may still call them back. */
function isBusy(): boolean {
  const kinds = activeResources();
  for (let index = 0; index < kinds.length; index++) if (!OWN.has(kinds[index]!)) return true;
  return false;
}

/**
 * Resolves when nothing that cells have started can call them back any more, or after a while: servers and intervals go on
 * for ever. What is rejected or thrown by then has been told.
 */
export async function quiet(): Promise<void> {
  for (let waited = 0; waited <= QUIET_MILLISECONDS; waited += LOOK_MILLISECONDS) {
    // Also where nothing is going on: at the end of a turn Node tells of rejections.
    await new Promise<void>((resolve) => {
      setTimeout(resolve, LOOK_MILLISECONDS);
    });
    if (!isBusy()) return;
  }
}
