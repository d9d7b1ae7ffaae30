/**
 * Cells that change the language's own objects, or Node's: the kernel works on. To add a case, add a line to the table.
 * Not `Array.prototype.pop` and `Function.prototype.apply`: Node's own timers and events need these.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { TestKernel, until } from "../../kernel/harness.js";

// prettier-ignore
const TAMPERING: readonly (readonly [name: string, code: string])[] = [
  ["prepareStackTrace that throws", "Error.prepareStackTrace = () => { throw new Error('mine') }"],
  ["prepareStackTrace that gives no text", "Error.prepareStackTrace = (_, frames) => frames"],
  ["prepareStackTrace that gives nothing", "Error.prepareStackTrace = () => undefined"],
  ["no stack at all", "Error.stackTraceLimit = 0"],
  ["a stackTraceLimit that is none", "Error.stackTraceLimit = 'many' as never"],
  ["no listeners of the process", "process.removeAllListeners()"],
  ["none of some events", "for (const event of ['uncaughtException', 'unhandledRejection', 'exit'] as const) process.removeAllListeners(event)"],
  ["each listener by itself", "for (const event of ['uncaughtException', 'unhandledRejection'] as const) for (const one of process.listeners(event)) process.off(event, one as never)"],
  ["toJSON of all objects", "(Object.prototype as any).toJSON = () => 'mine'"],
  ["toJSON that throws", "(Object.prototype as any).toJSON = () => { throw new Error('mine') }"],
  ["toJSON of lists and texts", "(Array.prototype as any).toJSON = () => 1; (String.prototype as any).toJSON = () => 2"],
  ["enumerable additions to all objects", "(Object.prototype as any).extra = 1; (Array.prototype as any).more = 2"],
  ["additions with the names of descriptors", "(Object.prototype as any).get = () => 1; (Object.prototype as any).value = 2; (Object.prototype as any).writable = false"],
  ["a then of all objects", "(Object.prototype as any).then = undefined"],
  ["lists without their methods", "for (const name of ['map', 'filter', 'flatMap', 'join', 'push', 'splice', 'slice', 'some', 'every', 'at', 'find', 'includes', 'shift']) (Array.prototype as any)[name] = () => { throw new Error('mine') }"],
  ["lists that cannot be run through", "(Array.prototype as any)[Symbol.iterator] = () => { throw new Error('mine') }"],
  ["texts without their methods", "for (const name of ['replace', 'split', 'includes', 'slice', 'trim', 'startsWith', 'matchAll', 'endsWith', 'lastIndexOf']) (String.prototype as any)[name] = null"],
  ["regular expressions that throw", "RegExp.prototype.exec = () => { throw new Error('mine') }; RegExp.prototype.test = null as never"],
  ["maps and sets", "for (const name of ['get', 'set', 'has', 'delete', 'keys', 'values']) (Map.prototype as any)[name] = null; for (const name of ['add', 'has', 'delete']) (Set.prototype as any)[name] = null"],
  ["functions without call and bind", "for (const name of ['call', 'bind', 'toString']) (Function.prototype as any)[name] = null"],
  ["promises without then", "Promise.prototype.then = () => { throw new Error('mine') }; Promise.prototype.catch = null as never; Promise.all = null as never"],
  ["another Promise", "globalThis.Promise = class Mine {} as never"],
  ["another JSON.stringify", "JSON.stringify = () => 'mine'; JSON.parse = () => 'mine'"],
  ["other timers", "globalThis.setTimeout = (() => 'mine') as never; globalThis.setImmediate = null as never; globalThis.queueMicrotask = null as never"],
  ["another Object.keys", "Object.keys = () => []; Object.entries = null as never; Object.defineProperty = null as never; Object.fromEntries = null as never; Object.getOwnPropertyDescriptor = null as never; Object.assign = null as never"],
  ["another Reflect", "for (const name of ['get', 'apply', 'has', 'defineProperty', 'ownKeys']) (Reflect as any)[name] = null"],
  ["another Buffer", "Buffer.from = null as never; Buffer.prototype.toString = () => 'mine'"],
  ["another process.emit", "process.emitWarning = null as never; (process as any).nextTick = null"],
  ["events without emit", "require('node:events').prototype.on = null"],
  ["globals that are gone", "for (const name of ['Map', 'Set', 'Promise', 'JSON', 'Object', 'Array', 'Error', 'Reflect', 'Symbol', 'Buffer', 'process', 'setTimeout', 'URL', 'String', 'RegExp', 'Proxy', 'queueMicrotask', 'AbortController']) delete (globalThis as any)[name]"],
  ["all globals that can go", "const { ownKeys, deleteProperty } = Reflect; for (const key of ownKeys(globalThis)) if (!['globalThis', 'console', 'display'].includes(String(key))) deleteProperty(globalThis, key)"],
  ["a frozen Object.prototype", "Object.freeze(Object.prototype); Object.freeze(Array.prototype)"],
];

describe("the kernel works on after a cell has changed", { timeout: 600_000 }, () => {
  for (const [name, code] of TAMPERING)
    it(name, async () => {
      const kernel = new TestKernel();
      await kernel.run(code, "tamper");
      const value = await kernel.run("console.log('out'); display('shown'); let kept = 2; kept * 3");
      assert.equal(value.result, "6", value.traceback);
      assert.equal(kernel.text(value.cellId), "out\n");
      assert.equal(value.outcome.status, "ok");
      const thrown = await kernel.run("const bad = 1\nthrow { code: bad }");
      assert.match(thrown.traceback, /code: 1/);
      const error = await kernel.run("null.x");
      assert.equal(error.errors[0]?.ename, "TypeError");
      const rejected = await kernel.run("(async () => { throw 'floating' })();");
      assert.match(rejected.traceback, /floating/);
      assert.ok((await kernel.client.variables()).some((variable) => variable.name === "kept"));
      const table = await kernel.run("[{ a: 1, b: 'x' }, { a: 2, b: 'y' }]");
      const shown = table.events.find((event) => event.type === "execute_result");
      assert.match(String(shown?.data["text/html"]), /<td>1<\/td><td>x<\/td>/);
      await kernel.close();
    });

  it("the process' listeners, and a timer throws in the same cell", async () => {
    const kernel = new TestKernel();
    const run = await kernel.run(
      "process.removeAllListeners(); setTimeout(() => { throw new Error('late') }, 0);",
    );
    await until(() => kernel.events.some((event) => event.type === "error"), "the late error");
    assert.equal((await kernel.run("1 + 1")).result, "2");
    assert.equal(run.outcome.status !== "died", true);
    await kernel.close();
  });

  it("a method, which stays changed for cells", async () => {
    const kernel = new TestKernel();
    await kernel.run(
      "Array.prototype.map = function () { return 'mine' as never }; (Object.prototype as any).sum = 5",
    );
    assert.equal((await kernel.run("[[1].map(String), ({} as any).sum]")).result, "[ 'mine', 5 ]");
    const own = await kernel.run(
      "({ [Symbol.for('Jupyter.display')]() { return { 'text/plain': String([1].map(String)) + (this as any).sum } } })",
    );
    assert.equal(own.result, "mine5", own.traceback);
    await kernel.close();
  });
});
