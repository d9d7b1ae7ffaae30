// `npm run bench:networks`: the shipped networks on this machine beside PyTorch running the same graphs in the same run, and
// beside the machine's own peak (a large matrix product). Rounds alternate between the contenders; medians are printed.
import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import {
  countOperations,
  createPredictor,
  createSession,
  loadWeights,
  placeLayers,
  runSession,
} from "../../src/engine/index.js";
import type { Network, Tensor } from "../../src/engine/index.js";
import { GraphBuilder } from "../../src/engine/onnx/builder.js";

/** Rounds, and runs of a contender in each. */
const ROUNDS = 5;
const REPEATS = 5;
/** Rows and columns of a slice of 448 pixels of 0.7 mm at the detector's 1 mm; slices and discs are run as a scan runs them. */
const SUBJECTS = [
  { model: "detector", batch: 1, rows: 320, columns: 320 },
  { model: "corners", batch: 28 },
  { model: "pfirrmann", batch: 5 },
  { model: "multitask", batch: 5 },
] as const;
const MATRIX = 1536;

const models = fileURLToPath(new URL("../../../models/", import.meta.url));
const peer = fileURLToPath(new URL("../../../bench/networks/peer.py", import.meta.url));
const threads = availableParallelism();

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Seconds of each of several runs after two to warm up. */
async function time(run: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  for (let i = 0; i < REPEATS + 2; i++) {
    const started = performance.now();
    await run();
    if (i >= 2) seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}

function randomTensor(shape: readonly number[]): Tensor {
  const size = shape.reduce((product, n) => product * n, 1);
  return { values: Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898)), shape };
}

function inputsOf(network: Network): Record<string, number[]> {
  const { channels, rows, columns } = network.input;
  return {
    input: [channels, rows, columns],
    ...Object.fromEntries(
      Object.entries(network.extraInputs ?? {}).map(([name, features]) => [name, [features]]),
    ),
  };
}

/** Seconds on PyTorch, or why there are none. */
function onPyTorch(network: Network, batch: number): { version: string; seconds: number[] } | string {
  const job = {
    threads,
    repeats: REPEATS,
    batch,
    inputs: inputsOf(network),
    layers: placeLayers(network),
    outputs: network.outputs.map(({ name }) => name),
  };
  for (const python of ["/usr/bin/python3", "python3"]) {
    const run = spawnSync(python, [peer], { input: JSON.stringify(job), encoding: "utf8" });
    if (run.status === 0) return JSON.parse(run.stdout) as { version: string; seconds: number[] };
  }
  return "PyTorch is not installed (Debian: apt-get install python3-torch)";
}

/** GFLOP/s of a large matrix product on the same runtime: what the machine can do at best. */
async function peak(): Promise<number> {
  const graph = new GraphBuilder("peak");
  const left = graph.input("left", [MATRIX, MATRIX]);
  const right = graph.input("right", [MATRIX, MATRIX]);
  graph.output("product", graph.op("MatMul", [left, right]), [MATRIX, MATRIX]);
  const session = await createSession(graph.encode());
  const feeds = { left: randomTensor([MATRIX, MATRIX]), right: randomTensor([MATRIX, MATRIX]) };
  return (2 * MATRIX ** 3) / 1e9 / Math.min(...(await time(() => runSession(session, feeds))));
}

const rows: string[] = [];
let version = "";
const best = await peak();
for (const subject of SUBJECTS) {
  const { network: described, weights } = await loadWeights(`${models}${subject.model}.safetensors`);
  const network: Network =
    "rows" in subject
      ? { ...described, input: { ...described.input, rows: subject.rows, columns: subject.columns } }
      : described;
  const predictor = await createPredictor(network, weights);
  const feeds = Object.fromEntries(
    Object.entries(inputsOf(network)).map(([name, shape]) => [name, randomTensor([subject.batch, ...shape])]),
  );
  const [own, torch]: [number[], number[]] = [[], []];
  let problem = "";
  for (let round = 0; round < ROUNDS; round++) {
    own.push(...(await time(() => predictor.run(feeds))));
    const other = onPyTorch(network, subject.batch);
    if (typeof other === "string") problem = other;
    else {
      version = other.version;
      torch.push(...other.seconds);
    }
  }
  const gflop = (countOperations(network) * subject.batch) / 1e9;
  const speed = gflop / median(own);
  rows.push(
    `| ${subject.model}, batch of ${subject.batch} | ${gflop.toFixed(2)} | ${(1000 * median(own)).toFixed(1)} ms | ${speed.toFixed(0)} | ${((100 * speed) / best).toFixed(0)} % | ${
      problem === ""
        ? `${(1000 * median(torch)).toFixed(1)} ms (${(median(torch) / median(own)).toFixed(1)} x)`
        : problem
    } |`,
  );
}
console.log(
  `${threads} threads; a matrix product of ${MATRIX} reaches ${best.toFixed(0)} GFLOP/s${version === "" ? "" : `; PyTorch ${version}`}\n`,
);
console.log(
  "| network | GFLOP | onnxruntime | GFLOP/s | of the peak | PyTorch |\n| --- | --- | --- | --- | --- | --- |",
);
console.log(rows.join("\n"));
