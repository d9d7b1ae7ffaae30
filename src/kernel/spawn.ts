import { spawn, type ChildProcess } from "node:child_process";
import type { Duplex } from "node:stream";
import { encodeFrame, FrameDecoder, kernelEvent } from "../protocol/index.js";
import type { KernelEvent, KernelRequest, SpawnedKernel, SpawnOptions } from "../protocol/index.js";
import { StreamBudget } from "./budget.js";
import type { KernelSettings } from "./link.js";
import { totalmem } from "node:os";

/** The file descriptor of the message channel in the child; 0 to 2 belong to the user's code. */
const CHANNEL_FD = 3;

/** How long the channel may still deliver after the process has ended, in milliseconds. */
const DRAIN_MILLISECONDS = 1000;

/** Starts a kernel process. Problems (no such folder, no such Node, a crash) arrive as a sentence through `onDeath`. */
export function spawnKernel(options: SpawnOptions): SpawnedKernel {
  const memoryLimit = options.memoryLimit ?? defaultMemoryLimit();
  const settings: KernelSettings = { fallbackPackages: options.fallbackPackages, memoryLimit };
  const child = spawn(
    options.nodePath ?? process.execPath,
    // A loop in a timer callback that is interrupted leaves Node's async-hook stack uneven; with its check on, Node aborts.
    [
      "--no-force-async-hooks-checks",
      `--max-old-space-size=${memoryLimit}`,
      options.kernelPath,
      JSON.stringify(settings),
    ],
    {
      cwd: options.cwd,
      // Else a cell that imports onnxruntime itself, or a thread of it, would report to onnxruntime's maker.
      env: { ...(options.env ?? process.env), ORT_DISABLE_TELEMETRY: "1" },
      stdio: ["ignore", "pipe", "pipe", "pipe"],
      windowsHide: true,
    },
  );
  return new ChildChannel(child, memoryLimit);
}

/** Half of the machine's memory, at most 4,096 MB. */
function defaultMemoryLimit(): number {
  return Math.min(4096, Math.floor(totalmem() / 2 ** 21));
}

class ChildChannel implements SpawnedKernel {
  private readonly pipe: Duplex;
  private readonly eventListeners: ((event: KernelEvent) => void)[] = [];
  private readonly deathListeners: ((reason: string) => void)[] = [];
  private readonly cells = new Map<string, string>();
  private running: { parent: string; cellId: string; budget: StreamBudget } | undefined;
  private ended = false;
  private death: string | undefined;
  private killed = false;
  /** Interrupts that were asked for and not answered: where code does not stop, the kernel ends itself. */
  private interrupts = 0;
  private outOfMemory = false;

  constructor(
    private readonly child: ChildProcess,
    private readonly memoryLimit: number,
  ) {
    this.pipe = child.stdio[CHANNEL_FD] as Duplex;
    this.pipe.setEncoding("utf8");
    const decoder = new FrameDecoder();
    this.pipe.on("data", (chunk: string) => {
      try {
        for (const message of decoder.push(chunk)) {
          const event = kernelEvent(message);
          if (event === undefined) {
            this.endMisused();
            return;
          }
          this.receive(event);
        }
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        this.endMisused();
      }
    });
    // A broken pipe means that the process ended, which `exit` reports.
    this.pipe.on("error", () => undefined);
    for (const name of ["stdout", "stderr"] as const) this.forward(name);
    child.on("error", (error: NodeJS.ErrnoException) => {
      this.end(
        `The kernel process could not be started (${error.code ?? error.name}): check that the notebook's folder exists and that Node is installed.`,
      );
    });
    child.on("exit", (code, signal) => {
      const report = (): void => {
        this.end(this.reasonOf(code, signal));
      };
      if (this.pipe.readableEnded) report();
      else {
        this.pipe.once("end", report);
        this.pipe.once("close", report);
        setTimeout(report, DRAIN_MILLISECONDS).unref();
      }
    });
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  send(request: KernelRequest): void {
    if (request.type === "execute_request") this.cells.set(request.id, request.cellId);
    if (request.type === "interrupt_request") this.interrupts++;
    if (!this.ended) this.pipe.write(encodeFrame(request));
  }

  onEvent(listener: (event: KernelEvent) => void): void {
    this.eventListeners.push(listener);
  }

  onDeath(listener: (reason: string) => void): void {
    if (this.death === undefined) this.deathListeners.push(listener);
    else listener(this.death);
  }

  kill(): void {
    this.killed = true;
    this.child.kill("SIGKILL");
  }

  private receive(event: KernelEvent): void {
    if (event.type === "status") this.noteState(event.parent, event.state);
    if (event.type === "interrupt_reply") this.interrupts--;
    if (event.type === "shutdown_reply") this.ended = true;
    for (const listener of this.eventListeners) listener(event);
  }

  private noteState(parent: string, state: "busy" | "idle"): void {
    const cellId = this.cells.get(parent);
    if (state === "busy" && cellId !== undefined)
      this.running = { parent, cellId, budget: new StreamBudget() };
    else this.cells.delete(parent);
  }

  /** Native code and child processes write to the real stdout and stderr: that belongs to the cell that runs, or ran last. */
  private forward(name: "stdout" | "stderr"): void {
    const stream = this.child[name];
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => {
      if (text.includes("heap out of memory")) this.outOfMemory = true;
      const { running } = this;
      const rest = running?.budget.take(text) ?? "";
      if (running === undefined || rest === "") return;
      const { parent, cellId } = running;
      for (const listener of this.eventListeners)
        listener({ type: "stream", parent, cellId, name, text: rest });
    });
  }

  private endMisused(): void {
    this.end(
      "The kernel's message channel was written to by other code. Restart it and run the cells above again.",
    );
    this.child.kill("SIGKILL");
  }

  private end(reason: string): void {
    if (this.ended) return;
    this.ended = true;
    this.death = reason;
    for (const listener of this.deathListeners) listener(reason);
  }

  private reasonOf(code: number | null, signal: NodeJS.Signals | null): string {
    if (this.killed) return "The kernel was stopped.";
    if (this.outOfMemory)
      return `The kernel ran out of memory (its limit is ${this.memoryLimit} MB). Restart it, and work on fewer data at a time or raise the limit.`;
    if (signal === "SIGKILL" && this.interrupts > 0)
      return "The running code did not stop when it was interrupted, as native code and programs that a cell waits for do not: the kernel was ended, and its variables are lost. Restart it and run the cells above again.";
    if (signal === "SIGKILL")
      return "The kernel was ended from outside (SIGKILL): most often the machine ran out of memory. Restart it and work on fewer data at a time.";
    if (signal !== null)
      return `The kernel was ended by the signal ${signal}. Restart it and run the cells above again.`;
    return `The kernel ended with exit code ${code ?? "unknown"} (process.exit in a cell, or a fault in native code). Restart it and run the cells above again.`;
  }
}
