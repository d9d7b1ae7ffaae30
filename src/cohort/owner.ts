import { createHash, randomUUID } from "node:crypto";
import { hostname } from "node:os";

/** Milliseconds after which a draft of another machine, or of nobody known, belongs to nobody: nothing is written for so long. */
const FORGOTTEN = 24 * 3600 * 1000;

const machine = (): string => createHash("sha256").update(hostname()).digest("hex").slice(0, 8);

/** A name for something unfinished that says which process of which machine makes it. */
export function ownName(): string {
  return `${machine()}-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Whether a process of this machine is there, whoever it belongs to. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === "EPERM";
  }
}

/**
 * Whether what carries a name of {@link ownName} was left behind: its process on this machine has gone; of another machine, or
 * under a name that tells no process, it was not written to for a day.
 * @param modified milliseconds since 1970
 */
export function isLeftBehind(name: string, modified: number): boolean {
  const [, host, pid] = /([0-9a-f]{8})-(\d+)-[0-9a-f]{8}(?![0-9a-f-])/.exec(name) ?? [];
  if (host === machine()) return !isRunning(Number(pid));
  return Date.now() - modified > FORGOTTEN;
}
