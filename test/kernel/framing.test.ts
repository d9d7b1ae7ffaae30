import assert from "node:assert/strict";
import { test } from "node:test";
import { encodeFrame, FrameDecoder } from "../../src/protocol/framing.js";

test("messages survive any cutting of the stream", () => {
  const messages = [{ text: "a\nb" }, [], "é", { deep: { list: [1, null] } }];
  const stream = messages.map(encodeFrame).join("\n");
  for (const size of [1, 2, 7, stream.length]) {
    const decoder = new FrameDecoder();
    const received: unknown[] = [];
    for (let at = 0; at < stream.length; at += size)
      received.push(...decoder.push(stream.slice(at, at + size)));
    assert.deepEqual(received, messages);
  }
});

test("a line that is no message is refused", () => {
  assert.throws(() => new FrameDecoder().push("hello\n"), SyntaxError);
});
