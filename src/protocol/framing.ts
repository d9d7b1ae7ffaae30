/** Framing of messages on a byte stream: one JSON document per line, UTF-8. Pure: no stream is touched here. */

/** One message as the line that goes over the stream. */
export function encodeFrame(message: unknown): string {
  return `${JSON.stringify(message)}\n`;
}

/** Puts messages together again from text chunks that end anywhere. */
export class FrameDecoder {
  private parts: string[] = [];

  /**
   * The messages that `chunk` completes, in order.
   * @throws SyntaxError when a line is not JSON: the other side is not a Spinebook kernel.
   */
  push(chunk: string): unknown[] {
    const messages: unknown[] = [];
    let start = 0;
    for (let end = chunk.indexOf("\n"); end !== -1; end = chunk.indexOf("\n", start)) {
      const line = this.parts.join("") + chunk.slice(start, end);
      this.parts = [];
      start = end + 1;
      if (line.length > 0) messages.push(JSON.parse(line));
    }
    if (start < chunk.length) this.parts.push(chunk.slice(start));
    return messages;
  }
}
