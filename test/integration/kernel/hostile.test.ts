/** Values that throw, or give nonsense, when they are looked at. To add a case, add a line to a table. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { TestKernel, until } from "../../kernel/harness.js";

/** Each an expression; a cell may throw it, show it, print it or keep it. */
// prettier-ignore
const HOSTILE: readonly (readonly [name: string, value: string])[] = [
  ["an error whose message getter throws", "Object.defineProperty(new Error(), 'message', { get() { throw new Error('in') } })"],
  ["an error of a class whose message throws", "new (class E extends Error { get message(): string { throw new Error('in') } })()"],
  ["an error whose name getter throws", "Object.defineProperty(new Error('m'), 'name', { get() { throw 1 } })"],
  ["an error whose stack getter throws", "Object.defineProperty(new Error('m'), 'stack', { get() { throw null } })"],
  ["an error whose cause getter throws", "Object.defineProperty(new Error('m'), 'cause', { get() { throw 1 }, enumerable: true })"],
  ["an error whose constructor getter throws", "Object.defineProperty(new Error('m'), 'constructor', { get() { throw 1 } })"],
  ["an error whose message is an object without a prototype", "Object.assign(new Error(), { message: Object.create(null) })"],
  ["an error whose message is a symbol", "Object.assign(new Error(), { message: Symbol('s') })"],
  ["an error whose name is a symbol", "Object.assign(new Error('m'), { name: Symbol('s') })"],
  ["an error whose name is an object that throws", "Object.assign(new Error('m'), { name: { toString() { throw 1 } } })"],
  ["an error whose stack is a number", "Object.assign(new Error('m'), { stack: 5 })"],
  ["an error whose stack is a symbol", "Object.assign(new Error('m'), { stack: Symbol('s') })"],
  ["an error whose stack is a proxy", "Object.assign(new Error('m'), { stack: new Proxy({}, { get() { throw 1 } }) })"],
  ["an error without a prototype", "Object.setPrototypeOf(new Error('m'), null)"],
  ["an error with a hostile prototype", "Object.setPrototypeOf(new Error('m'), new Proxy({}, { get() { throw 1 }, getPrototypeOf() { throw 2 } }))"],
  ["an error that is its own cause", "(() => { const e: any = new Error('m'); e.cause = e; return e })()"],
  ["an error with errors that throw", "Object.defineProperty(new AggregateError([], 'm'), 'errors', { get() { throw 1 } })"],
  ["an error whose errors are no list", "Object.assign(new AggregateError([], 'm'), { errors: 7 })"],
  ["an error whose inspection throws", "Object.assign(new Error('m'), { [Symbol.for('nodejs.util.inspect.custom')]() { throw 1 } })"],
  ["an error whose toString throws", "Object.assign(new Error('m'), { toString() { throw 1 }, [Symbol.toPrimitive]() { throw 2 } })"],
  ["an object that inherits from errors", "Object.create(Error.prototype)"],
  ["an object without a prototype", "Object.create(null)"],
  ["a symbol", "Symbol('s')"],
  ["a symbol without a name", "Symbol()"],
  ["undefined", "undefined"],
  ["a big integer", "10n"],
  ["an object with symbols as names", "({ [Symbol('k')]: Symbol('v'), [Symbol()]: 1 })"],
  ["a revoked proxy", "(() => { const { proxy, revoke } = Proxy.revocable({}, {}); revoke(); return proxy })()"],
  ["a revoked proxy of a function", "(() => { const { proxy, revoke } = Proxy.revocable(function () {}, {}); revoke(); return proxy })()"],
  ["a revoked proxy of an array", "(() => { const { proxy, revoke } = Proxy.revocable([], {}); revoke(); return proxy })()"],
  ["a proxy whose traps all throw", "new Proxy({}, new Proxy({}, { get() { throw new Error('trap') } }))"],
  ["a proxy of an error whose traps all throw", "new Proxy(new Error('m'), new Proxy({}, { get() { throw new Error('trap') } }))"],
  ["a proxy that throws itself", "(() => { const p: any = new Proxy({}, { get() { throw p }, ownKeys() { throw p }, getPrototypeOf() { throw p }, has() { throw p } }); return p })()"],
  ["a proxy that claims to be an error", "new Proxy({}, { getPrototypeOf: () => Error.prototype, get() { throw 1 } })"],
  ["a list of hostile proxies", "[new Proxy({}, { getPrototypeOf() { throw 1 }, ownKeys() { throw 2 } })]"],
  ["a list with a hostile length", "new Proxy([1], { get(t, k) { if (k === 'length') throw 1; return Reflect.get(t, k) } })"],
  ["an object whose toStringTag throws", "({ get [Symbol.toStringTag]() { throw new Error('tag') } })"],
  ["a class whose name throws", "class { static get name(): string { throw 1 } }"],
  ["a function whose name throws", "Object.defineProperty(() => 1, 'name', { get() { throw 1 } })"],
  ["an object whose constructor throws", "({ get constructor() { throw 1 } })"],
  ["rows whose getters throw", "[{ a: 1, get b() { throw new Error('cell') } }, { a: 2 }]"],
  ["rows of symbols and functions", "[{ a: Symbol('s'), b() {} }, { a: 10n }]"],
  ["rows with values that cannot be shown", "[{ a: { get [Symbol.toStringTag]() { throw 1 } } }]"],
  ["a figure whose members throw", "({ get data() { throw 1 }, get layout() { throw 2 } })"],
["a figure whose traces hide their type", "({ data: [{ get type() { return { get x() { throw 1 } } } }, 5], layout: {} })"],
  ["a value whose toJSON throws", "({ toJSON() { throw 1 } })"],
  ["a value whose display member throws", "({ get [Symbol.for('Jupyter.display')]() { throw 1 } })"],
  ["a value whose display is no method", "({ [Symbol.for('Jupyter.display')]: 5 })"],
  ["a value whose display gives nothing", "({ [Symbol.for('Jupyter.display')]() {} })"],
  ["a value whose display gives a number", "({ [Symbol.for('Jupyter.display')]: () => 7 })"],
  ["a value whose display gives a list", "({ [Symbol.for('Jupyter.display')]: () => ['text/plain'] })"],
  ["a thenable as a display", "({ [Symbol.for('Jupyter.display')]: () => ({ then() { throw 1 } }) })"],
  ["a typed array whose tag lies", "Object.defineProperty(new Float32Array(3), Symbol.toStringTag, { get() { throw 1 } })"],
  ["a map whose iterator throws", "Object.assign(new Map([[1, 2]]), { [Symbol.iterator]() { throw 1 }, entries() { throw 1 } })"],
  ["a date that is none", "new Date(NaN)"],
  ["a date whose toISOString throws", "Object.assign(new Date(0), { toISOString() { throw 1 } })"],
  ["a regular expression whose source throws", "Object.defineProperty(/a/, 'source', { get() { throw 1 } })"],
  ["an object nested 50,000 deep", "(() => { let o: any = {}; for (let i = 0; i < 5e4; i++) o = { o }; return o })()"],
  ["a promise whose then throws", "Object.assign(Promise.resolve(1), { then() { throw 1 } })"],
  ["a thenable whose then throws", "({ get then() { throw 1 } })"],
];

