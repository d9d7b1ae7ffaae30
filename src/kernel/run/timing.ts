import { types } from "node:util";
import { Math, performance, Promise } from "./primordials.js";

const REPEATS = 7;
/** How long one repeat is to take at least, in milliseconds. */
const REPEAT_MILLISECONDS = 100;

/** How long `body` takes, in words: mean and standard deviation of seven repeats of as many runs as make 0.1 s. */
export async function measure(body: () => unknown): Promise<string> {
  let runs = 1;
  let elapsed = await timeOf(body, runs);
  while (elapsed < REPEAT_MILLISECONDS && runs < 1e9) {
    runs *= Math.min(10, Math.max(2, Math.ceil(REPEAT_MILLISECONDS / Math.max(elapsed, 0.001))));
    elapsed = await timeOf(body, runs);
  }
  const times = [elapsed / runs];
  while (times.length < REPEATS) times.push((await timeOf(body, runs)) / runs);
  const mean = times.reduce((sum, time) => sum + time, 0) / REPEATS;
  const variance = times.reduce((sum, time) => sum + (time - mean) ** 2, 0) / REPEATS;
  const count = runs === 1 ? "1 run" : `${runs} runs`;
  return `${duration(mean)} ± ${duration(Math.sqrt(variance))} per run (mean ± standard deviation of ${REPEATS} repeats of ${count})`;
}

async function timeOf(body: () => unknown, runs: number): Promise<number> {
  const started = performance.now();
  for (let run = 0; run < runs; run++) {
    const made = body();
    // Only what is a promise is awaited: the wait itself would cost more than most expressions.
    if (types.isPromise(made)) await made;
  }
  return performance.now() - started;
}

function duration(milliseconds: number): string {
  const units: readonly (readonly [number, string])[] = [
    [1000, "s"],
    [1, "ms"],
    [1e-3, "µs"],
    [0, "ns"],
  ];
  const [size, unit] = units.find(([limit]) => milliseconds >= limit)!;
  return `${(milliseconds / (size === 0 ? 1e-6 : size)).toPrecision(3)} ${unit}`;
}
