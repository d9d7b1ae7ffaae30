/**
 * The globals that the kernel's code on the main thread uses, taken before any cell runs: a cell may say
 * `const Map = 1` or `const process = 2` and must break nothing of ours.
 */
/** The global object itself, which a cell may cover too. */
export const globals: typeof globalThis = globalThis;
export const {
  Array,
  ArrayBuffer,
  Atomics,
  Error,
  Float32Array,
  Function,
  Infinity,
  JSON,
  Map,
  Math,
  Number,
  Object,
  Promise,
  Proxy,
  RangeError,
  ReferenceError,
  Reflect,
  RegExp,
  Set,
  String,
  Symbol,
  SyntaxError,
  TypeError,
  Uint8Array,
  WeakRef,
} = globalThis;
export const {
  AbortController,
  encodeURIComponent,
  Int32Array,
  SharedArrayBuffer,
  clearImmediate,
  clearTimeout,
  performance,
  setImmediate,
  setTimeout,
} = globalThis;
