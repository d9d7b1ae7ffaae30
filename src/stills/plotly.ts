/** Stills of plotly's figures, by plotly.js in a thread of its own. */
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { MessageChannel, receiveMessageOnPort, Worker, type MessagePort } from "node:worker_threads";
import { builtFile } from "../package/index.js";
import { noteSheet } from "./sheet.js";
import type { Start, Still, StillRequest } from "./still.js";

// Taken now: a cell may change them later.
const { load, store, wait } = Atomics;
const { stringify } = JSON;
const { clearImmediate, setImmediate } = globalThis;

/** Longest that a figure may take, with the start of the thread. */
const MILLISECONDS = 30_000;
/** Heap of the thread, MB. */
const HEAP = 1024;

interface Thread {
  readonly worker: Worker;
  readonly port: MessagePort;
  readonly flag: Int32Array;
  /** Whether a figure is drawn, or was when the wait for it was terminated: by an interrupt, which runs no `finally`. */
  isDrawing: boolean;
}

type Reply = { readonly still: Still } | { readonly problem: string };

let running: Thread | undefined;

/**
 * A still of any figure of plotly's. Where nothing can be drawn of it, it is a sheet that says why. Waits for the thread that draws,
 * half a minute at most; the first still of a process takes a second more. Where the kernel's interrupt ends the wait, the thread ends too.
 * @param figure `{ data, layout? }`, as plotly takes it
 */
export function plotlyStill(
  figure: unknown,
  { theme = "light", width, isPicture = false }: Partial<Omit<StillRequest, "figure">> = {},
): Still {
  try {
    return drawn({ figure: stringify(figure, plainValue), theme, width, isPicture });
  } catch (thrown) {
    return notDrawn(thrown instanceof Error ? thrown.message : "it could not be drawn", theme);
  }
}

/** A value as JSON holds it: lists of numbers of any kind as lists, big integers as numbers. */
function plainValue(_name: string, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (types.isTypedArray(value)) return Array.from(value as Iterable<number | bigint>, Number);
  return types.isSet(value) ? [...(value as ReadonlySet<unknown>)] : value;
}

/** A sheet that says why there is no still. */
export function notDrawn(why: string, theme: StillRequest["theme"]): Still {
  return {
    svg: noteSheet(`There is no still picture of this figure: ${why}.`, theme),
    leftOut: [why],
    isDrawn: false,
  };
}

function drawn(request: StillRequest): Still {
  // Its answer would be taken for this figure's.
  if (running?.isDrawing === true) end(running);
  const thread = (running ??= start());
  const { port, flag } = thread;
  store(flag, 0, 0);
  thread.isDrawing = true;
  const abandoned = setImmediate(end, thread);
  port.postMessage(request);
  if (load(flag, 0) === 0) wait(flag, 0, 0, MILLISECONDS);
  const reply = receiveMessageOnPort(port)?.message as Reply | undefined;
  clearImmediate(abandoned);
  if (reply === undefined) {
    end(thread);
    return notDrawn(`drawing it took longer than ${MILLISECONDS / 1000} seconds`, request.theme);
  }
  thread.isDrawing = false;
  return "still" in reply ? reply.still : notDrawn(`it could not be drawn (${reply.problem})`, request.theme);
}

/** Ends a thread; the next figure gets another. */
function end(thread: Thread): void {
  void thread.worker.terminate();
  if (running === thread) running = undefined;
}

/** @throws Error where the package is not built */
function start(): Thread {
  const [file, page, drawer] = [
    builtFile("stills", "worker.js"),
    builtFile("kernel", "page.cjs"),
    builtFile("renderers", "plotlyStill.js"),
  ];
  if (file === undefined || page === undefined || drawer === undefined)
    throw new Error("a part of Spinebook is missing; install it again");
  const { port1: port, port2 } = new MessageChannel();
  const flag = new Int32Array(new SharedArrayBuffer(4));
  const data: Start = { port: port2, flag, page, drawer: pathToFileURL(drawer).href };
  const worker = new Worker(file, {
    workerData: data,
    transferList: [port2],
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP },
  });
  const thread = { worker, port, flag, isDrawing: false };
  worker.on("error", () => {
    end(thread);
  });
  worker.unref();
  port.unref();
  return thread;
}