/** Values whose own code, made to show them, fails: what is left is shown, and the failure reported at the cell. */
const OWN_CODE: readonly (readonly [name: string, value: string, message: RegExp])[] = [
  [
    "inspection",
    "({ seen: 1, [Symbol.for('nodejs.util.inspect.custom')]() { throw new Error('shy') } })",
    /Error: shy/,
  ],
  ["display", "({ seen: 1, [Symbol.for('Jupyter.display')]() { throw new Error('shy') } })", /Error: shy/],
  [
    "late display",
    "({ seen: 1, async [Symbol.for('Jupyter.display')]() { await null; throw new Error('shy') } })",
    /Error: shy/,
  ],
  [
    "hostile display",
    "({ seen: 1, [Symbol.for('Jupyter.display')]() { throw Object.create(null) } })",
    /Uncaught/,
  ],
  ["figure", "({ seen: 1, data: [{ get y() { throw new Error('shy') } }], layout: {} })", /Error: shy/],
  [
    "display of a bundle that throws",
    "({ seen: 1, [Symbol.for('Jupyter.display')]: () => ({ get 'text/html'() { throw new Error('shy') } }) })",
    /Error: shy/,
  ],
];

describe("values that cannot be looked at", { timeout: 600_000 }, () => {
  let kernel: TestKernel;
  before(() => {
    kernel = new TestKernel();
  });
  after(() => kernel.close());

  /** The next cell works, and nothing of ours shows in what the cell said. */
  async function livesOn(cellId: string): Promise<void> {
    assert.equal((await kernel.run("1 + 1")).result, "2");
    const said = JSON.stringify(kernel.events.filter((event) => event.cellId === cellId));
    assert.doesNotMatch(said, /dist\/kernel|main\.js|node:internal|__spinebook__/);
  }

  for (const [name, value] of HOSTILE) {
    it(`${name}: thrown`, async () => {
      const run = await kernel.run(`throw ${value}`);
      assert.equal(run.outcome.status, "error");
      assert.equal(run.errors.length, 1);
      const [error] = run.errors;
      assert.ok(error!.ename !== "" && typeof error!.evalue === "string");
      assert.ok(error!.traceback.length > 0 && error!.traceback.every((line) => typeof line === "string"));
      await livesOn(run.cellId);
    });

    it(`${name}: thrown by a timer, and by a promise`, async () => {
      const timer = await kernel.run(`setTimeout(() => { throw ${value} }, 0);`);
      const promise = await kernel.run(`(async () => { await null; throw ${value} })();`);
      const erred = (cellId: string) => () =>
        kernel.events.some((event) => event.type === "error" && event.cellId === cellId);
      await until(erred(timer.cellId), "the timer's error");
      await until(erred(promise.cellId), "the promise's error");
      await livesOn(promise.cellId);
    });

    it(`${name}: shown, printed, kept`, async () => {
      const shown = await kernel.run(`const kept = ${value}\ndisplay(kept);\nkept`);
      assert.equal(shown.outcome.status, "ok", shown.traceback);
      assert.equal(typeof shown.result, name === "undefined" ? "undefined" : "string");
      const printed = await kernel.run(
        "console.log(kept); console.error('%s %o', kept, kept); console.table([kept]); console.dir(kept); 'printed'",
      );
      assert.equal(printed.result, "'printed'", printed.traceback);
      const listed = (await kernel.client.variables()).find((variable) => variable.name === "kept");
      assert.equal(typeof listed?.preview, "string");
      await livesOn(printed.cellId);
    });
  }

  for (const [name, value, message] of OWN_CODE)
    it(`a failing ${name}: what is left is shown, and the failure told`, async () => {
      const run = await kernel.run(`display(${value});\nglobalThis.after = 1;\n${value}`);
      assert.equal(run.outcome.status, "error");
      assert.match(String(run.result), /seen: 1/);
      assert.match(run.traceback, message);
      assert.ok(run.errors.length === 2, "one for each time");
      // The cell's own code was not disturbed.
      assert.equal((await kernel.run("after")).result, "1");
    });

  it("a cell of rows shows the values that can be read", async () => {
    const run = await kernel.run("[{ a: 1, get b() { throw new Error('cell') } }]");
    const shown = run.events.find((event) => event.type === "execute_result");
    assert.match(String(shown?.data["text/html"]), /<td>1<\/td><td>\[cannot be read\]<\/td>/);
  });
});
