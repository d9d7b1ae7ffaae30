import type { KernelEvent } from "../../protocol/index.js";
import { Causes, type Cause } from "./causes.js";
import type { KernelChild } from "./child.js";
import type { Outlet, Request } from "./outlet.js";
import {
  errorOutput,
  executeInput,
  executeReply,
  expressionValue,
  sentenceError,
  status,
  stream,
  toIopub,
  type CellError,
} from "./translate.js";
import { isJsonObject, type JsonObject, type JupyterMessage } from "./wire.js";

/** How long the kernel may take to stop a cell; it ends itself after two seconds. In milliseconds. */
const INTERRUPT_MILLISECONDS = 5000;

const STARTED_ANEW = "The kernel was started anew; variables are gone.\n";

type Reply = Extract<KernelEvent, { type: "execute_reply" }>;

/** What an `execute_request` asks for, with Jupyter's defaults. */
interface Order {
  readonly cellId: string;
  readonly code: string;
  readonly silent: boolean;
  readonly counts: boolean;
  readonly stopOnError: boolean;
  readonly allowInput: boolean;
  /** Name -> code of what is to be evaluated behind the cell. */
  readonly expressions: JsonObject;
}

/** Runs the cells that front ends send, one at a time, and publishes what they say. */
export class Executions {
  private readonly waiting: Request[] = [];
  private running: Cause | undefined;
  private readonly causes = new Causes();
  private latest: Cause | undefined;
  private readonly questions: { readonly id: string; readonly parent: string }[] = [];
  private executionCount = 0;
  /** Why the last kernel ended, until a front end has been told that there is a new one. */
  private death: string | undefined;

  constructor(
    private readonly child: KernelChild,
    private readonly outlet: Outlet,
    /** Told every cell that ended well. */
    private readonly onDone: (cellId: string, code: string) => void,
  ) {}

  /** Runs a cell when those before it have ended. */
  add(request: Request): void {
    this.waiting.push(request);
    if (!this.running) void this.runWaiting();
  }

  /** Remembers a request other than a cell whose events are to carry its header. */
  note(request: Request): void {
    this.causes.add({ request, silent: false, executionCount: this.executionCount });
  }

  /** Publishes an event of the kernel's with the header of the request that caused it, also long after its reply. */
  onEvent(event: KernelEvent): void {
    const known = this.causes.get(event.parent);
    if (known && event.type === "error") known.error = event;
    if (known?.heard) {
      known.heard.push(event);
      return;
    }
    if (event.type === "input_request") this.ask(event, known);
    const cause = known ?? this.latest;
    const outgoing = toIopub(event, cause?.executionCount ?? 0);
    if (outgoing && !known?.silent) this.outlet.publish(outgoing, cause?.request.message.header);
  }

  /** The kernel has died; a running cell is told by the reply that it lacks. */
  onDeath(reason: string): void {
    this.death = reason;
    this.questions.length = 0;
    if (!this.running && this.latest && !this.latest.silent)
      this.outlet.publish(stream("stderr", `${reason}\n`), this.latest.request.message.header);
  }

  /** Hands a front end's `input_reply` to the cell that asked; some front ends do not say which question they answer. */
  answer({ parentHeader, content }: JupyterMessage): void {
    const at = this.questions.findIndex(({ id }) => id === parentHeader.msg_id);
    const [question] = this.questions.splice(Math.max(at, 0), 1);
    if (!question) return;
    const value = typeof content["value"] === "string" ? content["value"] : null;
    this.child.send({ type: "input_reply", id: question.parent, value });
  }

  /** Stops the running cell, and what timers of earlier cells run; resolves when that is done. */
  async interrupt(): Promise<void> {
    if (!this.child.alive) return;
    const request = { type: "interrupt_request", id: this.child.newId() } as const;
    if (!(await this.child.request(request, INTERRUPT_MILLISECONDS))) this.child.kill();
  }

  /** Says again that a cell runs: front ends take the last status they saw as the kernel's, whatever request it was for. */
  repeatBusy(): void {
    if (this.running) this.outlet.publish(status("busy"), this.running.request.message.header);
  }

