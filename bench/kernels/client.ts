import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as zeromq from "zeromq";
import {
  decodeMessage,
  encodeMessage,
  newHeader,
  type JsonObject,
  type JupyterMessage,
} from "../../src/kernel/jupyter/wire.js";

const LIMIT_MILLISECONDS = 60_000;

/** A Jupyter front end that loses no time: it waits for messages, not for clocks. Drives any kernel that speaks Jupyter's protocol. */
export class TimedClient {
  private readonly shell: zeromq.Dealer;
  private readonly subscriber: zeromq.Subscriber;
  private readonly waiting = new Set<{
    fits: (message: JupyterMessage) => boolean;
    take: (message: JupyterMessage) => void;
  }>();
  /** Characters of stream text that have arrived. */
  streamed = 0;
  private heard = false;

  private constructor(
    readonly process: ChildProcess,
    private readonly folder: string,
    private readonly key: string,
    private readonly session: string,
    ports: readonly number[],
  ) {
    this.shell = new zeromq.Dealer({ linger: 0, routingId: session });
    this.subscriber = new zeromq.Subscriber({ linger: 0, receiveHighWaterMark: 0 });
    this.shell.connect(`tcp://127.0.0.1:${ports[0]}`);
    this.subscriber.connect(`tcp://127.0.0.1:${ports[1]}`);
    this.subscriber.subscribe();
    void this.listen(this.shell);
    void this.listen(this.subscriber, () => (this.heard = true));
  }

  /** Starts a kernel; `command` gets the path of the connection file. */
  static async start(command: (connectionFile: string) => readonly string[]): Promise<TimedClient> {
    const folder = mkdtempSync(join(tmpdir(), "spinebook-bench-"));
    const ports = await freePorts(5);
    const [key, session] = [randomUUID(), randomUUID()];
    const [shell_port, iopub_port, stdin_port, control_port, hb_port] = ports;
    const file = join(folder, "connection.json");
    writeFileSync(
      file,
      JSON.stringify({
        transport: "tcp",
        ip: "127.0.0.1",
        key,
        signature_scheme: "hmac-sha256",
        kernel_name: "bench",
        ...{ shell_port, iopub_port, stdin_port, control_port, hb_port },
      }),
    );
    const [program, ...args] = command(file);
    const child = spawn(program!, args, { cwd: folder, stdio: "ignore" });
    const client = new TimedClient(child, folder, key, session, ports);
    await client.ready();
    return client;
  }

  /** Runs a cell; resolves when the kernel has replied. (Some kernels lose the `idle` that follows it.) */
  async execute(code: string): Promise<JsonObject> {
    const content = { code, silent: false, store_history: true, allow_stdin: false, stop_on_error: true };
    const id = this.send("execute_request", { ...content, user_expressions: {} });
    const reply = await this.message(id, ({ header }) => header.msg_type === "execute_reply");
    if (reply.content["status"] !== "ok")
      throw new Error(`The cell failed: ${JSON.stringify(reply.content).slice(0, 300)}`);
    return reply.content;
  }

  /** Sends a request; resolves to its reply. */
  async request(type: string, content: JsonObject): Promise<JsonObject> {
    const id = this.send(type, content);
    return (await this.message(id, ({ header }) => header.msg_type.endsWith("_reply"))).content;
  }

  close(): void {
    this.process.kill("SIGKILL");
    this.shell.close();
    this.subscriber.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Asks until the answer is seen on the iopub socket too: what it says before its subscription arrives is lost. */
  private async ready(): Promise<void> {
    const end = Date.now() + LIMIT_MILLISECONDS;
    while (!this.heard) {
      if (Date.now() > end) throw new Error("The kernel does not answer.");
      this.send("kernel_info_request", {});
      await new Promise((done) => setTimeout(done, 20));
    }
  }

  private send(type: string, content: JsonObject): string {
    const header = newHeader(type, this.session);
    const message = { identities: [], header, parentHeader: {}, metadata: {}, content, buffers: [] };
    void this.shell.send(encodeMessage(message, this.key));
    return header.msg_id;
  }

  private message(id: string, fits: (message: JupyterMessage) => boolean): Promise<JupyterMessage> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(new Error(`No answer within ${LIMIT_MILLISECONDS / 1000} s.`));
      }, LIMIT_MILLISECONDS);
      const waiter = {
        fits: (message: JupyterMessage) => message.parentHeader.msg_id === id && fits(message),
        take: (message: JupyterMessage) => {
          clearTimeout(timer);
          this.waiting.delete(waiter);
          resolve(message);
        },
      };
      this.waiting.add(waiter);
    });
  }

  private async listen(socket: AsyncIterable<Buffer[]>, onMessage?: () => void): Promise<void> {
    for await (const frames of socket) {
      onMessage?.();
      const message = decodeMessage(frames, this.key);
      const { text } = message.content;
      if (message.header.msg_type === "stream" && typeof text === "string") this.streamed += text.length;
      for (const waiter of [...this.waiting]) if (waiter.fits(message)) waiter.take(message);
    }
  }
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
