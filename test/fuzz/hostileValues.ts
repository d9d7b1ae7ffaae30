import type { Random } from "./random.js";

/** A value, and how it was made. */
export interface Made {
  readonly value: unknown;
  readonly what: string;
}

/** Values inside of one another, at most. */
const DEEPEST = 4;
const NAMES = ["a", "message", "name", "stack", "cause", "errors", "code", "then", "toJSON", "toString", "constructor", "data", "layout", "length", "type", "__proto__", "valueOf", "path", "size", "text/html", "<b>"]; // prettier-ignore
const SYMBOLS = [
  Symbol.for("Jupyter.display"),
  Symbol.for("nodejs.util.inspect.custom"),
  Symbol.toStringTag,
  Symbol.iterator,
  Symbol.toPrimitive,
  Symbol("own"),
  Symbol(),
];
const TRAPS = [
  "get",
  "has",
  "ownKeys",
  "getPrototypeOf",
  "getOwnPropertyDescriptor",
  "apply",
  "construct",
] as const;
const TYPES = ["text/plain", "text/html", "image/png", "image/svg+xml", "application/json", "application/vnd.x+json", "no type", "", "text/markdown"]; // prettier-ignore

type Maker = (random: Random, depth: number) => Made;

const made = (value: unknown, what: string): Made => ({ value, what });

/** What cannot be thrown is also given back: any value, or a function that throws one. */
function behaviour(random: Random, depth: number): { run: () => unknown; what: string } {
  const inner = any(random, depth + 1);
  const isThrown = random.once(2);
  return {
    run: () => {
      if (isThrown) throw inner.value;
      return inner.value;
    },
    what: `${isThrown ? "throws" : "gives"} ${inner.what}`,
  };
}

const primitive: Maker = (random) => {
  const value = random.pick<unknown>([
    undefined, null, true, 0, -0, NaN, Infinity, 2n ** 80n, 10n, "", "text", "\ud800", "\u0000\u001b[31m", "x".repeat(200_000),
    "    at f (file:///a/b.js:1:2)\n".repeat(300), "spinebook-cell:x:1:2", "/".repeat(5000), `"/${"a ".repeat(5000)}`, Symbol("s"), Symbol(),
  ]); // prettier-ignore
  return made(value, `the ${typeof value} ${String(value).slice(0, 20)}`);
};

const collection: Maker = (random, depth) => {
  const items = Array.from({ length: random.below(4) }, () => any(random, depth + 1));
  const list = items.map(({ value }) => value);
  const what = items.map((item) => item.what).join(", ");
  switch (random.below(6)) {
    case 0:
      return made(new Map(list.map((item) => [item, item])), `a map of [${what}]`);
    case 1:
      return made(new Set(list), `a set of [${what}]`);
    case 2:
      return made(Object.assign(Array.from({ length: random.below(9) }), list), `a list of [${what}]`);
    case 3:
      return made(Object.assign([], { length: random.below(2 ** 32) }), "a list of holes");
    default:
      return made(list, `a list of [${what}]`);
  }
};

/** Objects with members that are values, or getters and methods that throw or give values. */
const record: Maker = (random, depth) => {
  const base = random.pick<() => [object, string]>([
    () => [{}, "an object"],
    () => [Object.create(null) as object, "an object without a prototype"],
    () => [new Error("m"), "an error"],
    () => [new AggregateError([new Error("in")], "m"), "an error of errors"],
    () => [Object.create(Error.prototype) as object, "an heir of errors"],
    () => [() => 1, "a function"],
    () => [
      class {
        readonly of = 1;
      },
      "a class",
    ],
    () => [new Date(NaN), "a date that is none"],
    () => [/a/g, "an expression"],
    () => [Promise.resolve(1), "a promise"],
    () => [[{ a: 1 }], "rows"],
  ])();
  const [value] = base;
  let what = base[1];
  for (let i = random.below(4); i > 0; i--) {
    const key = random.once(3) ? random.pick(SYMBOLS) : random.pick(NAMES);
    const { run, what: does } = behaviour(random, depth);
    const member = random.pick<[PropertyDescriptor, string]>([
      [{ get: run }, "whose getter"],
      [{ value: run, writable: true }, "whose method"],
    ]);
    const enumerable = random.once(2);
    // The language itself refuses a list such a length.
    if (key === "length" && Array.isArray(value)) continue;
    try {
      Reflect.defineProperty(value, key, { ...member[0], enumerable, configurable: true });
    } catch {
      // Where an error's stack is set it is first made, with a name that may throw already.
    }
    what += ` ${member[1]} ${String(key)} ${does}`;
  }
  return made(value, what);
};

