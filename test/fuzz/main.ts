// `npm run fuzz [-- --cases 10000] [--seed 1] [--from 0] [--kind WORD] [--keep FOLDER]`: makes broken and hostile inputs at
// random and gives them to the product, each within 2 s and 1 GB; exits with 1 where one crashes, hangs or deceives.
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { KINDS, kindOf, makeCase, numbersOf } from "./cases.js";
import { Runner } from "./runner.js";

const MOST_SECONDS = 2;
const MOST_MEMORY = 1e9;

/** The options, each with what it does. */
const OPTIONS = {
  cases: { type: "string", default: "10000", about: "how many" },
  seed: { type: "string", about: "makes the same cases again; another one each time unless given" },
  from: { type: "string", default: "0", about: "number of the first case" },
  kind: { type: "string", about: KINDS.map(({ name }) => name).join(", ") },
  keep: { type: "string", about: "folder for inputs that fail" },
  data: {
    type: "string",
    default: process.env.SPINEBOOK_DATA ?? "../shared/data",
    about: "folder with the published files that some kinds break",
  },
  help: { type: "boolean", default: false, about: "says this" },
} as const;

const values = readOptions();
if (values.help) {
  for (const [name, option] of Object.entries(OPTIONS))
    console.log(`--${name.padEnd(6)} ${option.about}${defaultWords(option)}`);
  process.exit(0);
}
const seed = Number(values.seed ?? Date.now() % 1e9);
const [first, count] = [Number(values.from), Number(values.cases)];
const data = join(values.data, "dicom");
const names = KINDS.map(({ name }) => name);
if (![seed, first, count].every((number) => Number.isInteger(number) && number >= 0))
  fail("--cases, --seed and --from take whole numbers.");
if (values.kind !== undefined && !names.includes(values.kind))
  fail(`There is no kind "${values.kind}"; there are ${names.join(", ")}.`);
const chosen = KINDS.filter(({ name }) => values.kind === undefined || name === values.kind);
const kinds = chosen.filter(({ needsData }) => !needsData || existsSync(data));
for (const { name } of chosen.filter((kind) => !kinds.includes(kind)))
  console.log(`left out: ${name}, which needs the DICOM files of --data`);

function readOptions() {
  try {
    return parseArgs({ options: OPTIONS }).values;
  } catch (thrown) {
    return fail(`${thrown instanceof Error ? thrown.message : String(thrown)}\n--help lists the options.`);
  }
}

function defaultWords(option: (typeof OPTIONS)[keyof typeof OPTIONS]): string {
  return "default" in option && option.default !== false ? ` (${option.default} unless given)` : "";
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

const runner = new Runner();
const outcomes = new Map<string, number>();

/** What is wrong with a case; `undefined` where all is well. */
async function faultOf(number: number): Promise<string | undefined> {
  const request = { data, seed, number };
  let result = await runner.run(request);
  // Compiling a decoder counts with the case that needs it first, so the limit has to be passed twice.
  if (typeof result !== "string" && result.seconds > MOST_SECONDS) result = await runner.run(request);
  if (typeof result === "string") return `${(await makeCase(data, seed, number)).what}: ${result}`;
  const outcome = `${kindOf(number).name}: ${result.outcome}`;
  outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  if (result.memory > MOST_MEMORY) {
    runner.kill();
    return `${result.what}: takes ${(result.memory / 1e9).toFixed(1)} GB`;
  }
  if (result.seconds > MOST_SECONDS) return `${result.what}: takes ${result.seconds.toFixed(1)} s`;
  return result.fault === undefined ? undefined : `${result.what}: ${result.fault}`;
}

// A hostile value may be a promise that no one waits for here, where it is only made to be described or kept.
process.on("unhandledRejection", () => undefined);

async function keep(number: number, folder: string): Promise<void> {
  const { bytes, extension } = await makeCase(data, seed, number);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `case-${seed}-${number}${extension}`), bytes);
}

const numbers = numbersOf(kinds, first, count);
console.log(`seed ${seed}, ${numbers.length} cases from ${first} on`);
let [done, faults, told] = [0, 0, performance.now()];
// One kind behind the other, each with a process of its own, whose memory is that of the kind alone.
for (const kind of kinds) {
  for (const number of numbers.filter((one) => kindOf(one) === kind)) {
    const fault = await faultOf(number);
    done++;
    if (fault !== undefined) {
      faults++;
      console.log(`case ${number} (${kind.name}): ${fault}`);
      if (values.keep !== undefined) await keep(number, values.keep);
    }
    if (performance.now() - told > 10_000) {
      told = performance.now();
      console.error(`${done} of ${numbers.length} cases, ${faults} faults`);
    }
  }
  runner.close();
}
for (const [outcome, times] of [...outcomes].sort((a, b) => b[1] - a[1])) console.log(`${times}  ${outcome}`);
console.log(`${numbers.length} cases, ${faults} faults (seed ${seed})`);
process.exitCode = faults === 0 ? 0 : 1;
