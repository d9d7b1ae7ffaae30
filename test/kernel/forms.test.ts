import assert from "node:assert/strict";
import { test } from "node:test";
import { commMessage, kernelEvent, kernelRequest } from "../../src/protocol/index.js";
import type { KernelRequest } from "../../src/protocol/index.js";

const COMM = { action: "message", commId: "c", data: { number: 1 } } as const;
const REQUESTS: readonly KernelRequest[] = [
  { type: "execute_request", id: "r", cellId: "c", code: "1" },
  { type: "execute_request", id: "r", cellId: "c", code: "1", allowInput: false, executionCount: 3 },
  { type: "interrupt_request", id: "r" },
  { type: "kernel_info_request", id: "r" },
  { type: "input_reply", id: "r", value: null },
  { type: "input_reply", id: "r", value: "yes" },
  { type: "is_complete_request", id: "r", code: "{" },
  { type: "variables_request", id: "r" },
  { type: "quiet_request", id: "r" },
  { type: "comm_message", id: "r", message: COMM },
  { type: "shutdown_request", id: "r" },
];

test("every request is understood as it was sent, also with a field of a later release", () => {
  for (const request of REQUESTS) {
    assert.equal(kernelRequest(request), request);
    const later = { ...request, later: true };
    assert.equal(kernelRequest(later), later);
  }
});

test("a request without a field, with a wrong one, or of a type that is not known is none", () => {
  for (const request of REQUESTS)
    for (const field of Object.keys(request).filter(
      (name) => name !== "allowInput" && name !== "executionCount",
    )) {
      const without = Object.fromEntries(Object.entries(request).filter(([name]) => name !== field));
      assert.equal(kernelRequest(without), undefined, `${request.type} without ${field}`);
      assert.equal(
        kernelRequest({ ...request, [field]: 7 }),
        undefined,
        `${request.type} with another ${field}`,
      );
    }
  for (const wrong of [undefined, null, 7, "x", [], {}, { type: "debug_request", id: "r" }])
    assert.equal(kernelRequest(wrong), undefined);
});

test("a comm message is taken without what does not belong to it", () => {
  assert.deepEqual(commMessage({ ...COMM, later: true }), COMM);
  const opened = { ...COMM, action: "open", target: "t" };
  assert.deepEqual(commMessage(opened), opened);
  const wrong: readonly unknown[] = [
    ...[null, [], {}, { ...COMM, action: "execute" }, { ...COMM, commId: 1 }, { ...COMM, data: [] }],
    ...[
      { ...COMM, data: null },
      { ...COMM, target: 1 },
      { action: "open", commId: "c" },
    ],
  ];
  for (const message of wrong) assert.equal(commMessage(message), undefined, JSON.stringify(message));
});

test("an event is known by its envelope, whatever it carries", () => {
  const data = { "text/plain": "x".repeat(100) };
  const event = { type: "display_data", parent: "p", cellId: "c", data, metadata: {} };
  assert.equal(kernelEvent(event), event);
  const status = { type: "status", parent: "p", state: "busy" };
  assert.equal(kernelEvent(status), status);
  const wrong: readonly unknown[] = [
    ...[undefined, null, 7, "x", [], {}, { parent: "p" }, { type: "status" }, { type: 1, parent: "p" }],
    ...[
      { type: "status", parent: 1 },
      { ...event, cellId: 7 },
    ],
  ];
  for (const message of wrong) assert.equal(kernelEvent(message), undefined, JSON.stringify(message));
});
