/**
 * Entry of the kernel's worker thread: it owns the message channel, so that output flows and interrupts arrive while
 * the user's code keeps the main thread busy. No cell can reach its globals, nor those of the thread that compiles.
 */
import { Socket } from "node:net";
import process from "node:process";
import { parentPort, workerData, type MessagePort } from "node:worker_threads";
import pkg from "../../../package.json" with { type: "json" };
import { FrameDecoder, kernelRequest } from "../../protocol/index.js";
import type { KernelRequest } from "../../protocol/index.js";
import { Compilation } from "./compilation.js";
import { Interrupter } from "./interrupter.js";
import type { FromMain, FromThread, KernelSettings, ToMain, ToThread } from "../link.js";
import { Outbox } from "./outbox.js";
import { Queue } from "./queue.js";
import { typescriptVersion } from "./typescriptVersion.js";

/** The message channel; `spawnKernel` opens it. */
const CHANNEL_FD = 3;
/** How long the main thread gets to end by itself, in milliseconds. */
const EXIT_MILLISECONDS = 300;

/** For whoever writes a front end; one that comes with Spinebook asks only what its kernel knows. */
const NOT_UNDERSTOOD =
  "spinebook: a request was not understood; the front end and the kernel may be of different releases.\n";

/** Both threads of this process are of one build: what they say to each other is typed and not checked. */
const main = parentPort!;
const { memoryLimit } = workerData as KernelSettings;
const toMain = (message: ToMain): void => {
  main.postMessage(message);
};
const pipe = new Socket({ fd: CHANNEL_FD, readable: true, writable: true });
const outbox = new Outbox(pipe);
const compilation = new Compilation();
const queue = new Queue(
  compilation,
  (event) => {
    outbox.send(event);
  },
  toMain,
);
const interrupter = new Interrupter((id) => {
  toMain({ type: "interrupt", id });
});

/** The questions that wait for their answers, by the request whose cell asks. */
const questions = new Map<string, { readonly port: MessagePort; readonly signal: Int32Array }>();

function ask({ parent, cellId, prompt, password, port, signal }: Extract<FromMain, { type: "ask" }>): void {
  questions.set(parent, { port, signal });
  outbox.send({ type: "input_request", parent, cellId, prompt, password });
}

function answer(parent: string, value: string | null): void {
  const question = questions.get(parent);
  if (!question) return;
  questions.delete(parent);
  question.port.postMessage({ value });
  signalled(question.signal);
}

function endProcess(): void {
  toMain({ type: "exit" });
  setTimeout(() => process.kill(process.pid, "SIGKILL"), EXIT_MILLISECONDS);
}

async function interrupt(request: string): Promise<void> {
  queue.dropWaiting();
  questions.clear();
  const running = queue.hold();
  if (await interrupter.interrupt()) {
    queue.settleInterrupted(running);
    queue.release();
    outbox.send({ type: "interrupt_reply", parent: request });
    return;
  }
  queue.note(
    "The running code did not stop within 2 s (native code?): the kernel is ended. Run the cells above again.\n",
  );
  outbox.flush(() => process.kill(process.pid, "SIGKILL"));
}

/** A kernel whose cell still runs is not to be used for other cells. */
async function reset(id: string): Promise<void> {
  await queue.told();
  if (queue.reset()) toMain({ type: "reset", id });
  else outbox.send({ type: "reset_reply", parent: id, clean: false });
}

function handleRequest(request: KernelRequest): void {
  switch (request.type) {
    case "execute_request":
      queue.add(request);
      break;
    case "interrupt_request":
      void interrupt(request.id);
      break;
    case "kernel_info_request":
      void tellInfo(request.id);
      break;
    case "reset_request":
      void reset(request.id);
      break;
    case "shutdown_request":
      queue.dropWaiting();
      queue.settleInterrupted();
      outbox.send({ type: "shutdown_reply", parent: request.id });
      outbox.flush(endProcess);
      break;
    case "input_reply":
      answer(request.id, request.value);
      break;
    case "is_complete_request":
      void tellCompleteness(request.id, request.code);
      break;
    case "variables_request":
      toMain({ type: "variables", id: request.id });
      break;
    case "quiet_request":
      toMain({ type: "quiet", id: request.id });
      break;
    case "comm_message":
      toMain({ type: "comm", parent: request.id, message: request.message });
      break;
  }
}

/** The compiling thread has loaded TypeScript: the time that this takes is the kernel's start, and not the first cell's. */
let ready: Promise<unknown> | undefined;

/** Behind what is said of the runs so far, so that whoever asks after a run knows it by then. */
async function tellInfo(parent: string): Promise<void> {
  await (ready ??= compilation.ask({ kind: "completeness", text: "" }));
  await queue.told();
  outbox.send({
    type: "kernel_info_reply",
    parent,
    version: pkg.version,
    node: process.versions.node,
    typescript: typescriptVersion(),
    pid: process.pid,
    memoryLimit,
    memory: process.memoryUsage.rss(),
  });
}

async function tellCompleteness(parent: string, text: string): Promise<void> {
  const outcome = await compilation.ask({ kind: "completeness", text });
  const answer = outcome.problem ? ({ status: "invalid", indent: "" } as const) : outcome.value;
  outbox.send({ type: "is_complete_reply", parent, ...answer });
}

async function compiled({ id, name, text }: Extract<FromMain, { type: "compile" }>): Promise<ToThread> {
  const outcome = await compilation.ask({ kind: "module", text });
  if (!outcome.problem) return { id, module: outcome.value };
  const { message, line, column } = outcome.problem;
  return { id, problem: `${name}, line ${line}:${column}: ${message}` };
}

/** Answers a thread of a cell's, and those that it starts itself: the main thread may be waiting for them. */
function serveThread(port: MessagePort): void {
  port.on("message", (message: FromThread) => {
    if (message.type === "thread") serveThread(message.port);
    else if (message.type === "identities") {
      toMain({ type: "identities", identities: message.identities });
      signalled(message.signal);
    } else
      void compiled(message).then((answer) => {
        port.postMessage(answer);
      });
  });
}

function signalled(signal: Int32Array): void {
  Atomics.store(signal, 0, 1);
  Atomics.notify(signal, 0);
}

main.on("message", (message: FromMain) => {
  if (message.type === "stream") outbox.send(message);
  else if (message.type === "event") outbox.sendJson(message.json);
  else if (message.type === "done") queue.done(message.parent, message.status);
  else if (message.type === "interrupted") interrupter.answered(message.id);
  else if (message.type === "ask") ask(message);
  else if (message.type === "thread") serveThread(message.port);
  else if (message.type === "compile")
    void compiled(message).then((answer) => {
      toMain({ type: "compiled", ...answer });
    });
  else
    outbox.flush(() => {
      signalled(message.signal);
    });
});

const decoder = new FrameDecoder();
pipe.setEncoding("utf8");
pipe.on("data", (chunk: string) => {
  for (const message of decoder.push(chunk)) {
    const request = kernelRequest(message);
    if (request !== undefined) handleRequest(request);
    else process.stderr.write(NOT_UNDERSTOOD);
  }
});
// The parent is gone: a kernel without a front end must not stay behind.
pipe.on("end", endProcess);
pipe.on("error", endProcess);
