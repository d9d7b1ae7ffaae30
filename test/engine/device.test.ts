import assert from "node:assert/strict";
import test from "node:test";
import {
  configuredDevice,
  createPredictor,
  engineInUse,
  initialWeights,
  unet,
} from "../../src/engine/index.js";

test("SPINEBOOK_DEVICE asks for WebGPU; anything else means the processor", () => {
  assert.equal(configuredDevice("webgpu"), "webgpu");
  assert.equal(configuredDevice(" WebGPU "), "webgpu");
  for (const text of ["cpu", "", "cuda", undefined]) assert.equal(configuredDevice(text ?? ""), "cpu");
});

test("asked for WebGPU, networks are computed, there or on the processor with the reason told", async () => {
  const network = unet({
    name: "small",
    rows: 16,
    columns: 16,
    channels: 1,
    filters: [4, 8],
    classes: 3,
    loss: "crossEntropy",
  });
  const weights = initialWeights(network, 1);
  const input = { values: Float32Array.from({ length: 256 }, (_, i) => Math.sin(i)), shape: [1, 1, 16, 16] };
  const expected = (await (await createPredictor(network, weights)).run({ input })).tissue!.values;
  const before = process.env.SPINEBOOK_DEVICE;
  process.env.SPINEBOOK_DEVICE = "webgpu";
  try {
    const { values } = (await (await createPredictor(network, weights)).run({ input })).tissue!;
    values.forEach((value, i) => {
      assert.ok(Math.abs(value - expected[i]!) < 1e-3);
    });
    const { device, problem } = await engineInUse();
    if (device === "cpu")
      assert.match(problem ?? "", /WebGPU did not start \(.+\); networks are computed on/);
    else assert.equal(problem, undefined);
  } finally {
    if (before === undefined) delete process.env.SPINEBOOK_DEVICE;
    else process.env.SPINEBOOK_DEVICE = before;
  }
});
