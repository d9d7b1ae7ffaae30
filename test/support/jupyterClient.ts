import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import * as zeromq from "zeromq";
import {
  decodeMessage,
  encodeMessage,
  newHeader,
  type JsonObject,
  type JupyterMessage,
} from "../../src/kernel/jupyter/wire.js";

const LIMIT_MILLISECONDS = 40_000;

/** What a request came to: its reply, and what the iopub socket said about it until it was idle. */
export interface Answer {
  readonly reply: JsonObject;
  readonly iopub: readonly JupyterMessage[];
}

/** How the bridge is started for a test. */
export interface StartOptions {
  readonly transport?: "tcp" | "ipc";
  readonly key?: string;
  readonly settings?: JsonObject;
  readonly env?: Readonly<Record<string, string>>;
  /** The bridge leads a process group of its own, as in a terminal. */
  readonly detached?: boolean;
  /** What the bridge is started with, such as strace with its options. */
  readonly launcher?: readonly string[];
}

/** A Jupyter front end of our own: starts the built bridge as Jupyter does and talks to it over ZeroMQ. */
export class JupyterClient {
  /** Everything the iopub socket has said. */
  readonly iopub: JupyterMessage[] = [];
  /** What the bridge wrote to its stderr. */
  log = "";
  readonly exited: Promise<number | null>;
  /** Answers questions of cells; without it they wait. */
  onInput: ((request: JupyterMessage) => void) | undefined;
  private readonly session = randomUUID();
  private readonly replies: JupyterMessage[] = [];
  private readonly shell = new zeromq.Dealer({ linger: 0, routingId: this.session });
  private readonly control = new zeromq.Dealer({ linger: 0, routingId: this.session });
  private readonly stdin = new zeromq.Dealer({ linger: 0, routingId: this.session });
  private readonly heartbeat = new zeromq.Request({ linger: 0 });
  private readonly subscriber = new zeromq.Subscriber({ linger: 0 });

  private constructor(
    readonly folder: string,
    readonly bridge: ChildProcess,
    private readonly connection: JsonObject,
    readonly key: string,
  ) {
    bridge.stderr?.setEncoding("utf8").on("data", (text: string) => (this.log += text));
    this.exited = new Promise((done) => bridge.once("exit", done));
  }

  /** Starts the bridge in a fresh folder and waits until it answers. */
  static async start(options: StartOptions = {}): Promise<JupyterClient> {
    const {
      transport = "tcp",
      key = randomUUID(),
      settings = { fallbackPackages: {} },
      env = {},
      detached = false,
      launcher = [],
    } = options;
    const folder = mkdtempSync(join(tmpdir(), "spinebook-jupyter-"));
    const ports = transport === "tcp" ? await freePorts(5) : [1, 2, 3, 4, 5];
    const connection = {
      transport,
      ip: transport === "tcp" ? "127.0.0.1" : join(folder, "socket"),
      key,
      signature_scheme: "hmac-sha256",
      kernel_name: "spinebook",
      ...Object.fromEntries(
        ["shell", "control", "stdin", "iopub", "hb"].map((name, i) => [`${name}_port`, ports[i]!]),
      ),
    };
    const file = join(folder, "connection.json");
    writeFileSync(file, JSON.stringify(connection));
    const [program, ...args] = [
      ...launcher,
      process.execPath,
      resolve("dist/kernel/jupyter.js"),
      file,
      JSON.stringify(settings),
    ];
    const bridge = spawn(program, args, {
      cwd: folder,
      stdio: ["ignore", "inherit", "pipe"],
      env: { ...process.env, ...env },
      detached,
    });
    const client = new JupyterClient(folder, bridge, connection, key);
    client.connect();
    await client.ready();
    return client;
  }

  /** Sends a request and waits for its reply and its idle status. */
  async request(
    channel: "shell" | "control",
    type: string,
    content: JsonObject = {},
    metadata: JsonObject = {},
  ): Promise<Answer> {
    const id = this.send(channel, type, content, metadata);
    return { reply: await this.replyTo(id), iopub: await this.idle(id) };
  }

  /** Runs a cell. */
  execute(code: string, content: JsonObject = {}, metadata: JsonObject = {}): Promise<Answer> {
    return this.request("shell", "execute_request", { code, ...content }, metadata);
  }

  /** Sends a message; returns its id. */
  send(
    channel: "shell" | "control" | "stdin",
    type: string,
    content: JsonObject = {},
    metadata: JsonObject = {},
    key = this.key,
  ): string {
    const header = newHeader(type, this.session);
    const message = { identities: [], header, parentHeader: {}, metadata, content, buffers: [] };
    void this[channel].send(encodeMessage(message, key));
    return header.msg_id;
  }

