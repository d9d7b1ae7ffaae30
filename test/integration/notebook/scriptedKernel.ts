import type { RunnableKernel } from "../../../src/notebook/index.js";
import type { KernelEvent, KernelRequest } from "../../../src/protocol/index.js";

type Execute = Extract<KernelRequest, { type: "execute_request" }>;

/**
 * What a scripted cell does: events to send, then how it ends; "hangs" sends no reply until it is interrupted or its
 * input is answered, "deaf" not even then.
 */
export type Script = (
  request: Execute,
  emit: (event: KernelEvent) => void,
) => "ok" | "error" | "hangs" | "deaf" | "dies";

interface ScriptedOptions {
  readonly alive?: boolean;
}

/** A kernel that follows a script by each cell's source, so that the run is tested without a process. */
export class ScriptedKernel implements RunnableKernel {
  killed = false;
  readonly ran: string[] = [];
  readonly requests: KernelRequest[] = [];
  readonly inputs: (string | null)[] = [];
  private count = 0;
  private hanging: Execute | undefined;
  private emit: (event: KernelEvent) => void = () => undefined;
  private die: (reason: string) => void = () => undefined;

  constructor(
    private readonly scripts: Readonly<Record<string, Script>>,
    private readonly options: ScriptedOptions = {},
  ) {}

  onEvent(listener: (event: KernelEvent) => void): void {
    this.emit = listener;
  }

  onDeath(listener: (reason: string) => void): void {
    this.die = listener;
    if (this.options.alive === false)
      setImmediate(() => {
        listener("no such file");
      });
  }

  send(request: KernelRequest): void {
    if (this.options.alive === false) return;
    this.requests.push(request);
    setImmediate(() => {
      this.answer(request);
    });
  }

  kill(): void {
    if (!this.killed) this.die("The kernel was stopped.");
    this.killed = true;
  }

  private answer(request: KernelRequest): void {
    const parent = request.id;
    switch (request.type) {
      case "kernel_info_request":
        this.emit({
          type: "kernel_info_reply",
          parent,
          version: "0.1.0",
          node: "20.0.0",
          typescript: "5.9.0",
          pid: 1,
          memoryLimit: 2048,
        });
        break;
      case "quiet_request":
        this.emit({ type: "quiet_reply", parent });
        break;
      case "shutdown_request":
        this.emit({ type: "shutdown_reply", parent });
        break;
      case "interrupt_request":
        this.emit({ type: "interrupt_reply", parent });
        this.release("interrupted");
        break;
      case "input_reply":
        this.inputs.push(request.value);
        this.release("ok");
        break;
      case "execute_request":
        this.run(request);
        break;
      default:
        throw new Error(`no script for ${request.type}`);
    }
  }

  private run(request: Execute): void {
    this.ran.push(request.code);
    const end = this.scripts[request.code]?.(request, this.emit) ?? "ok";
    if (end === "dies") this.die("The kernel was ended by the signal SIGSEGV.");
    else if (end === "hangs") this.hanging = request;
    else if (end !== "deaf") this.reply(request.id, end);
  }

  private release(status: "ok" | "interrupted"): void {
    if (this.hanging) this.reply(this.hanging.id, status);
    this.hanging = undefined;
  }

  private reply(parent: string, status: "ok" | "error" | "interrupted"): void {
    this.emit({ type: "execute_reply", parent, status, executionCount: ++this.count, milliseconds: 5 });
  }
}

/** A cell that prints a text. */
export const prints =
  (text: string): Script =>
  ({ id, cellId }, emit) => {
    emit({ type: "stream", name: "stdout", text, parent: id, cellId });
    return "ok";
  };

/** A cell that reads who a patient is, and goes on as another. */
export const reads =
  (source: string, then: Script): Script =>
  (request, emit) => {
    emit({ type: "identities", parent: request.id, patterns: [{ kind: "patient name", source }] });
    return then(request, emit);
  };

/** A cell that throws. */
export const throws: Script = ({ id, cellId }, emit) => {
  emit({
    type: "error",
    ename: "RangeError",
    evalue: "too far",
    traceback: ["RangeError: too far"],
    parent: id,
    cellId,
  });
  return "error";
};
