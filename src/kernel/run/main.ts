/** Entry of the kernel process: its main thread, where the user's code runs. Everything else is the supervisor's. */
import process from "node:process";
import { URL } from "node:url";
import { Worker } from "node:worker_threads";
import { kernelHooks } from "../../protocol/index.js";
import { followRuns, presentRun, runOfPromise } from "./context.js";
import { FarCompiler } from "./farCompiler.js";
import { shielded } from "./intrinsics.js";
import type { FromMain, KernelSettings, ToMain } from "../link.js";
import { keepListeners } from "./listeners.js";
import { Loader, quietExperimentalLoader } from "./loader.js";
import { Atomics, Int32Array, JSON, SharedArrayBuffer } from "./primordials.js";
import { Session } from "./session.js";
import { tidyStacks } from "./stacks.js";
import { followThreads } from "./threads.js";

/** How long the last output may take when the process ends, in milliseconds. */
const FLUSH_MILLISECONDS = 500;

// Written by `spawnKernel` of the same build; a schema here would be code that cells can reach into.
const settings = JSON.parse(process.argv[2] ?? '{"fallbackPackages":{},"memoryLimit":0}') as KernelSettings;
process.argv.splice(2);
// The bundles lie in one folder, dist/kernel.
const supervisor = new Worker(new URL("./supervisor.js", import.meta.url), { workerData: settings });
const post = (message: FromMain): void => {
  if (message.type === "ask" || message.type === "thread") supervisor.postMessage(message, [message.port]);
  else supervisor.postMessage(message);
};

const compiler = new FarCompiler((id, name, text) => {
  post({ type: "compile", id, name, text });
});

const folder = process.cwd();
quietExperimentalLoader();
tidyStacks();
followRuns();
const { fallbackPackages } = settings;
const loader = new Loader(folder, fallbackPackages, (name, text) => compiler.compile(name, text));
const session = new Session(post, loader, folder);
followThreads({
  folder,
  fallbackPackages,
  entry: new URL("./thread.js", import.meta.url),
  connect: (port) => {
    post({ type: "thread", port });
  },
  onStart: (worker) => presentRun()?.addThread(worker),
});

supervisor.on("message", (message: ToMain) => {
  shielded(() => {
    handle(message);
  });
});

function handle(message: ToMain): void {
  if (message.type === "run") session.start(message.order);
  else if (message.type === "interrupt") session.interrupt(message.id);
  else if (message.type === "compiled") compiler.answer(message);
  else if (message.type === "identities") kernelHooks()?.guard(message.identities);
  else if (message.type === "variables") session.listVariables(message.id);
  else if (message.type === "quiet") void session.quiet(message.id);
  else if (message.type === "reset") session.reset(message.id);
  else if (message.type === "comm") session.receiveComm(message.message);
  else process.exit(0);
}
// Without its supervisor the kernel hears and says nothing any more.
supervisor.on("exit", () => process.exit(1));

keepListeners({
  // Ctrl+C in a terminal reaches every process there: what it is to do, the front end says.
  SIGINT: () => undefined,
  uncaughtException: (error: unknown) => {
    shielded(() => {
      session.reportStray(presentRun(), error);
    });
  },
  unhandledRejection: (reason: unknown, promise: Promise<unknown>) => {
    shielded(() => {
      session.reportStray(runOfPromise(promise), reason);
    });
  },
  exit: () => {
    const signal = new Int32Array(new SharedArrayBuffer(4));
    post({ type: "flush", signal });
    Atomics.wait(signal, 0, 0, FLUSH_MILLISECONDS);
  },
});
