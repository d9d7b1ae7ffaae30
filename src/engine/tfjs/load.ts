import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import util from "node:util";
import type { TensorContainer } from "@tensorflow/tfjs-core";
import { EngineError } from "../engines.js";
import { configuredThreads } from "../runtime.js";
import { registerGradients } from "./kernelGradients.js";
import type { Tf } from "./tf.js";

/** tfjs with the backend that computes. */
export interface Tfjs {
  readonly tf: Tf;
  /** The backend's name in tfjs: `tensorflow`, the native one, or `cpu`, which is JavaScript. */
  readonly backend: string;
  /** The package that it comes with; `tfjs` for tfjs-core. */
  readonly name: "tfjs-node-gpu" | "tfjs-node" | "tfjs";
  readonly device: "gpu" | "cpu";
  readonly version: string;
  /** Why a native package that is installed is not used. */
  readonly problem?: string;
}

/** `auto` prefers the native packages; `cpu` takes the backend in JavaScript, which is the same on every machine. */
export type TfjsBackend = "auto" | "cpu";

/** The native packages, the preferred one first. */
const NATIVE = ["tfjs-node-gpu", "tfjs-node"] as const;

/** Loads a package; undefined where it is not installed. Rejects where it is and does not load. */
export type LoadPackage = (specifier: string) => Promise<unknown>;

/** Takes a package from where Spinebook finds its own, or else from the working folder, where users of VS Code install theirs. */
const loadPackage: LoadPackage = async (specifier) => {
  for (const from of [import.meta.url, join(process.cwd(), "package.json")]) {
    let path: string;
    try {
      path = createRequire(from).resolve(specifier);
    } catch {
      continue;
    }
    return import(pathToFileURL(path).href);
  }
  return undefined;
};

/** The exports of a CommonJS package that was loaded as a module. */
function exportsOf(module: unknown): Tf {
  return (module as { default?: Tf }).default ?? (module as Tf);
}

/** Puts back two functions that Node 23 dropped and the native packages still call. */
function restoreUtilities(): void {
  const utilities = util as unknown as Record<string, unknown>;
  utilities.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  utilities.isArray ??= Array.isArray;
}

/**
 * What TensorFlow reads from the environment when it is loaded: its threads, and to take of a card's memory what it
 * needs, not all, so that workers can stand beside each other.
 */
function limitResources(): void {
  const threads = configuredThreads();
  if (threads > 0) process.env.TF_NUM_INTRAOP_THREADS ??= String(threads);
  process.env.TF_FORCE_GPU_ALLOW_GROWTH ??= "true";
}

/** Undefined where it is not installed. Rejects where it lacks its native part, or is made for another version of CUDA. */
async function loadNative(name: (typeof NATIVE)[number], load: LoadPackage): Promise<Tfjs | undefined> {
  restoreUtilities();
  limitResources();
  const module = await load(`@tensorflow/${name}`);
  if (module === undefined) return undefined;
  const tf = exportsOf(module);
  await tf.ready();
  registerGradients(tf);
  const { isUsingGpuDevice = false } = tf.backend() as { readonly isUsingGpuDevice?: boolean };
  const device = isUsingGpuDevice ? "gpu" : "cpu";
  return { tf, backend: tf.getBackend(), name, device, version: tf.version_core };
}

async function loadPlain(load: LoadPackage): Promise<Tfjs> {
  const [core, cpu] = [
    await load("@tensorflow/tfjs-core"),
    // It registers itself with the core.
    await load("@tensorflow/tfjs-backend-cpu"),
  ];
  if (core === undefined || cpu === undefined)
    throw new EngineError(
      "TensorFlow.js, which SPINEBOOK_ENGINE asks for, is not installed in this folder; `npm install @tensorflow/tfjs-node` installs it, `npm install @tensorflow/tfjs-node-gpu` the one for NVIDIA cards.",
    );
  const tf = exportsOf(core);
  // Otherwise its first use prints an advertisement for the native package.
  tf.enableProdMode();
  await tf.setBackend("cpu");
  registerGradients(tf);
  return { tf, backend: "cpu", name: "tfjs", device: "cpu", version: tf.version_core };
}

/** What {@link loadTfjs} does, once, with a way of loading packages that tests can replace. */
export async function findTfjs(choice: TfjsBackend, load: LoadPackage = loadPackage): Promise<Tfjs> {
  let problem: string | undefined;
  for (const name of choice === "auto" ? NATIVE : [])
    try {
      const native = await loadNative(name, load);
      if (native !== undefined) return { ...native, ...(problem === undefined ? {} : { problem }) };
    } catch {
      problem ??= `@tensorflow/${name} is installed, but its native part does not load (\`npm rebuild @tensorflow/${name}\` fetches it anew).`;
    }
  return { ...(await loadPlain(load)), ...(problem === undefined ? {} : { problem }) };
}

const loaded = new Map<TfjsBackend, Promise<Tfjs>>();

/**
 * Loads the best tfjs that is installed and works: `@tensorflow/tfjs-node-gpu`, else `@tensorflow/tfjs-node`, else
 * tfjs-core with its CPU backend. Its wasm backend is not used: it lacks gradients of convolutions.
 * @throws EngineError where none is installed
 */
export function loadTfjs(choice: TfjsBackend = "auto"): Promise<Tfjs> {
  const known = loaded.get(choice);
  if (known !== undefined) return known;
  const finding = findTfjs(choice);
  loaded.set(choice, finding);
  // What is installed later is found then.
  finding.catch(() => loaded.delete(choice));
  return finding;
}

/**
 * Computes without leaving tensors behind but those returned. The active backend is a global of tfjs that another
 * network may have changed; a backend that is loaded becomes active before the call returns.
 */
export function compute<T extends TensorContainer>({ tf, backend }: Tfjs, work: () => T): T {
  void tf.setBackend(backend);
  return tf.tidy(work);
}
