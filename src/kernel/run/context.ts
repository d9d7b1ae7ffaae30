/**
 * Which run the present code belongs to, across promises and timers. Node's `AsyncLocalStorage` would say it too, but
 * before Node 24 it keeps a stack of ids in native code that a terminated promise callback leaves uneven, and Node then
 * aborts (`execution_async_id() == 0`): no interrupt would be safe after an `await`. V8's promise hooks keep no stack.
 */
import { syncBuiltinESMExports } from "node:module";
import process from "node:process";
import timers from "node:timers";
import timersPromises from "node:timers/promises";
import { promisify } from "node:util";
import { promiseHooks } from "node:v8";
import { globals, Map, Object, Promise, Reflect } from "./primordials.js";
import type { Run } from "./run.js";
import { presentStack } from "./stacks.js";

/** How many runs are remembered for callbacks that only their code's place tells. */
const RUNS_KEPT = 2000;

let current: Run | undefined;
let latest: Run | undefined;
const runsByFile = new Map<string, Run>();

/** Adds a private field to objects that others made: unlike a symbol property it shows up nowhere. */
const Stamp = class extends (function (promise: object) {
  return promise;
} as unknown as new (promise: object) => object) {
  #run: Run;

  constructor(promise: object, run: Run) {
    super(promise);
    this.#run = run;
  }

  static read(promise: object): Run | undefined {
    return #run in promise ? promise.#run : undefined;
  }
};

/** Calls `body`; everything it starts, also later, knows its run. `file` is the script name of the run's code. */
export function within(run: Run, file: string, body: (file: string) => void): void {
  runsByFile.set(file, run);
  if (runsByFile.size > RUNS_KEPT) runsByFile.delete(runsByFile.keys().next().value!);
  latest = run;
  current = run;
  body(file);
  current = undefined;
}

/** Stops all that the runs so far have left behind, and forgets them. */
export function stopRuns(): void {
  for (const run of runsByFile.values()) run.stop();
  runsByFile.clear();
  current = undefined;
  latest = undefined;
}

/** Forgets the present run: the code that would have done so was terminated. */
export function leaveRun(): void {
  current = undefined;
}

/**
 * The run that the present code belongs to. Callbacks of other kinds (files, sockets) are found by the cell that their
 * code stands in; code that stands in no cell belongs to the latest run.
 */
export function presentRun(): Run | undefined {
  return current ?? runInStack(presentStack()) ?? latest;
}

/** What an `await` in compiled code waits for: `value`, or for ever where the run that awaits was interrupted. */
export function live(value: unknown): unknown {
  return stopped() ? new Promise(() => undefined) : value;
}

/** Whether the present code belongs to a run that was interrupted. */
export function stopped(): boolean {
  return current?.abort.signal.aborted === true;
}

/** A callback of another kind (a child process, a stream) that runs in the given run. */
export function stamped<T extends unknown[]>(
  run: Run,
  callback: (...values: T) => void,
): (...values: T) => void {
  return bind(run, callback as Callback);
}

/** The run whose promise this is. */
export function runOfPromise(promise: object): Run | undefined {
  return Stamp.read(promise) ?? latest;
}

function runInStack(stack: string): Run | undefined {
  for (const [file] of stack.matchAll(/spinebook-cell:[^\s:()]+/g)) {
    const run = runsByFile.get(file);
    if (run) return run;
  }
  return undefined;
}

/** Starts following promises, timers and ticks. */
export function followRuns(): void {
  promiseHooks.createHook({
    init(promise) {
      if (current !== undefined) new Stamp(promise, current);
    },
    before(promise) {
      current = Stamp.read(promise);
    },
    after() {
      current = undefined;
    },
  });
  followTimers();
  followTicks();
}

type Callback = (...values: unknown[]) => unknown;
type Starter<T> = (callback: Callback, ...rest: unknown[]) => T;

/** A callback that runs in the present run. Where it throws, the run stays for the handler of uncaught errors. */
function bind(run: Run, callback: Callback): Callback {
  return function (this: unknown, ...values: unknown[]) {
    current = run;
    const result: unknown = Reflect.apply(callback, this, values);
    current = undefined;
    return result;
  };
}

function followTimers(): void {
  const promised = timersPromises as unknown as Record<string, (...values: unknown[]) => unknown>;
  for (const [name, optionsAt] of [
    ["setTimeout", 2],
    ["setInterval", 2],
    ["setImmediate", 1],
  ] as const) {
    promised[name] = abortable(promised[name]!, optionsAt);
    const start = (timers as unknown as Record<string, Starter<NodeJS.Timeout>>)[name]!;
    const following = followStarter(start, name === "setImmediate");
    Object.defineProperty(following, promisify.custom, { value: promised[name] });
    for (const owner of [timers, globals])
      Object.defineProperty(owner, name, {
        value: following,
        configurable: true,
        writable: true,
        enumerable: true,
      });
  }
  syncBuiltinESMExports();
}

/** @param isOnce whether the callback is called once: a loop may start thousands a second, which need not be remembered then */
function followStarter(start: Starter<NodeJS.Timeout>, isOnce: boolean): Starter<NodeJS.Timeout> {
  return (callback, ...rest) => {
    const run = current;
    if (run === undefined || typeof callback !== "function") return start(callback, ...rest);
    const bound = bind(run, callback);
    let forget: () => void = () => undefined;
    const timer = start(
      isOnce
        ? (...values) => {
            forget();
            return bound(...values);
          }
        : bound,
      ...rest,
    );
    forget = run.addTimer(timer);
    return timer;
  };
}

/** A function of `node:timers/promises` that ends when its run is interrupted. */
function abortable(
  start: (...values: unknown[]) => unknown,
  optionsAt: number,
): (...values: unknown[]) => unknown {
  return (...values) => {
    if (current === undefined || values[optionsAt] !== undefined) return start(...values);
    const given = values.slice(0, optionsAt);
    while (given.length < optionsAt) given.push(undefined);
    return start(...given, { signal: current.abort.signal });
  };
}

function followTicks(): void {
  const nextTick = process.nextTick.bind(process);
  const { queueMicrotask } = globals;
  const follow =
    (start: Starter<void>): Starter<void> =>
    (callback, ...rest) => {
      start(
        current === undefined || typeof callback !== "function" ? callback : bind(current, callback),
        ...rest,
      );
    };
  process.nextTick = follow(nextTick as Starter<void>) as typeof process.nextTick;
  const value = follow(queueMicrotask);
  Object.defineProperty(globals, "queueMicrotask", {
    value,
    configurable: true,
    writable: true,
    enumerable: true,
  });
}
