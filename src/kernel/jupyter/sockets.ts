import * as zeromq from "zeromq";
import type { ChannelName, Connection } from "./connection.js";
import { decodeMessage, encodeMessage, signatureOf, WireError, type JupyterMessage } from "./wire.js";

/** How long the last messages may take to leave when the bridge ends, in milliseconds. */
const LINGER_MILLISECONDS = 1000;

/** How many signatures are remembered to tell a replayed message. */
const REMEMBERED_SIGNATURES = 5000;

/** The sockets that requests come in by. */
export type RequestChannel = "shell" | "control" | "stdin";
/** The sockets that messages go out by. */
export type ReplyChannel = Exclude<ChannelName, "heartbeat">;

/** A kernel's five ZeroMQ sockets: checks what comes in, signs what goes out, echoes heartbeats. */
export class Sockets {
  private readonly routers: Readonly<Record<RequestChannel, zeromq.Router>>;
  // No limit: front ends must not miss outputs of a flood, which the kernel itself bounds per cell.
  private readonly iopub = new zeromq.Publisher({ linger: LINGER_MILLISECONDS, sendHighWaterMark: 0 });
  private readonly heartbeat = new zeromq.Reply({ linger: 0 });
  private readonly seen = new Set<string>();
  private sending: Promise<void> = Promise.resolve();

  constructor(
    private readonly connection: Connection,
    private readonly log: (line: string) => void,
  ) {
    const router = (): zeromq.Router =>
      new zeromq.Router({ linger: LINGER_MILLISECONDS, sendHighWaterMark: 0, receiveHighWaterMark: 0 });
    this.routers = { shell: router(), control: router(), stdin: router() };
  }

  /**
   * Binds the sockets and hands every well-signed request to `onMessage`.
   * @throws Error of ZeroMQ's when an address is taken.
   */
  async open(onMessage: (channel: RequestChannel, message: JupyterMessage) => void): Promise<void> {
    const { addresses } = this.connection;
    await this.iopub.bind(addresses.iopub);
    await this.heartbeat.bind(addresses.heartbeat);
    void this.echo();
    for (const channel of ["stdin", "control", "shell"] as const) {
      await this.routers[channel].bind(addresses[channel]);
      void this.receive(channel, onMessage);
    }
  }

  /** Sends a message; those of all channels leave in the order of the calls. */
  send(channel: ReplyChannel, message: JupyterMessage): void {
    const frames = encodeMessage(message, this.connection.key);
    const socket = channel === "iopub" ? this.iopub : this.routers[channel];
    this.sending = this.sending.then(() =>
      socket.send(frames).catch((error: unknown) => {
        // A front end that left meanwhile is no news; a closed socket means that the bridge is ending.
        if (!socket.closed) this.log(`A message could not be sent: ${String(error)}`);
      }),
    );
  }

  /** Closes the sockets once what was sent has been handed over. */
  async close(): Promise<void> {
    await this.sending;
    for (const socket of [...Object.values(this.routers), this.iopub, this.heartbeat]) socket.close();
  }

  private async receive(
    channel: RequestChannel,
    onMessage: (channel: RequestChannel, message: JupyterMessage) => void,
  ): Promise<void> {
    for await (const frames of this.routers[channel]) {
      try {
        const message = decodeMessage(frames, this.connection.key);
        if (this.isReplay(frames)) this.log("A repeated Jupyter message was ignored.");
        else onMessage(channel, message);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        this.log(error.message);
      }
    }
  }

  private isReplay(frames: readonly Buffer[]): boolean {
    if (this.connection.key === "") return false;
    const signature = signatureOf(frames);
    if (this.seen.has(signature)) return true;
    this.seen.add(signature);
    if (this.seen.size > REMEMBERED_SIGNATURES) this.seen.delete(this.seen.values().next().value!);
    return false;
  }

  private async echo(): Promise<void> {
    for await (const frames of this.heartbeat) await this.heartbeat.send(frames);
  }
}
