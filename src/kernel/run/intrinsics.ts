/**
 * Keeps the kernel's own code on the main thread working whatever a cell has done to the language's objects: a patched
 * `Array.prototype.map`, `JSON.stringify`, `Promise.prototype.then`, an `Object.prototype.toJSON`. While code of the kernel
 * runs, the original methods are in place; the cell's come back before code of the cell's goes on.
 */
import { Buffer } from "node:buffer";
import { EventEmitter } from "node:events";
import vm from "node:vm";
import { MessagePort, Worker } from "node:worker_threads";
import {
  AbortController,
  Array,
  Error,
  Function,
  JSON,
  Map,
  Math,
  Number,
  Object,
  Promise,
  Reflect,
  RegExp,
  Set,
  String,
  Symbol,
  Uint8Array,
  WeakRef,
} from "./primordials.js";

const { defineProperty, deleteProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys, setPrototypeOf } =
  Reflect;

/** A property as it was before any cell ran. */
interface Original {
  readonly owner: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor;
}

/** What a cell had made of a property; no descriptor where it had deleted it. */
interface Change {
  readonly owner: object;
  readonly key: PropertyKey;
  readonly descriptor: PropertyDescriptor | undefined;
}

const prototypeOf = (value: object): object => getPrototypeOf(value)!;
const OWNERS: readonly object[] = [
  Array,
  Array.prototype,
  Object,
  Object.prototype,
  Function.prototype,
  String,
  String.prototype,
  RegExp.prototype,
  Map.prototype,
  Set.prototype,
  WeakRef.prototype,
  Promise,
  Promise.prototype,
  Number,
  Number.prototype,
  JSON,
  Math,
  Reflect,
  Error.prototype,
  Buffer,
  Buffer.prototype,
  prototypeOf(Uint8Array.prototype),
  AbortController.prototype,
  EventEmitter.prototype,
  MessagePort.prototype,
  Worker.prototype,
  prototypeOf([][Symbol.iterator]()),
  prototypeOf(new Map().entries()),
  prototypeOf(new Set().values()),
  prototypeOf(""[Symbol.iterator]()),
  prototypeOf("".matchAll(/./g)),
];

/** The properties of one owner, with a quick look at whether all are as they were. */
interface Guarded {
  readonly owner: object;
  readonly originals: readonly Original[];
  /** Compares the data properties; a property that cannot be read makes it throw. */
  readonly isIntact: (owner: object, values: readonly unknown[], keys: readonly PropertyKey[]) => boolean;
  readonly values: readonly unknown[];
  readonly keys: readonly PropertyKey[];
  /** How many properties the owner had, with those that are not guarded. */
  readonly size: number;
}

const guarded: Guarded[] = [];
for (const owner of OWNERS) keep(owner, ownKeys(owner));

/** Has these properties, as they are now, in place whenever code of the kernel runs. */
export function keep(owner: object, names: readonly PropertyKey[]): void {
  const originals = names
    .map((key): Original => ({ owner, key, descriptor: bare(getOwnPropertyDescriptor(owner, key))! }))
    .filter(({ descriptor }) => descriptor.configurable === true || descriptor.writable === true);
  const data = originals.filter(({ descriptor }) => "value" in descriptor);
  guarded.push({
    owner,
    originals,
    isIntact: comparison(data.map(({ key }) => key)),
    values: data.map(({ descriptor }) => descriptor.value as unknown),
    keys: data.map(({ key }) => key),
    size: ownKeys(owner).length,
  });
}

/**
 * `owner.a === values[0] && owner.b === values[1] && …` as a function of its own for each owner: one loop over all would
 * take ten times as long, and every `console.log` of a cell waits for it.
 */
function comparison(keys: readonly PropertyKey[]): Guarded["isIntact"] {
  const terms = keys.map((key, index) => {
    const member = typeof key === "string" ? JSON.stringify(key) : `keys[${index}]`;
    return `owner[${member}] === values[${index}]`;
  });
  return vm.compileFunction(`return ${["true", ...terms].join(" && ")};`, [
    "owner",
    "values",
    "keys",
  ]) as Guarded["isIntact"];
}

/** Whether cells have left the language's objects as they were: nothing changed, nothing added. To be asked outside of the shield. */
export function isPristine(): boolean {
  return guarded.every(
    ({ owner, isIntact, values, keys, size }) =>
      ownKeys(owner).length === size && isUnchanged(owner, isIntact, values, keys),
  );
}

const objectKeys = ownKeys(Object.prototype);
let entered = false;
let changes: Change[] = [];

/** Runs code of the kernel with the language's own methods in place. */
export function shielded<T>(work: () => T): T {
  if (entered) return work();
  enter();
  try {
    return work();
  } finally {
    leaveShield();
  }
}

/** Runs code of a cell's from within {@link shielded}, with what the cell has made of the methods. */
export function asCell<T>(work: () => T): T {
  if (!entered) return work();
  leaveShield();
  try {
    return work();
  } finally {
    enter();
  }
}

/** Gives cells back what they have changed; also where the kernel's code was terminated before it could do so. */
export function leaveShield(): void {
  entered = false;
  const made = changes;
  changes = [];
  for (let index = made.length - 1; index >= 0; index--) {
    const { owner, key, descriptor } = made[index]!;
    if (descriptor === undefined) deleteProperty(owner, key);
    else defineProperty(owner, key, descriptor);
  }
}

function enter(): void {
  entered = true;
  changes = [];
  // First of all: an inherited `get` would spoil every descriptor below.
  const keys = ownKeys(Object.prototype);
  if (keys.length > objectKeys.length)
    for (let index = 0; index < keys.length; index++) removeUnknown(Object.prototype, keys[index]!);
  removeUnknown(Array.prototype, "toJSON");
  // Loops by index: an iterator is one of the things that may be broken.
  for (let index = 0; index < guarded.length; index++) {
    const { owner, isIntact, values, keys: names, originals } = guarded[index]!;
    if (isUnchanged(owner, isIntact, values, names)) continue;
    for (let at = 0; at < originals.length; at++) restore(originals[at]!);
  }
}

function isUnchanged(
  owner: object,
  isIntact: Guarded["isIntact"],
  values: readonly unknown[],
  keys: readonly PropertyKey[],
): boolean {
  try {
    return isIntact(owner, values, keys);
  } catch {
    return false;
  }
}

function restore({ owner, key, descriptor }: Original): void {
  const now = bare(getOwnPropertyDescriptor(owner, key));
  if (now !== undefined && now.value === descriptor.value && now.get === descriptor.get) return;
  note({ owner, key, descriptor: now });
  defineProperty(owner, key, descriptor);
}

/** Such as `toJSON`, or a `get` that would make every property descriptor one of an accessor. */
function removeUnknown(owner: object, key: PropertyKey): void {
  if (owner === Object.prototype)
    for (let index = 0; index < objectKeys.length; index++) if (objectKeys[index] === key) return;
  const descriptor = bare(getOwnPropertyDescriptor(owner, key));
  if (descriptor?.configurable !== true) return;
  note({ owner, key, descriptor });
  deleteProperty(owner, key);
}

/** A descriptor that inherits nothing, least of all what a cell has given to all objects. */
function bare(descriptor: PropertyDescriptor | undefined): PropertyDescriptor | undefined {
  if (descriptor) setPrototypeOf(descriptor, null);
  return descriptor;
}

function note(change: Change): void {
  defineProperty(changes, changes.length, {
    __proto__: null,
    value: change,
    configurable: true,
    writable: true,
    enumerable: true,
  } as PropertyDescriptor);
}
