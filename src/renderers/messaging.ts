/** Channels from a display to the kernel, where the front end passes messages on. */
import type { RendererContext } from "vscode-notebook-renderer";
import type { CommMessage, RendererMessage } from "../protocol/index.js";

type Data = Readonly<Record<string, unknown>>;

/** A display's end of a two-way channel; the kernel's end is a comm. */
export interface DisplayChannel {
  /** Sends data, which must be JSON. */
  send(data: Data): void;
  onMessage(listener: (data: Data) => void): void;
  /** Called once, when the kernel has ended or wants no more of this channel. */
  onClose(listener: () => void): void;
  close(): void;
}

/** Milliseconds after which a question counts as not answered: a kernel's cell may hold its thread for a while. */
export const PATIENCE = 60_000;

/** The data that answered a question; `silent` where nothing came for a minute, `over` where the channel is closed. */
export type Reply = Data | "silent" | "over";

/** Asks over a channel: each question bears a number, and the message that bears the same one is its answer. */
export function asker(channel: DisplayChannel): (question: Data) => Promise<Reply> {
  const waiting = new Map<unknown, (reply: Reply) => void>();
  let [count, isOver] = [0, false];
  channel.onMessage((data) => waiting.get(data["number"])?.(data));
  channel.onClose(() => {
    isOver = true;
    for (const answer of [...waiting.values()]) answer("over");
  });
  return (question) => {
    if (isOver) return Promise.resolve("over");
    return new Promise((resolve) => {
      const number = ++count;
      const timer = setTimeout(() => waiting.get(number)?.("silent"), PATIENCE);
      waiting.set(number, (reply) => {
        clearTimeout(timer);
        waiting.delete(number);
        resolve(reply);
      });
      channel.send({ number, ...question });
    });
  };
}

/** What the page around a display offers it. */
export interface RendererHost {
  /** Opens a channel to what the kernel has under a name; absent where no messages are passed on. */
  readonly openChannel?: (target: string, data: Data) => DisplayChannel;
}

/** The part of VS Code's renderer context that passes messages on. */
type Messaging = Partial<Pick<RendererContext<unknown>, "postMessage" | "onDidReceiveMessage">>;

/** The host that a notebook renderer's context makes. */
export function hostOf({ postMessage, onDidReceiveMessage }: Messaging): RendererHost {
  if (!postMessage || !onDidReceiveMessage) return {};
  const channels = new Map<string, { receive(message: CommMessage): void }>();
  const post = (message: CommMessage): void => {
    postMessage({ type: "comm_message", message } satisfies RendererMessage);
  };
  onDidReceiveMessage(({ message }: RendererMessage) => {
    channels.get(message.commId)?.receive(message);
  });
  return {
    openChannel(target, data) {
      const commId = crypto.randomUUID();
      const messageListeners: ((data: Data) => void)[] = [];
      const closeListeners: (() => void)[] = [];
      channels.set(commId, {
        receive(message) {
          if (message.action === "message") for (const listener of messageListeners) listener(message.data);
          if (message.action !== "close") return;
          channels.delete(commId);
          for (const listener of closeListeners) listener();
        },
      });
      post({ action: "open", commId, target, data });
      return {
        send: (sent) => {
          post({ action: "message", commId, data: sent });
        },
        onMessage: (listener) => {
          messageListeners.push(listener);
        },
        onClose: (listener) => {
          closeListeners.push(listener);
        },
        close: () => {
          if (channels.delete(commId)) post({ action: "close", commId, data: {} });
        },
      };
    },
  };
}
