import { randomUUID } from "node:crypto";
import type { CommMessage, KernelEvent } from "../../protocol/index.js";
import { presentRun, stamped } from "./context.js";
import { Map } from "./primordials.js";

type Data = Readonly<Record<string, unknown>>;
type Handler = (data: Data) => void;
type Post = (event: Extract<KernelEvent, { type: "comm_message" }>) => void;

/** One end of a two-way channel between a cell and a display in the front end. */
export class Comm {
  private readonly messageHandlers: Handler[] = [];
  private readonly closeHandlers: Handler[] = [];

  constructor(
    readonly id: string,
    private readonly post: (message: CommMessage) => void,
  ) {}

  /** Sends data, which must be JSON. */
  send(data: Data): void {
    this.post({ action: "message", commId: this.id, data });
  }

  onMessage(handler: Handler): void {
    this.messageHandlers.push(following(handler));
  }

  onClose(handler: Handler): void {
    this.closeHandlers.push(following(handler));
  }

  close(data: Data = {}): void {
    this.post({ action: "close", commId: this.id, data });
  }

  /** Takes what the front end sent. */
  receive({ action, data }: CommMessage): void {
    for (const handler of action === "close" ? this.closeHandlers : this.messageHandlers) handler(data);
  }
}

/** What a handler writes belongs to the cell that gave it. */
function following<T extends unknown[]>(handler: (...values: T) => void): (...values: T) => void {
  const run = presentRun();
  return run === undefined ? handler : stamped(run, handler);
}

/** The comms of a session (Jupyter's `comm_open`, `comm_msg`, `comm_close`). */
export class Comms {
  private readonly open = new Map<string, Comm>();
  private readonly targets = new Map<string, (comm: Comm, data: Data) => void>();

  constructor(private readonly post: Post) {}

  /** The object `comms` of cells. */
  asGlobal(): object {
    return {
      open: (target: string, data: Data = {}): Comm => {
        const comm = this.create(randomUUID());
        this.send({ action: "open", commId: comm.id, target, data });
        return comm;
      },
      onOpen: (target: string, handler: (comm: Comm, data: Data) => void): void => {
        this.answer(target, handler);
      },
    };
  }

  /** Answers channels that the front end opens under this name. */
  answer(target: string, handler: (comm: Comm, data: Data) => void): void {
    this.targets.set(target, following(handler));
  }

  /** Takes what the front end sent; a target that no cell answers is closed at once, as Jupyter asks. */
  receive(message: CommMessage): void {
    const known = this.open.get(message.commId);
    if (message.action === "open") {
      const handler = this.targets.get(message.target ?? "");
      if (handler === undefined) this.send({ action: "close", commId: message.commId, data: {} });
      else handler(this.create(message.commId), message.data);
      return;
    }
    if (message.action === "close") this.open.delete(message.commId);
    known?.receive(message);
  }

  private create(id: string): Comm {
    const comm = new Comm(id, (message) => {
      if (message.action === "close") this.open.delete(id);
      this.send(message);
    });
    this.open.set(id, comm);
    return comm;
  }

  private send(message: CommMessage): void {
    this.post({ type: "comm_message", parent: presentRun()?.parent ?? "", message });
  }
}
