import type { CommMessage, KernelEvent, SpawnOptions } from "../../protocol/index.js";
import { KernelChild } from "./child.js";
import { CodeAssistant, type AssistantOptions } from "./completion.js";
import type { Connection } from "./connection.js";
import { Executions } from "./execution.js";
import { Outlet, type Request } from "./outlet.js";
import { Sockets, type RequestChannel } from "./sockets.js";
import {
  commFromJupyter,
  commToJupyter,
  failure,
  kernelInfo,
  sentenceError,
  status,
  toIopub,
} from "./translate.js";
import { typescriptVersion } from "../supervise/typescriptVersion.js";
import type { JsonObject, JupyterMessage } from "./wire.js";

/** How long answers that need the kernel's supervisor may take, in milliseconds. */
const ANSWER_MILLISECONDS = 3000;

/** What the bridge is started with. */
export interface BridgeOptions {
  readonly connection: Connection;
  readonly spawn: SpawnOptions;
  readonly assistant: AssistantOptions;
  /** Takes lines for the log of whoever started the bridge. */
  readonly log: (line: string) => void;
  /** Called once when the bridge has ended: shut down by a front end, or by `end`. */
  readonly onEnd: () => void;
}

/**
 * Jupyter's side of the kernel: owns the sockets and runs the kernel as its child, so that a kernel that dies costs its
 * variables and no more.
 */
export class Bridge {
  private readonly sockets: Sockets;
  private readonly outlet: Outlet;
  private readonly child: KernelChild;
  private readonly executions: Executions;
  private readonly assistant: CodeAssistant;
  /** Comms that are open: id -> target. */
  private readonly comms = new Map<string, string>();
  private ending: Promise<void> | undefined;

  constructor(private readonly options: BridgeOptions) {
    this.sockets = new Sockets(options.connection, options.log);
    this.outlet = new Outlet((channel, message) => {
      this.sockets.send(channel, message);
    });
    this.child = new KernelChild(options.spawn, {
      onEvent: (event) => {
        this.hear(event);
      },
      onDeath: (reason) => {
        this.comms.clear();
        this.assistant.forget();
        this.executions.onDeath(reason);
      },
    });
    this.assistant = new CodeAssistant(options.assistant);
    this.executions = new Executions(this.child, this.outlet, (cellId, code) => {
      this.assistant.remember(cellId, code);
    });
  }

  /**
   * Starts the kernel and listens.
   * @throws Error of ZeroMQ's when an address is taken.
   */
  async open(): Promise<void> {
    this.child.start();
    await this.sockets.open((channel, message) => {
      this.receive(channel, message);
    });
    this.outlet.publish(status("starting"), undefined);
  }

  /** Stops the running cell. */
  interrupt(): Promise<void> {
    return this.executions.interrupt();
  }

  /** Ends the kernel and closes the sockets. `goodbye` says what front ends are still to hear. */
  end(goodbye?: () => void): Promise<void> {
    this.ending ??= (async () => {
      this.assistant.close();
      await this.child.stop();
      goodbye?.();
      await this.sockets.close();
      this.options.onEnd();
    })();
    return this.ending;
  }

  private receive(channel: RequestChannel, message: JupyterMessage): void {
    if (this.ending) return;
    const { msg_type: type } = message.header;
    if (channel === "stdin") {
      if (type === "input_reply") this.executions.answer(message);
    } else if (type === "execute_request") this.executions.add({ channel, message });
    else if (type === "shutdown_request") this.shutdown({ channel, message });
    else void this.handle({ channel, message });
  }

  private async handle(request: Request): Promise<void> {
    const { header } = request.message;
    this.outlet.publish(status("busy"), header);
    try {
      const content = await this.answer(request);
      if (content) this.outlet.reply(request, content);
    } catch (error) {
      this.options.log(
        `${header.msg_type}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
      );
      this.outlet.reply(request, failure(sentenceError("BridgeError", "The request could not be answered.")));
    }
    this.outlet.publish(status("idle"), header);
    this.executions.repeatBusy();
  }

  /** The content of a request's reply; `undefined` for messages that get none. */
  private async answer(request: Request): Promise<JsonObject | undefined> {
    const { header, content } = request.message;
    switch (header.msg_type) {
      case "kernel_info_request":
        return kernelInfo(typescriptVersion());
      case "complete_request":
        return this.assistant.complete(textOf(content), cursorOf(content));
      case "inspect_request":
        return this.assistant.inspect(textOf(content), cursorOf(content));
      case "is_complete_request":
        return this.isComplete(textOf(content));
      case "history_request":
        return { status: "ok", history: [] };
      case "comm_info_request":
        return { status: "ok", comms: this.openComms(content["target_name"]) };
      case "comm_open":
      case "comm_msg":
      case "comm_close":
        this.forwardComm(request);
        return undefined;
      case "interrupt_request":
        await this.executions.interrupt();
        return { status: "ok" };
      default:
        return header.msg_type.endsWith("_request") ? unknownRequest(header.msg_type) : undefined;
    }
  }

  private async isComplete(code: string): Promise<JsonObject> {
    const request = { type: "is_complete_request", id: this.child.newId(), code } as const;
    const reply = await this.child.request(request, ANSWER_MILLISECONDS);
    if (!reply) return { status: "unknown" };
    return reply.status === "incomplete"
      ? { status: reply.status, indent: reply.indent }
      : { status: reply.status };
  }

  private shutdown(request: Request): void {
    const content = { status: "ok", restart: request.message.content["restart"] === true };
    const { header } = request.message;
    this.outlet.publish(status("busy"), header);
    void this.end(() => {
      this.outlet.reply(request, content);
      this.outlet.publish({ type: "shutdown_reply", content }, header);
      this.outlet.publish(status("idle"), header);
    });
  }

  /** An event of the kernel's. */
  private hear(event: KernelEvent): void {
    if (event.type === "comm_message") this.noteComm(event.message);
    if (event.type === "query") this.assistant.learn(event.query);
    if (toIopub(event, 0) || event.type === "input_request") this.executions.onEvent(event);
  }

  private forwardComm(request: Request): void {
    const { header, content } = request.message;
    const message = commFromJupyter(header.msg_type, content);
    if (!message) return;
    this.executions.note(request);
    if (this.child.alive) {
      this.noteComm(message);
      this.child.send({ type: "comm_message", id: header.msg_id, message });
    } else if (message.action === "open") {
      const close: CommMessage = { action: "close", commId: message.commId, data: {} };
      this.outlet.publish(commToJupyter(close), header);
    }
  }

  private noteComm({ action, commId, target }: CommMessage): void {
    if (action === "open") this.comms.set(commId, target ?? "");
    else if (action === "close") this.comms.delete(commId);
  }

  private openComms(target: unknown): JsonObject {
    const wanted = [...this.comms].filter(([, name]) => typeof target !== "string" || name === target);
    return Object.fromEntries(wanted.map(([id, name]) => [id, { target_name: name }]));
  }
}

function textOf(content: JsonObject): string {
  return typeof content["code"] === "string" ? content["code"] : "";
}

/** The cursor in code points, `undefined` for the end of the code. */
function cursorOf(content: JsonObject): number | undefined {
  return typeof content["cursor_pos"] === "number" ? content["cursor_pos"] : undefined;
}

function unknownRequest(type: string): JsonObject {
  const evalue =
    type === "debug_request"
      ? "This kernel has no debugger on Jupyter's protocol."
      : `This kernel knows no ${type}.`;
  return failure(sentenceError("NotSupported", evalue));
}
