/**
 * The globals that the kernel's code on the main thread uses, taken before any cell runs: a cell may say
 * `const Map = 1` or `const process = 2` and must break nothing of ours.
 */
export const {
  Array,
  Error,
  JSON,
  Map,
  Math,
  Object,
  Promise,
  RegExp,
  Set,
  String,
  Symbol,
  WeakRef,
  Atomics,
} = globalThis;
export const { AbortController, Int32Array, SharedArrayBuffer, clearImmediate, clearTimeout } = globalThis;
