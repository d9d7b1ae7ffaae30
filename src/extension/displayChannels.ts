import { commMessage } from "../protocol/index.js";
import type { CommMessage, RendererMessage } from "../protocol/index.js";

/** The channels that one notebook's displays have open to its kernel. Pure but for what it is given to call. */
export class DisplayChannels {
  private readonly open = new Set<string>();

  /**
   * @param toKernel passes a message on; false where no kernel runs
   * @param toDisplays tells all displays of the notebook; each knows its own channel's id
   */
  constructor(
    private readonly toKernel: (message: CommMessage) => boolean,
    private readonly toDisplays: (message: CommMessage) => void,
  ) {}

  /** Takes what a display sent. Without a kernel its channel is closed at once, as Jupyter asks. */
  fromDisplay(message: CommMessage): void {
    const { action, commId } = message;
    if (action === "open") this.open.add(commId);
    if (action === "close") this.open.delete(commId);
    if (!this.toKernel(message) && action !== "close") this.close(commId);
  }

  /** Takes what a cell sent. */
  fromKernel(message: CommMessage): void {
    if (message.action === "close") this.open.delete(message.commId);
    this.toDisplays(message);
  }

  /** Tells all displays that the kernel has ended. */
  closeAll(): void {
    for (const commId of [...this.open]) this.close(commId);
  }

  private close(commId: string): void {
    this.open.delete(commId);
    this.toDisplays({ action: "close", commId, data: {} });
  }
}

/** The comm message that a renderer sent; `undefined` for what is none. */
export function commFromRenderer(received: unknown): CommMessage | undefined {
  const { type, message } = (received ?? {}) as Partial<Record<keyof RendererMessage, unknown>>;
  return type === "comm_message" ? commMessage(message) : undefined;
}
