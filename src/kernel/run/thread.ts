/** Entry of a worker thread that a cell starts from a local TypeScript file: loads it as cells load what they import. */
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import { pathToFileURL, URL } from "node:url";
import threads from "node:worker_threads";
import type { Identity, KernelHooks } from "../../protocol/index.js";
import type { FromThread, ToThread } from "../link.js";
import { FarCompiler } from "./farCompiler.js";
import { Loader, quietExperimentalLoader } from "./loader.js";
import { Atomics, globals, Int32Array, Object, SharedArrayBuffer, Symbol } from "./primordials.js";
import { propertyOf } from "./safely.js";
import { tidyStacks } from "./stacks.js";
import { followThreads, type ThreadData } from "./threads.js";
import { mapPositions } from "./traceback.js";

/** How long code that has read an identity waits for the kernel to know it, in milliseconds. */
const GUARD_MILLISECONDS = 2000;

const { file, folder, fallbackPackages, port, data } = threads.workerData as ThreadData;
// What the file is to find there is what it was started with.
(threads as { workerData: unknown }).workerData = data;
process.argv[1] = file;
syncBuiltinESMExports();

const post = (message: FromThread): void => {
  if (message.type === "thread") port.postMessage(message, [message.port]);
  else port.postMessage(message);
};
/** While a file is compiled the thread stays; otherwise it ends when its own code has. */
const compiler = new FarCompiler((id, name, text) => {
  port.ref();
  post({ type: "compile", id, name, text });
});
port.on("message", (answer: ToThread) => {
  if (compiler.answer(answer) === 0) port.unref();
});
port.unref();

const hooks: KernelHooks = {
  record: () => undefined,
  guard: (identities: readonly Identity[]) => {
    const signal = new Int32Array(new SharedArrayBuffer(4));
    post({ type: "identities", identities, signal });
    // Before anything that this thread may write or send of them.
    Atomics.wait(signal, 0, 0, GUARD_MILLISECONDS);
  },
  describeQuery: () => undefined,
  onComm: () => undefined,
};
Object.defineProperty(globals, Symbol.for("spinebook.kernel"), { value: hooks });

quietExperimentalLoader();
tidyStacks(mapPositions);
followThreads({
  folder,
  fallbackPackages,
  // The bundles lie in one folder, dist/kernel.
  entry: new URL("./thread.js", import.meta.url),
  connect: (end) => {
    post({ type: "thread", port: end });
  },
});
const loader = new Loader(folder, fallbackPackages, (name, text) => compiler.compile(name, text));
try {
  await loader.host.import(pathToFileURL(file).href);
} catch (error) {
  // A stack that was not formed here has places of the compiled code still.
  const stack = propertyOf(error, "stack");
  if (typeof stack === "string") Object.defineProperty(error, "stack", { value: mapPositions(stack) });
  throw error;
}
