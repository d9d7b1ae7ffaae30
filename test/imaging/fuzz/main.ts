// `npm run fuzz [-- --cases 10000] [--seed 1] [--from 0] [--keep FOLDER]`: breaks good files at random and reads them, each
// within 2 s and 1 GB; exits with 1 where one crashes, hangs or becomes a wrong picture without a word.
import { fork, type ChildProcess } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { makeCase } from "./case.js";
import type { Answer, Request } from "./child.js";

const MOST_SECONDS = 2;
const MOST_MEMORY = 1e9;
/** Time after which a case is ended; more than the limit, since a machine may be busy and a process has to start. */
const PATIENCE_SECONDS = 20;

const { values } = parseArgs({
  options: {
    cases: { type: "string", default: "10000" },
    seed: { type: "string" },
    from: { type: "string", default: "0" },
    keep: { type: "string" },
    data: { type: "string", default: process.env.SPINEBOOK_DATA ?? "../shared/data" },
  },
});
const seed = Number(values.seed ?? Date.now() % 1e9);
const [first, count] = [Number(values.from), Number(values.cases)];
const folder = join(values.data, "dicom");

interface Fault {
  readonly number: number;
  readonly text: string;
}

let child: ChildProcess | undefined;

function endChild(): void {
  child?.removeAllListeners();
  child?.kill("SIGKILL");
  child = undefined;
}

/** Runs one case in the child process; the sentence of a crash or hang in place of an answer. */
function run(number: number): Promise<Answer | string> {
  return new Promise((resolve) => {
    child ??= fork(fileURLToPath(new URL("./child.js", import.meta.url)), [], {
      execArgv: ["--max-old-space-size=1024"],
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let errors = "";
    const onErrors = (chunk: Buffer) => (errors = `${errors}${chunk.toString()}`.slice(-2000));
    child.stderr!.on("data", onErrors);
    const end = (result: Answer | string) => {
      clearTimeout(timer);
      child?.removeAllListeners();
      child?.stderr?.removeAllListeners("data");
      if (typeof result === "string") endChild();
      resolve(result);
    };
    const timer = setTimeout(() => {
      end(`hangs: no answer within ${PATIENCE_SECONDS} s`);
    }, PATIENCE_SECONDS * 1000);
    child.once("message", (answer: Answer) => {
      end(answer);
    });
    child.once("exit", (code, signal) => {
      end(
        `crashes the process (${signal ?? `exit ${code ?? ""}`}): ${errors.trim().split("\n").slice(-4).join(" ")}`,
      );
    });
    const request: Request = { folder, seed, number };
    child.send(request);
  });
}

async function faultOf(number: number, outcomes: Map<string, number>): Promise<Fault | undefined> {
  let result = await run(number);
  // Compiling a decoder counts with the case that needs it first, so the limit has to be passed twice.
  if (typeof result !== "string" && result.seconds > MOST_SECONDS) result = await run(number);
  if (typeof result === "string") {
    const { subject, mutation } = makeCase(folder, seed, number);
    return { number, text: `${subject}, ${mutation.what}: ${result}` };
  }
  outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
  const where = `${result.subject}, ${result.what}`;
  if (result.memory > MOST_MEMORY) {
    endChild();
    return { number, text: `${where}: takes ${(result.memory / 1e9).toFixed(1)} GB` };
  }
  if (result.seconds > MOST_SECONDS)
    return { number, text: `${where}: takes ${result.seconds.toFixed(1)} s` };
  return result.fault === undefined ? undefined : { number, text: `${where}: ${result.fault}` };
}

console.log(`seed ${seed}, cases ${first} to ${first + count - 1}`);
const faults: Fault[] = [];
const outcomes = new Map<string, number>();
let told = performance.now();
for (let number = first; number < first + count; number++) {
  const fault = await faultOf(number, outcomes);
  if (fault !== undefined) {
    faults.push(fault);
    console.log(`case ${number}: ${fault.text}`);
    if (values.keep !== undefined) {
      const made = makeCase(folder, seed, number);
      mkdirSync(values.keep, { recursive: true });
      writeFileSync(join(values.keep, `case-${seed}-${number}${made.extension}`), made.mutation.bytes);
    }
  }
  if (performance.now() - told > 10_000) {
    told = performance.now();
    console.error(`${number - first + 1} of ${count} cases, ${faults.length} faults`);
  }
}
child?.disconnect();
for (const [outcome, times] of [...outcomes].sort((a, b) => b[1] - a[1])) console.log(`${times}  ${outcome}`);
console.log(`${count} cases, ${faults.length} faults (seed ${seed})`);
process.exitCode = faults.length === 0 ? 0 : 1;
