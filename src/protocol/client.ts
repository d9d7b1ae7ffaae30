import { ReadIdentities } from "./identities.js";
import type {
  CommMessage,
  IdentityFinding,
  KernelEvent,
  KernelRequest,
  QueryColumns,
  VariableInfo,
} from "./messages.js";

/** A two-way message channel to a kernel, such as a child process' IPC channel. */
export interface KernelChannel {
  send(request: KernelRequest): void;
  onEvent(listener: (event: KernelEvent) => void): void;
  /** Called once, with a sentence for people, when the kernel ends without having been asked to. */
  onDeath(listener: (reason: string) => void): void;
}

/** How often {@link KernelClient.started} says that it still waits, in milliseconds. */
const WAIT_REMARK_MILLISECONDS = 15_000;

/** How one cell's execution ended. */
export interface ExecutionOutcome {
  readonly status: "ok" | "error" | "interrupted" | "died";
  readonly executionCount: number;
  readonly milliseconds: number;
  /** A sentence for people when the kernel died. */
  readonly reason?: string;
}

/** An event that belongs to a cell. */
export type CellEvent = KernelEvent & { readonly cellId: string };

export interface ClientOptions {
  /** Whether cells may ask for input; yes by default. */
  readonly allowInput?: boolean;
  /** Told all cells whose results rest on definitions that have changed since, whenever that list may have changed. */
  readonly onStale?: (cells: readonly string[]) => void;
  /** Told what cells say to displays. */
  readonly onComm?: (message: CommMessage) => void;
  /** Told the columns of queries that cells run. */
  readonly onQuery?: (query: QueryColumns) => void;
  /** Told the identities that cells read, so that they outlive this client; the client's own by default. */
  readonly identities?: ReadIdentities;
}

/**
 * Sends requests over a channel and pairs each with its reply. Events that belong to a cell go to `onCellEvent`, also
 * when they arrive after the cell's reply (timers, promises).
 */
export class KernelClient {
  private counter = 0;
  /** The last request before the latest reset: what its cells, and those before, still say is nobody's any more. */
  private forgotten = 0;
  private death: string | undefined;
  private readonly identities: ReadIdentities;
  private readonly waiting = new Map<string, (event: KernelEvent | undefined) => void>();

  constructor(
    private readonly channel: KernelChannel,
    onCellEvent: (event: CellEvent) => void,
    private readonly options: ClientOptions = {},
  ) {
    this.identities = options.identities ?? new ReadIdentities();
    channel.onEvent((event) => {
      if ("cellId" in event) {
        if (this.forgotten === 0 || Number(event.parent.slice(1)) > this.forgotten) onCellEvent(event);
      } else if (event.type === "stale_cells") options.onStale?.(event.cells);
      else if (event.type === "comm_message") options.onComm?.(event.message);
      else if (event.type === "identities") this.identities.learn(event.patterns);
      else if (event.type === "query") options.onQuery?.(event.query);
      else if (event.type !== "status") this.settle(event.parent, event);
    });
    channel.onDeath((reason) => {
      this.end(reason);
    });
  }

  /** Runs one cell; resolves when the kernel replies or dies, never rejects. */
  async execute(cellId: string, code: string): Promise<ExecutionOutcome> {
    const started = Date.now();
    const allowInput = this.options.allowInput ?? true;
    const reply = await this.request((id) => ({ type: "execute_request", id, cellId, code, allowInput }));
    if (reply?.type === "execute_reply")
      return { status: reply.status, executionCount: reply.executionCount, milliseconds: reply.milliseconds };
    return {
      status: "died",
      executionCount: 0,
      milliseconds: Date.now() - started,
      reason: this.death ?? "The kernel ended.",
    };
  }

  /** Asks the kernel to stop the running cell and keep its state; resolves when it answers or dies. */
  async interrupt(): Promise<void> {
    await this.request((id) => ({ type: "interrupt_request", id }));
  }

  /** Waits until the kernel answers; the reply tells its versions, `undefined` that it died. */
  async info(): Promise<Extract<KernelEvent, { type: "kernel_info_reply" }> | undefined> {
    const reply = await this.request((id) => ({ type: "kernel_info_request", id }));
    return reply?.type === "kernel_info_reply" ? reply : undefined;
  }

  /**
   * Waits until a kernel that was just started answers, for as long as its process lives: a machine under load may take
   * minutes.
   * @param onWait Told now and then for how many seconds it has been waited.
   * @param signal Ends the wait; the answer is then `undefined`, as for a kernel that died.
   */
  async started(
    onWait: (seconds: number) => void,
    signal?: AbortSignal,
  ): Promise<Extract<KernelEvent, { type: "kernel_info_reply" }> | undefined> {
    const begin = Date.now();
    const timer = setInterval(() => {
      onWait(Math.round((Date.now() - begin) / 1000));
    }, WAIT_REMARK_MILLISECONDS);
    let stop: (() => void) | undefined;
    const stopped = new Promise<undefined>((resolve) => {
      stop = () => {
        resolve(undefined);
      };
      if (signal?.aborted === true) stop();
      else signal?.addEventListener("abort", stop);
    });
    try {
      return await Promise.race([this.info(), stopped]);
    } finally {
      clearInterval(timer);
      if (stop) signal?.removeEventListener("abort", stop);
    }
  }

  /** The variables that cells have declared; empty when the kernel has died. Waits while a cell blocks its thread. */
  async variables(): Promise<readonly VariableInfo[]> {
    const reply = await this.request((id) => ({ type: "variables_request", id }));
    return reply?.type === "variables_reply" ? reply.variables : [];
  }

  /** Waits, up to 2 s, until what cells have left behind (timers, files, sockets) has said and thrown what it had to. */
  async quiet(): Promise<void> {
    await this.request((id) => ({ type: "quiet_request", id }));
  }

  /**
   * Has the kernel forget the cells so far; packages, and models that they have loaded, stay. Identities that were read are still
   * looked for.
   * @returns whether nothing is left of them that later cells could see; if not, only a fresh kernel helps
   */
  async reset(): Promise<boolean> {
    const reply = await this.request((id) => ({ type: "reset_request", id }));
    this.forgotten = this.counter;
    return reply?.type === "reset_reply" && reply.clean;
  }

  /** Which texts hold an identity that cells have read, also while a cell runs and when the kernel has died. */
  findIdentity(texts: readonly string[]): readonly IdentityFinding[] {
    return this.identities.find(texts);
  }

  /** Answers an `input_request`; `null` when the user gave no answer. */
  input(parent: string, value: string | null): void {
    this.channel.send({ type: "input_reply", id: parent, value });
  }

  /** Passes a display's message on to the cell that listens for it. */
  comm(message: CommMessage): void {
    if (this.death === undefined)
      this.channel.send({ type: "comm_message", id: `c${++this.counter}`, message });
  }

  /** Asks the kernel to end; resolves when it has. Whatever else waits, or is asked later, is told that it was stopped. */
  async shutdown(): Promise<void> {
    await this.request((id) => ({ type: "shutdown_request", id }));
    this.end("The kernel was stopped.");
  }

  private end(reason: string): void {
    this.death ??= reason;
    for (const id of [...this.waiting.keys()]) this.settle(id, undefined);
  }

  private request(make: (id: string) => KernelRequest): Promise<KernelEvent | undefined> {
    if (this.death !== undefined) return Promise.resolve(undefined);
    const id = `r${++this.counter}`;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.channel.send(make(id));
    });
  }

  private settle(id: string, event: KernelEvent | undefined): void {
    const resolve = this.waiting.get(id);
    this.waiting.delete(id);
    resolve?.(event);
  }
}
