import * as ort from "onnxruntime-node";
import { inferenceGraph } from "./onnx/graphs.js";
import type { Network } from "./network.js";
import type { Weights } from "./weights.js";

/** A batch of values with its shape, batch first. */
export interface Tensor {
  readonly values: Float32Array;
  readonly shape: readonly number[];
}

/** Runs networks: one session is made per network and kept. */
export interface Predictor {
  readonly network: Network;
  /** Values of all outputs and exposed layers for a batch. `feeds.input` is [batch][channel][row][column]. */
  run(feeds: Readonly<Record<string, Tensor>>): Promise<Record<string, Tensor>>;
}

/** What networks are computed with, and on what. */
export const RUNTIME = { name: "onnxruntime", device: "cpu" } as const;

/** Threads that a computation may take: `SPINEBOOK_THREADS` where it is a whole number, else 0, as many as there are cores. */
export function configuredThreads(text = process.env.SPINEBOOK_THREADS): number {
  return text !== undefined && /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
}

/** A session of onnxruntime for the bytes of an ONNX file, on the CPU. */
export async function createSession(
  model: Uint8Array,
  threads = configuredThreads(),
): Promise<ort.InferenceSession> {
  return ort.InferenceSession.create(model, {
    executionProviders: [RUNTIME.device],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
}

/** Runs a session on plain tensors. */
export async function runSession(
  session: ort.InferenceSession,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const inputs = Object.fromEntries(
    Object.entries(feeds).map(([name, { values, shape }]) => [
      name,
      new ort.Tensor("float32", values, shape),
    ]),
  );
  const results = await session.run(inputs);
  return Object.fromEntries(
    Object.entries(results).map(([name, tensor]) => [
      name,
      { values: tensor.data as Float32Array, shape: tensor.dims },
    ]),
  );
}

/** The network with these weights on onnxruntime. */
export async function createPredictor(network: Network, weights: Weights): Promise<Predictor> {
  const session = await createSession(inferenceGraph(network, weights));
  return { network, run: (feeds) => runSession(session, feeds) };
}
