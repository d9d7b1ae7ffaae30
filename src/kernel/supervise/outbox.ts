import type { Writable } from "node:stream";
import type { KernelEvent } from "../../protocol/index.js";

type StreamEvent = Extract<KernelEvent, { type: "stream" }>;

/** Sends events to the parent in order; short writes of one cell to one stream go out together. */
export class Outbox {
  private stream: { head: Omit<StreamEvent, "text">; texts: string[] } | undefined;

  constructor(private readonly pipe: Writable) {}

  send(event: KernelEvent): void {
    if (event.type === "stream") this.sendStream(event);
    else this.sendJson(JSON.stringify(event));
  }

  /** Sends an event that is JSON already. */
  sendJson(json: string): void {
    this.flushStream();
    this.pipe.write(`${json}\n`);
  }

  /** Calls `done` when everything has left this process. */
  flush(done: () => void): void {
    this.flushStream();
    this.pipe.write("\n", done);
  }

  private sendStream({ text, ...head }: StreamEvent): void {
    const open = this.stream?.head;
    if (this.stream && open?.parent === head.parent && open.name === head.name) {
      this.stream.texts.push(text);
      return;
    }
    this.flushStream();
    this.stream = { head, texts: [text] };
    setImmediate(() => {
      this.flushStream();
    });
  }

  private flushStream(): void {
    const { stream } = this;
    if (!stream) return;
    this.stream = undefined;
    this.pipe.write(`${JSON.stringify({ ...stream.head, text: stream.texts.join("") })}\n`);
  }
}