  private async runWaiting(): Promise<void> {
    for (let request = this.waiting.shift(); request; request = this.waiting.shift()) {
      const order = orderOf(request.message);
      const failed = await this.run(request, order);
      if (failed && order.stopOnError) this.abortWaiting();
    }
  }

  /** Runs one cell; whether it failed. */
  private async run(request: Request, order: Order): Promise<boolean> {
    const { header } = request.message;
    this.outlet.publish(status("busy"), header);
    const anew = !this.child.alive;
    if (anew) {
      this.child.start();
      this.executionCount = 0;
    }
    if (order.counts) this.executionCount += 1;
    const { executionCount } = this;
    const cause = this.causes.add({ request, silent: order.silent, executionCount });
    this.running = cause;
    this.latest = cause;
    if (!order.silent) {
      this.outlet.publish(executeInput(order.code, executionCount), header);
      if (this.death !== undefined) this.outlet.publish(stream("stderr", STARTED_ANEW), header);
      this.death = undefined;
    }
    const { code, cellId, allowInput } = order;
    const reply = await this.child.request({
      type: "execute_request",
      id: header.msg_id,
      cellId,
      code,
      allowInput,
      executionCount,
    });
    const error = this.errorOf(reply, cause);
    const values = error ? {} : await this.evaluate(order.expressions, cause);
    this.running = undefined;
    if (!error) this.onDone(cellId, code);
    this.outlet.reply(request, executeReply(executionCount, error, values));
    this.outlet.publish(status("idle"), header);
    return error !== undefined;
  }

  /** The values that a request asks for besides (its `user_expressions`), each by itself: one may fail alone. */
  private async evaluate(expressions: JsonObject, cause: Cause): Promise<JsonObject> {
    const values: Record<string, JsonObject> = {};
    for (const [name, code] of Object.entries(expressions)) {
      const heard: KernelEvent[] = [];
      const id = this.child.newId();
      this.causes.add({ ...cause, heard, error: undefined }, id);
      const { executionCount } = cause;
      const reply = await this.child.request({
        type: "execute_request",
        id,
        cellId: id,
        // Without its semicolon: it is asked for to be shown.
        code: textOf(code).replace(/[;\s]+$/, ""),
        allowInput: false,
        executionCount,
      });
      values[name] = expressionValue(heard, reply?.status ?? "died");
    }
    return values;
  }

  /** Why a cell did not end well; published here where the kernel itself could not. */
  private errorOf(reply: Reply | undefined, cause: Cause): CellError | undefined {
    if (reply?.status === "ok") return undefined;
    if (reply && cause.error) return cause.error;
    const error = reply
      ? sentenceError("Interrupted", "The cell was stopped; its variables are kept.")
      : sentenceError("KernelDied", this.death ?? "The kernel ended.");
    if (!cause.silent) this.outlet.publish(errorOutput(error), cause.request.message.header);
    return error;
  }

  private abortWaiting(): void {
    for (const request of this.waiting.splice(0)) {
      this.outlet.publish(status("busy"), request.message.header);
      this.outlet.reply(request, { status: "aborted" });
      this.outlet.publish(status("idle"), request.message.header);
    }
  }

  private ask(event: Extract<KernelEvent, { type: "input_request" }>, cause: Cause | undefined): void {
    const { parent, prompt, password } = event;
    if (!cause) this.child.send({ type: "input_reply", id: parent, value: null });
    else {
      const id = this.outlet.ask({ type: "input_request", content: { prompt, password } }, cause.request);
      this.questions.push({ id, parent });
    }
  }
}

function orderOf({ header, content, metadata }: JupyterMessage): Order {
  const cellId = metadata["cellId"];
  const code = content["code"];
  const silent = content["silent"] === true;
  return {
    cellId: typeof cellId === "string" && cellId !== "" ? cellId : header.msg_id,
    code: textOf(code),
    silent,
    counts: !silent && content["store_history"] !== false,
    stopOnError: content["stop_on_error"] !== false,
    allowInput: content["allow_stdin"] !== false,
    expressions: isJsonObject(content["user_expressions"]) ? content["user_expressions"] : {},
  };
}

function textOf(code: unknown): string {
  return typeof code === "string" ? code : "";
}
