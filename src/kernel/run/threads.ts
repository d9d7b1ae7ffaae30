import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import threads, { MessageChannel } from "node:worker_threads";
import type { MessagePort, Transferable, Worker, WorkerOptions } from "node:worker_threads";
import { shielded } from "./intrinsics.js";
import { typescriptFile } from "./loader.js";
import { Proxy, Reflect } from "./primordials.js";
import { propertyOf } from "./safely.js";

/** What a thread that a cell starts from a TypeScript file is made with. */
export interface ThreadData {
  readonly file: string;
  /** The notebook's folder. */
  readonly folder: string;
  readonly fallbackPackages: Readonly<Record<string, string>>;
  /** To the supervisor; messages are `FromThread` and, back, `ToThread`. */
  readonly port: MessagePort;
  /** The `workerData` of whoever starts it. */
  readonly data: unknown;
}

export interface ThreadTools extends Pick<ThreadData, "folder" | "fallbackPackages"> {
  /** The script that loads the file. */
  readonly entry: URL;
  /** Gives the supervisor its end of the channel. */
  readonly connect: (port: MessagePort) => void;
  readonly onStart?: (worker: Worker) => void;
}

type Order = readonly [entry: URL, options: WorkerOptions];

/**
 * Lets `new Worker(...)` of `node:worker_threads` run local TypeScript files; a relative path begins at the present folder, as
 * Node has it. Other workers are Node's own business.
 */
export function followThreads(tools: ThreadTools): void {
  threads.Worker = new Proxy(threads.Worker, {
    construct(original, given: readonly unknown[], made: NewableFunction): Worker {
      const order = shielded(() => orderOf(given, tools));
      const worker = Reflect.construct(original, order ?? given, made) as Worker;
      if (order !== undefined) shielded(() => tools.onStart?.(worker));
      return worker;
    },
  });
  syncBuiltinESMExports();
}

/** What Node is to start in place of a TypeScript file; `undefined` for anything else. */
function orderOf(
  [script, given]: readonly unknown[],
  { entry, folder, fallbackPackages, connect }: ThreadTools,
): Order | undefined {
  const options = (given ?? {}) as WorkerOptions;
  const name = typeof script === "string" ? script : propertyOf(script, "href");
  if (typeof name !== "string" || options.eval === true) return undefined;
  const file = typescriptFile(name, process.cwd());
  if (file === undefined) return undefined;
  const { port1, port2 } = new MessageChannel();
  connect(port1);
  const workerData: ThreadData = { file, folder, fallbackPackages, port: port2, data: options.workerData };
  const transferList: Transferable[] = [...(options.transferList ?? []), port2];
  return [entry, { ...options, workerData, transferList }];
}
