import type { KernelEvent, KernelRequest, SpawnedKernel, SpawnOptions } from "../../protocol/index.js";
import { spawnKernel } from "../spawn.js";

/** How long the kernel may take to end by itself, in milliseconds. */
const SHUTDOWN_MILLISECONDS = 1500;

/** Events that answer one request, and nothing else. */
type Reply = Extract<KernelEvent, { type: `${string}_reply` }>;
type ReplyTo<R extends KernelRequest["type"]> = R extends `${infer Name}_request`
  ? Extract<Reply, { type: `${Name}_reply` }>
  : never;

export interface ChildListener {
  /** An event that is no reply. */
  onEvent(event: KernelEvent): void;
  /** The kernel ended without having been asked to; requests that wait are told first. */
  onDeath(reason: string): void;
}

interface Running {
  readonly kernel: SpawnedKernel;
  readonly waiting: Map<string, (reply: Reply | undefined) => void>;
}

/** The kernel's process; it may die and be started anew any number of times. */
export class KernelChild {
  private running: Running | undefined;
  private counter = 0;

  constructor(
    private readonly options: SpawnOptions,
    private readonly listener: ChildListener,
  ) {}

  get alive(): boolean {
    return this.running !== undefined;
  }

  /** Starts the process unless it runs. */
  start(): void {
    if (this.running) return;
    const kernel = spawnKernel(this.options);
    const running: Running = { kernel, waiting: new Map() };
    this.running = running;
    kernel.onEvent((event) => {
      if (isReply(event)) settle(running, event.parent, event);
      else this.listener.onEvent(event);
    });
    kernel.onDeath((reason) => {
      if (this.running === running) this.running = undefined;
      this.listener.onDeath(reason);
      for (const id of [...running.waiting.keys()]) settle(running, id, undefined);
    });
  }

  /** An id that no request of a front end has. */
  newId(): string {
    return `bridge-${++this.counter}`;
  }

  /** Sends a request that has no reply; dropped when no kernel runs. */
  send(request: KernelRequest): void {
    this.running?.kernel.send(request);
  }

  /** Sends a request; resolves to its reply, or to `undefined` when the kernel dies, is not there or does not answer in time. */
  request<R extends KernelRequest>(
    request: R,
    milliseconds = Number.POSITIVE_INFINITY,
  ): Promise<ReplyTo<R["type"]> | undefined> {
    const { running } = this;
    if (!running) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const limit = Number.isFinite(milliseconds)
        ? setTimeout(() => {
            settle(running, request.id, undefined);
          }, milliseconds)
        : undefined;
      running.waiting.set(request.id, (reply) => {
        clearTimeout(limit);
        resolve(reply as ReplyTo<R["type"]> | undefined);
      });
      running.kernel.send(request);
    });
  }

  /** Ends the process at once; requests that wait are told through the listener. */
  kill(): void {
    this.running?.kernel.kill();
  }

  /** Asks the process to end, and ends it by force when it does not. */
  async stop(): Promise<void> {
    const { running } = this;
    await this.request({ type: "shutdown_request", id: this.newId() }, SHUTDOWN_MILLISECONDS);
    running?.kernel.kill();
  }
}

function isReply(event: KernelEvent): event is Reply {
  return event.type.endsWith("_reply");
}

function settle({ waiting }: Running, id: string, reply: Reply | undefined): void {
  const resolve = waiting.get(id);
  waiting.delete(id);
  resolve?.(reply);
}
