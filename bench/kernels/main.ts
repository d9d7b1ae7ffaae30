/**
 * Compares the kernel with others in one run: cold start, cost of a cell, output, completion, memory. Rounds go over all
 * contenders in turn, so that a busy moment of the machine meets them all; every figure is a median.
 *
 *     npm run bench:kernels [-- --rounds 5] [--json]
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { contenders, type Contender, type Subject } from "./subjects.js";

const CELLS = 200;
/** Few messages: of many small ones some peers lose the end, and with it their `idle`. */
const OUTPUT_LINES = 100;
const LINE_CHARACTERS = 18_000;
const COMPLETIONS = 20;

interface Figures {
  /** ms from start to the end of the first cell. */
  readonly start: number;
  /** ms from sending a cell to its end, median of 200 cells in a row. */
  readonly cell: number;
  /** MB of text per second, in lines of 18,000 characters. */
  readonly output: number;
  /** ms to complete a member at the end of a notebook of 200 cells that changes with each request. */
  readonly completion: number | undefined;
  /** MB of memory, of the process and those it started, after all this. */
  readonly memory: number | undefined;
}

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    peers: { type: "string", default: "build/peers" },
    json: { type: "boolean" },
  },
});
const rounds = Number(values.rounds);
const all = contenders(resolve(values.peers));
const results = new Map<string, Figures[]>(all.map(({ name }) => [name, []]));
for (let round = 0; round < rounds; round++)
  for (const contender of all) {
    process.stderr.write(`round ${round + 1} of ${rounds}: ${contender.name}\n`);
    results.get(contender.name)!.push(await measure(contender));
  }
const table = [...results].map(([name, figures]) => ({ name, ...medians(figures) }));
process.stdout.write(values.json ? `${JSON.stringify(table)}\n` : markdown(table));
process.exit(0);

async function measure({ start }: Contender): Promise<Figures> {
  const began = performance.now();
  const subject = await start();
  await subject.run("1 + 1");
  const started = performance.now() - began;
  const cell = median(
    await timesOf(CELLS, (index) =>
      subject.run(`let value${index} = { index: ${index}, name: "v" }; value${index}.index`),
    ),
  );
  const output = await throughput(subject);
  const { complete } = subject;
  const completion =
    complete &&
    median(
      (
        await timesOf(COMPLETIONS + 1, async (index) => {
          const found = await complete(`const probe${index} = value${CELLS - 1}.`);
          if (!found.some((name) => name.endsWith("index")))
            throw new Error(`Completion found ${found.length} names only.`);
        })
      ).slice(1),
    );
  const memory = memoryOf(subject.pid);
  subject.close();
  return { start: started, cell, output, completion, memory };
}

async function throughput(subject: Subject): Promise<number> {
  const before = subject.streamed();
  const began = performance.now();
  await subject.run(
    `for (let line = 0; line < ${OUTPUT_LINES}; line++) console.log("x".repeat(${LINE_CHARACTERS - 1}))`,
  );
  const wanted = OUTPUT_LINES * LINE_CHARACTERS;
  while (subject.streamed() - before < wanted) await new Promise((done) => setTimeout(done, 1));
  return wanted / 1e6 / ((performance.now() - began) / 1000);
}

async function timesOf(count: number, act: (index: number) => Promise<void>): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await act(index);
    times.push(performance.now() - began);
  }
  return times;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

function medians(figures: readonly Figures[]): Figures {
  const of = (key: keyof Figures): number => median(figures.map((figure) => figure[key] ?? NaN));
  const optional = (key: keyof Figures): number | undefined =>
    figures[0]![key] === undefined ? undefined : of(key);
  return {
    start: of("start"),
    cell: of("cell"),
    output: of("output"),
    completion: optional("completion"),
    memory: optional("memory"),
  };
}

/** MB that a process and its descendants hold, where /proc tells it. */
function memoryOf(root: number): number | undefined {
  if (!existsSync("/proc/self/status")) return undefined;
  const parents = new Map<number, number>();
  const sizes = new Map<number, number>();
  for (const name of readdirSync("/proc").filter((entry) => /^\d+$/.test(entry))) {
    try {
      const status = readFileSync(`/proc/${name}/status`, "utf8");
      parents.set(Number(name), Number(/^PPid:\s*(\d+)/m.exec(status)?.[1]));
      sizes.set(Number(name), Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    } catch {
      continue; // it has ended since
    }
  }
  const below = (pid: number): number =>
    (sizes.get(pid) ?? 0) +
    [...parents].filter(([, parent]) => parent === pid).reduce((sum, [child]) => sum + below(child), 0);
  return below(root);
}

function markdown(rows: readonly (Figures & { readonly name: string })[]): string {
  const base = rows[0]!;
  const cell = (
    value: number | undefined,
    unit: string,
    against: number | undefined,
    digits: number,
  ): string =>
    value === undefined
      ? "-"
      : `${value.toFixed(digits)} ${unit}${against === undefined || value === against ? "" : ` (${(value / against).toFixed(2)} x)`}`;
  const completion = rows.find((row) => row.completion !== undefined)?.completion;
  const lines = rows.map((row) =>
    [
      row.name,
      cell(row.start, "ms", base.start, 0),
      cell(row.cell, "ms", base.cell, 2),
      cell(row.output, "MB/s", base.output, 1),
      cell(row.completion, "ms", completion, 1),
      cell(row.memory, "MB", base.memory, 0),
    ].join(" | "),
  );
  return `${[
    `| kernel | cold start to first result | one cell of ${CELLS} | output | completion after ${CELLS} cells | memory |`,
    "| --- | --- | --- | --- | --- | --- |",
    ...lines.map((line) => `| ${line} |`),
  ].join("\n")}\n`;
}
