import { randomUUID } from "node:crypto";
import type { ReplyChannel } from "./sockets.js";
import type { Outgoing } from "./translate.js";
import { newHeader, type Header, type JsonObject, type JupyterMessage } from "./wire.js";

/** What a request is answered by: who asked, where, and with which header. */
export interface Request {
  readonly channel: "shell" | "control";
  readonly message: JupyterMessage;
}

/** Puts headers to what the bridge says, and sends it. */
export class Outlet {
  private readonly session = randomUUID();

  constructor(private readonly send: (channel: ReplyChannel, message: JupyterMessage) => void) {}

  /** Tells all front ends. `parent` is the header of the request that caused it; `undefined`: none did. */
  publish(outgoing: Outgoing, parent: Header | undefined): void {
    this.say("iopub", outgoing, parent, [Buffer.from(outgoing.type)]);
  }

  /** Answers a request: `x_request` by `x_reply`. */
  reply({ channel, message }: Request, content: JsonObject): void {
    const type = message.header.msg_type.replace(/_request$/, "_reply");
    this.say(channel, { type, content }, message.header, message.identities);
  }

  /** Asks the front end that sent a request; returns the id of the question. */
  ask(outgoing: Outgoing, { message }: Request): string {
    return this.say("stdin", outgoing, message.header, message.identities).msg_id;
  }

  private say(
    channel: ReplyChannel,
    { type, content }: Outgoing,
    parent: Header | undefined,
    identities: readonly Buffer[],
  ): Header {
    const header = newHeader(type, this.session);
    this.send(channel, {
      identities,
      header,
      parentHeader: parent ?? {},
      metadata: {},
      content,
      buffers: [],
    });
    return header;
  }
}