  /** The content of the reply to a request. */
  async replyTo(id: string): Promise<JsonObject> {
    const find = (): JupyterMessage | undefined =>
      this.replies.find(({ parentHeader }) => parentHeader.msg_id === id);
    await waitFor(
      () => find() !== undefined,
      `the reply to ${id}`,
      () => this.log,
    );
    return find()!.content;
  }

  /** The replies of a type that have come so far. */
  repliesOf(type: string): readonly JupyterMessage[] {
    return this.replies.filter(({ header }) => header.msg_type === type);
  }

  /** What the iopub socket said about a request, once it is idle. */
  async idle(id: string): Promise<readonly JupyterMessage[]> {
    const about = (): JupyterMessage[] => this.iopub.filter(({ parentHeader }) => parentHeader.msg_id === id);
    await waitFor(
      () => about().some(({ content }) => content["execution_state"] === "idle"),
      `idle after ${id}`,
      () => this.log,
    );
    return about();
  }

  /** Waits for a message on the iopub socket. */
  async published(
    type: string,
    fits: (message: JupyterMessage) => boolean = () => true,
  ): Promise<JupyterMessage> {
    const find = (): JupyterMessage | undefined =>
      this.iopub.find((message) => message.header.msg_type === type && fits(message));
    await waitFor(
      () => find() !== undefined,
      `a message ${type}`,
      () => this.log,
    );
    return find()!;
  }

  /** Sends a text to the heartbeat socket and gives what comes back. */
  async beat(text: string): Promise<string> {
    await this.heartbeat.send(text);
    const [answer] = await this.heartbeat.receive();
    return String(answer);
  }

  /** Ends the bridge, by force where it does not follow. */
  async close(): Promise<void> {
    if (this.bridge.exitCode === null && this.bridge.signalCode === null) this.bridge.kill("SIGTERM");
    const force = setTimeout(() => this.bridge.kill("SIGKILL"), 5000);
    await this.exited;
    clearTimeout(force);
    for (const socket of [this.shell, this.control, this.stdin, this.heartbeat, this.subscriber])
      socket.close();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private connect(): void {
    const { transport, ip } = this.connection as { transport: string; ip: string };
    const address = (name: string): string =>
      `${transport}://${ip}${transport === "tcp" ? ":" : "-"}${String(this.connection[`${name}_port`])}`;
    this.shell.connect(address("shell"));
    this.control.connect(address("control"));
    this.stdin.connect(address("stdin"));
    this.heartbeat.connect(address("hb"));
    this.subscriber.connect(address("iopub"));
    this.subscriber.subscribe();
    void this.listen(this.shell, (message) => this.replies.push(message));
    void this.listen(this.control, (message) => this.replies.push(message));
    void this.listen(this.stdin, (message) => this.onInput?.(message));
    void this.listen(this.subscriber, (message) => this.iopub.push(message));
  }

  private async listen(
    socket: AsyncIterable<Buffer[]>,
    take: (message: JupyterMessage) => void,
  ): Promise<void> {
    for await (const frames of socket) take(decodeMessage(frames, this.key));
  }

  /** As Jupyter's own clients: asks until the answer is seen on the iopub socket too, whose subscription comes late. */
  private async ready(): Promise<void> {
    for (let tries = 0; this.iopub.length === 0; tries++) {
      if (tries === 20 || this.bridge.exitCode !== null)
        throw new Error(`The bridge does not answer. ${this.log}`);
      await this.replyTo(this.send("shell", "kernel_info_request"));
      await sleep(50);
    }
  }
}

/** The outputs among iopub messages: type and content, texts of one stream joined. */
export function outputsOf(iopub: readonly JupyterMessage[]): { type: string; content: JsonObject }[] {
  const outputs: { type: string; content: JsonObject }[] = [];
  for (const { header, content } of iopub) {
    const type = header.msg_type;
    const last = outputs.at(-1);
    if (type === "status" || type === "execute_input") continue;
    if (type === "stream" && last?.type === "stream" && last.content["name"] === content["name"])
      last.content = { ...content, text: `${String(last.content["text"])}${String(content["text"])}` };
    else outputs.push({ type, content });
  }
  return outputs;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((done) => setTimeout(done, milliseconds));
}

async function waitFor(condition: () => boolean, what: string, log: () => string): Promise<void> {
  const end = Date.now() + LIMIT_MILLISECONDS;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain for ${what}. ${log()}`);
    await sleep(5);
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
