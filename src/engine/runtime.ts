import { inferenceGraph } from "./onnx/graphs.js";
import type { Network } from "./network.js";
import { ort, type InferenceSession } from "./onnxruntime.js";
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

/** Where networks are computed: the processor, or a graphics card of any maker by WebGPU. */
export type Device = "cpu" | "webgpu";

/** Device that `SPINEBOOK_DEVICE` asks for; the processor unless it says "webgpu". */
export function configuredDevice(text = process.env.SPINEBOOK_DEVICE): Device {
  return text?.trim().toLowerCase() === "webgpu" ? "webgpu" : "cpu";
}

/** What networks are computed with, on what, and why not on what was asked for. */
export interface RuntimeInUse {
  /** `onnxruntime`, or of TensorFlow.js `tfjs-node-gpu`, `tfjs-node` or, in plain JavaScript, `tfjs`. */
  readonly name: string;
  /** `cpu`, `webgpu` or `gpu`. */
  readonly device: string;
  /** Of TensorFlow.js. */
  readonly version?: string;
  readonly problem?: string;
}

/** Why WebGPU did not start; tried once a process. */
let problem: string | undefined;

/** onnxruntime as it is at present: "cpu" with a reason once WebGPU was asked for and did not start. */
export function runtimeInUse(asked = configuredDevice()): RuntimeInUse {
  return problem === undefined
    ? { name: "onnxruntime", device: asked }
    : { name: "onnxruntime", device: "cpu", problem };
}

/** Threads that a computation may take: `SPINEBOOK_THREADS` where it is a whole number, else 0, as many as there are cores. */
export function configuredThreads(text = process.env.SPINEBOOK_THREADS): number {
  return text !== undefined && /^\d{1,4}$/.test(text.trim()) ? Number(text) : 0;
}

function sessionOn(device: Device, model: Uint8Array, threads: number): Promise<InferenceSession> {
  return ort.InferenceSession.create(model, {
    // What a graphics card cannot compute is left to the processor.
    executionProviders: device === "cpu" ? ["cpu"] : [device, "cpu"],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
  });
}

/**
 * A session of onnxruntime for the bytes of an ONNX file, on the device asked for; on the processor where that does not start
 * ({@link runtimeInUse} then says why).
 */
export async function createSession(
  model: Uint8Array,
  threads = configuredThreads(),
  asked = configuredDevice(),
): Promise<InferenceSession> {
  const device = problem === undefined ? asked : "cpu";
  if (device === "cpu") return sessionOn("cpu", model, threads);
  try {
    return await sessionOn(device, model, threads);
  } catch (error) {
    problem = `WebGPU did not start (${reasonOf(error)}); networks are computed on the processor.`;
    return sessionOn("cpu", model, threads);
  }
}

/** The sentence of an error of onnxruntime, without the place in its sources. */
function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return (/Failed to [^.]*\./.exec(text)?.[0] ?? text.split("\n")[0]!).slice(0, 160);
}

/** Runs a session on plain tensors. */
export async function runSession(
  session: InferenceSession,
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
export async function createOnnxPredictor(network: Network, weights: Weights): Promise<Predictor> {
  const session = await createSession(inferenceGraph(network, weights));
  return { network, run: (feeds) => runSession(session, feeds) };
}
