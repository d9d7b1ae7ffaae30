import assert from "node:assert/strict";
import test from "node:test";
import { configuredEngine, EngineError } from "../../src/engine/index.js";

test("SPINEBOOK_ENGINE names the engine; onnxruntime where it is unset, one sentence for any other name", () => {
  for (const text of ["onnxruntime", " ONNXRuntime", "", " ", undefined])
    assert.equal(configuredEngine(text ?? ""), "onnxruntime");
  assert.equal(configuredEngine(" TFJS "), "tfjs");
  assert.throws(
    () => configuredEngine("tensorflow"),
    (error) =>
      error instanceof EngineError &&
      error.message === 'There is no engine "tensorflow"; SPINEBOOK_ENGINE may be onnxruntime or tfjs.',
  );
});
