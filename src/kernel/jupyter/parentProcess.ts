/** How often to look, in milliseconds. */
const LOOK_MILLISECONDS = 1000;

/**
 * Calls `onGone` once when the process that started this one has ended, as told by Jupyter's `JPY_PARENT_PID`. A kernel
 * without its server must not stay behind.
 */
export function watchParent(onGone: () => void): void {
  const named = Number(process.env["JPY_PARENT_PID"]);
  if (!Number.isInteger(named) || named <= 1) return;
  const { ppid } = process;
  // On Windows the variable is a handle, no id. Behind a wrapper the parent is another than the one named.
  const pid = process.platform === "win32" ? ppid : named;
  if (!isAlive(pid)) return;
  const timer = setInterval(() => {
    const adopted = pid === ppid && process.ppid !== ppid;
    if (!adopted && isAlive(pid)) return;
    clearInterval(timer);
    onGone();
  }, LOOK_MILLISECONDS);
  timer.unref();
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
