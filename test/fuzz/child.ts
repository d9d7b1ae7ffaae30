// The process that runs cases, one per message; it may crash or hang, and the parent then says so.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCase } from "./cases.js";
import type { Case, Verdict } from "./kind.js";

/** One case to run, and what came of it. */
export interface Request {
  readonly data: string;
  readonly seed: number;
  readonly number: number;
}
export interface Answer extends Verdict {
  readonly number: number;
  readonly what: string;
  /** The most memory this process has had, in bytes. */
  readonly memory: number;
  /** Seconds of the check; of the processor's where that is less, as a busy machine is no fault of the input. */
  readonly seconds: number;
}

const scratch = mkdtempSync(join(tmpdir(), "fuzz-"));

process.on("message", (request: Request) => {
  void answer(request).then((done) => process.send!(done));
});
process.on("disconnect", () => {
  rmSync(scratch, { recursive: true, force: true });
  process.exit(0);
});

async function answer({ data, seed, number }: Request): Promise<Answer> {
  const made = await makeCase(data, seed, number);
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch);
  const [started, busy] = [performance.now(), process.cpuUsage()];
  const verdict = await verdictOf(made);
  const { user, system } = process.cpuUsage(busy);
  return {
    ...verdict,
    number,
    what: made.what,
    seconds: Math.min((performance.now() - started) / 1e3, (user + system) / 1e6),
    memory: process.resourceUsage().maxRSS * 1024,
  };
}

async function verdictOf(made: Case): Promise<Verdict> {
  try {
    return await made.check(scratch);
  } catch (thrown) {
    // What was thrown may itself be hostile, so that only an error's own text is taken from it.
    return {
      outcome: "crash",
      fault: `throws ${thrown instanceof Error ? String(thrown.stack) : typeof thrown}`,
    };
  }
}
