import assert from "node:assert/strict";
import test from "node:test";
import { commFromRenderer, DisplayChannels } from "../../src/extension/displayChannels.js";
import type { CommMessage } from "../../src/protocol/index.js";

const message = (action: CommMessage["action"], commId: string): CommMessage => ({
  action,
  commId,
  data: {},
});

test("messages go both ways; displays are told when the kernel ends, and when there is none", () => {
  const [kernel, displays]: [CommMessage[], CommMessage[]] = [[], []];
  let runs = true;
  const channels = new DisplayChannels(
    (sent) => {
      if (runs) kernel.push(sent);
      return runs;
    },
    (sent) => displays.push(sent),
  );
  channels.fromDisplay(message("open", "a"));
  channels.fromDisplay(message("open", "b"));
  channels.fromDisplay(message("message", "a"));
  channels.fromDisplay(message("close", "b"));
  channels.fromKernel(message("message", "a"));
  assert.deepEqual(
    kernel.map(({ action, commId }) => action + commId),
    ["opena", "openb", "messagea", "closeb"],
  );
  channels.closeAll();
  channels.closeAll();
  runs = false;
  channels.fromDisplay(message("open", "c"));
  channels.fromDisplay(message("close", "d"));
  assert.deepEqual(displays, [message("message", "a"), message("close", "a"), message("close", "c")]);
});

test("only comm messages of a renderer are passed on", () => {
  const good = {
    type: "comm_message",
    message: { action: "open", commId: "a", target: "t", data: { x: 1 } },
  };
  assert.deepEqual(commFromRenderer(good), good.message);
  for (const wrong of [
    ...[undefined, null, "x", [], {}, { type: "comm_message" }, { ...good, type: "other" }],
    { ...good, message: { ...good.message, action: "execute" } },
    { ...good, message: { ...good.message, commId: 7 } },
    { ...good, message: { ...good.message, data: "x" } },
  ])
    assert.equal(commFromRenderer(wrong), undefined);
});
