import { spawnSync } from "node:child_process";
import { resolve } from "node:path";

/** What one run of the command left behind. */
export interface CliResult {
  /** Exit code; `null` where a signal ended the command, as at the time limit. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How the command is run. */
export interface CliOptions {
  /** Working directory, the repository root by default. */
  readonly cwd?: string;
  /** Variables to set beside the test's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Limit in seconds, 300 by default, after which the command is killed and `code` is `null`. */
  readonly seconds?: number;
}

/**
 * Runs `spinebook` with the arguments, as a user in a checkout does, and waits for it. The tests run in the
 * repository root, where `bin/spinebook.js` is found. Throws only if the command cannot be started at all.
 */
export function spinebook(args: readonly string[], options: CliOptions = {}): CliResult {
  const { cwd = process.cwd(), env = {}, seconds = 300 } = options;
  const run = spawnSync(process.execPath, [resolve("bin/spinebook.js"), ...args], {
    cwd,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: seconds * 1000,
    killSignal: "SIGKILL",
    maxBuffer: 256 * 2 ** 20,
  });
  const timedOut = run.error !== undefined && "code" in run.error && run.error.code === "ETIMEDOUT";
  if (run.error && !timedOut) throw run.error;
  const note = timedOut ? `\n[killed after ${seconds} s]` : "";
  return { code: run.status, stdout: run.stdout, stderr: run.stderr + note };
}