/** A display method's bundle, with types and values of all kinds. */
const display: Maker = (random, depth) => {
  const entries = Array.from(
    { length: random.below(4) },
    () => [random.pick(TYPES), any(random, depth + 1)] as const,
  );
  const bundle = Object.fromEntries(entries.map(([type, { value }]) => [type, value]));
  const isLater = random.once(3);
  const show = () => (isLater ? Promise.resolve(bundle) : bundle);
  const what = entries.map(([type, item]) => `${type}: ${item.what}`).join(", ");
  return made(
    { [Symbol.for("Jupyter.display")]: show },
    `a display${isLater ? " that comes late" : ""} of {${what}}`,
  );
};

const proxy: Maker = (random, depth) => {
  const target = any(random, depth + 1);
  const isObject =
    (typeof target.value === "object" || typeof target.value === "function") && target.value !== null;
  const inside = isObject ? target.value : {};
  if (random.once(4)) {
    const { proxy: revoked, revoke } = Proxy.revocable(inside, {});
    revoke();
    return made(revoked, `a revoked proxy of ${target.what}`);
  }
  const handler: ProxyHandler<object> = {};
  let what = `a proxy of ${target.what}`;
  for (const trap of TRAPS.filter(() => random.once(2))) {
    const { run, what: does } = behaviour(random, depth);
    handler[trap] = run as never;
    what += `, ${trap} ${does}`;
  }
  return made(new Proxy(inside, handler), what);
};

const buffer: Maker = (random) => {
  const length = random.pick([0, 3, 8, 10_000]);
  const value = random.pick<() => object>([
    () => new Float32Array(length),
    () => new BigInt64Array(length),
    () => new Uint8Array(length),
    () => new DataView(new ArrayBuffer(length)),
    () => new SharedArrayBuffer(length),
    () => Buffer.alloc(length, "\x89PNG"),
    () => Object.defineProperty(new Int16Array(length), Symbol.toStringTag, { get: () => "Float32Array" }),
    () => Object.setPrototypeOf(new Uint8Array(length), null) as object,
    () => {
      const detached = new ArrayBuffer(length);
      structuredClone(detached, { transfer: [detached] });
      return detached;
    },
  ])();
  return made(value, `${length} bytes or numbers of ${Object.prototype.toString.call(value)}`);
};

const endless: Maker = (random) => {
  const depth = random.pick([100, 5000, 60_000]);
  let nested: unknown = 1;
  switch (random.below(6)) {
    case 0:
      for (let i = 0; i < depth; i++) nested = { nested };
      return made(nested, `an object nested ${depth} deep`);
    case 1:
      for (let i = 0; i < depth; i++) nested = [nested];
      return made(nested, `a list nested ${depth} deep`);
    case 2: {
      const circle: Record<string, unknown> = {};
      return made(Object.assign(circle, { circle, list: [circle] }), "a circle");
    }
    case 3: {
      let error = new Error("m");
      for (let i = 0; i < Math.min(depth, 5000); i++) error = new Error("m", { cause: error });
      return made(error, `an error with ${depth} causes`);
    }
    case 4: {
      const error = new Error("m");
      return made(Object.assign(error, { cause: error, errors: [error] }), "an error that is its own cause");
    }
    default: {
      const more = (): object => ({ get next() { return more(); }, [Symbol.for("nodejs.util.inspect.custom")]: more }); // prettier-ignore
      return made(more(), "an object that always has another inside");
    }
  }
};

const wide: Maker = (random) => {
  const count = random.pick([200, 20_000]);
  const keys = Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i]));
  return random.once(2)
    ? made(keys, `an object of ${count} members`)
    : made(
        Array.from({ length: count }, (_, i) => ({ a: i, b: Symbol("s"), c: [i] })),
        `${count} rows`,
      );
};

const MAKERS = [primitive, primitive, collection, collection, record, record, record, display, proxy, proxy, buffer, endless, wide]; // prettier-ignore

function any(random: Random, depth: number): Made {
  return depth > DEEPEST ? primitive(random, depth) : random.pick(MAKERS)(random, depth);
}

/** A random value that does what it can not to be described. */
export function hostileValue(random: Random): Made {
  const { value, what } = any(random, 0);
  return { value, what: what.length > 300 ? `${what.slice(0, 299)}…` : what };
}
