// The process that reads broken files, one case per message; it may crash or hang, and the parent then says so.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeCase } from "./case.js";
import { check, problemCodes, type Verdict } from "./check.js";

/** One case to run, and what came of it. */
export interface Request {
  readonly folder: string;
  readonly seed: number;
  readonly number: number;
}
export interface Answer extends Verdict {
  readonly number: number;
  readonly subject: string;
  readonly what: string;
  /** The most memory this process has had, in bytes. */
  readonly memory: number;
  /** Seconds of reading; of the processor's where that is less, as a busy machine is no fault of the file. */
  readonly seconds: number;
}

const scratch = mkdtempSync(join(tmpdir(), "fuzz-"));
const known = new Map<string, string[]>();

process.on("message", (request: Request) => {
  void answer(request).then((done) => process.send!(done));
});
process.on("disconnect", () => {
  rmSync(scratch, { recursive: true, force: true });
  process.exit(0);
});

async function answer({ folder, seed, number }: Request): Promise<Answer> {
  const { subject, extension, mutation } = makeCase(folder, seed, number);
  let codes = known.get(subject);
  if (codes === undefined) {
    codes = await problemCodes(join(folder, subject));
    known.set(subject, codes);
  }
  const path = join(scratch, `case${extension}`);
  writeFileSync(path, mutation.bytes);
  const [started, busy] = [performance.now(), process.cpuUsage()];
  const verdict = await check(path, mutation.pixelsMissing, codes);
  const { user, system } = process.cpuUsage(busy);
  return {
    ...verdict,
    number,
    subject,
    what: mutation.what,
    seconds: Math.min((performance.now() - started) / 1e3, (user + system) / 1e6),
    memory: process.resourceUsage().maxRSS * 1024,
  };
}
