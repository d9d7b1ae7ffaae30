import util from "node:util";
import type { TensorContainer } from "@tensorflow/tfjs-core";
import { registerGradients } from "./kernelGradients.js";
import type { Tf } from "./tf.js";

/** tfjs with the backend that computes: `tensorflow` (native, with a GPU where there is one) or `cpu` (JavaScript). */
export interface Tfjs {
  readonly tf: Tf;
  readonly backend: string;
}

/** `auto` prefers the native package; `cpu` takes the backend in JavaScript, which is the same on every machine. */
export type TfjsBackend = "auto" | "cpu";

/** How a package is loaded: a specifier in a variable, so that bundlers leave the optional package alone. */
type Load = (specifier: string) => Promise<unknown>;
const loadPackage: Load = (specifier) => import(specifier);

/** The exports of a CommonJS package that was loaded as a module. */
function exportsOf(module: unknown): Tf {
  return (module as { default?: Tf }).default ?? (module as Tf);
}

/** Puts back two functions that Node 23 dropped and the native package still calls. */
function restoreUtilities(): void {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
}

async function loadNative(load: Load): Promise<Tfjs | undefined> {
  try {
    restoreUtilities();
    const tf = exportsOf(await load("@tensorflow/tfjs-node-gpu"));
    await tf.ready();
    return { tf, backend: tf.getBackend() };
  } catch {
    // Optional: absent, installed without its native part, or made for another version of CUDA.
    return undefined;
  }
}

async function loadCpu(): Promise<Tfjs> {
  const tf = exportsOf(await import("@tensorflow/tfjs-core"));
  // Otherwise its first use prints an advertisement for the native package.
  tf.enableProdMode();
  await import("@tensorflow/tfjs-backend-cpu");
  await tf.setBackend("cpu");
  registerGradients(tf);
  return { tf, backend: "cpu" };
}

/** What {@link loadTfjs} does, once, with a way of loading the native package that tests can replace. */
export async function findTfjs(choice: TfjsBackend, load: Load = loadPackage): Promise<Tfjs> {
  const native = choice === "auto" ? await loadNative(load) : undefined;
  return native ?? loadCpu();
}

const loaded = new Map<TfjsBackend, Promise<Tfjs>>();

/**
 * Loads tfjs: `@tensorflow/tfjs-node-gpu` where it is installed and works, else tfjs-core with its CPU backend. The
 * wasm backend is never used: its gradients of convolution and max pooling are missing or wrong.
 */
export async function loadTfjs(choice: TfjsBackend = "auto"): Promise<Tfjs> {
  const found = loaded.get(choice) ?? findTfjs(choice);
  loaded.set(choice, found);
  return found;
}

/**
 * Computes without leaving tensors behind but those returned. The active backend is a global of tfjs that another
 * network may have changed; a backend that is loaded becomes active before the call returns.
 */
export function compute<T extends TensorContainer>({ tf, backend }: Tfjs, work: () => T): T {
  void tf.setBackend(backend);
  return tf.tidy(work);
}
