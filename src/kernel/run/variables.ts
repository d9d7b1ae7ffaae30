import { types } from "node:util";
import type { VariableInfo } from "../../protocol/index.js";
import { Array, ArrayBuffer, Function, globals, Infinity, Math, Object, Set } from "./primordials.js";
import { attempt, everyItem, inspected } from "./safely.js";

const PREVIEW_LENGTH = 100;
/** How many values are looked at to estimate a size. */
const SIZE_STEPS = 2000;
/** How many axes a shape may have; an array that holds itself would have them without end. */
const MOST_AXES = 8;

/** The variables among `names` that are there, in the order given. Runs no code of theirs: no getter, no proxy trap. */
export function describeVariables(names: Iterable<string>): VariableInfo[] {
  return [...names].flatMap((name) => {
    const descriptor = Object.getOwnPropertyDescriptor(globals, name);
    return descriptor && "value" in descriptor ? [describe(name, descriptor.value)] : [];
  });
}

function describe(name: string, value: unknown): VariableInfo {
  // Objects may be nested too deeply to be walked through, or have a proxy for a prototype: that hides no other variable.
  const shape = attempt(() => shapeOf(value), nothing);
  const bytes = attempt(() => bytesOf(value), nothing);
  return {
    name,
    type: attempt(
      () => typeOf(value),
      () => "Object",
    ),
    ...(shape ? { shape } : {}),
    ...(bytes === undefined ? {} : { bytes }),
    preview: previewOf(value),
  };
}

function nothing(): undefined {
  return undefined;
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  if (types.isProxy(value)) return "Proxy";
  if (typeof value === "function") return /^class\b/.test(sourceOf(value)) ? "class" : "function";
  if (typeof value !== "object") return typeof value;
  return constructorName(value) ?? "Object";
}

function sourceOf(value: object): string {
  return Function.prototype.toString.call(value).slice(0, 10);
}

function constructorName(value: object): string | undefined {
  const prototype = Object.getPrototypeOf(value) as object | null;
  const made = prototype && Object.getOwnPropertyDescriptor(prototype, "constructor");
  const name: unknown =
    typeof made?.value === "function"
      ? Object.getOwnPropertyDescriptor(made.value, "name")?.value
      : undefined;
  return typeof name === "string" && name !== "" ? name : undefined;
}

/** Sizes along each axis: of tensors by their own `shape` or `dims`, of nested arrays, typed arrays, maps and sets. */
function shapeOf(value: unknown): number[] | undefined {
  if (typeof value !== "object" || value === null || types.isProxy(value)) return undefined;
  if (Array.isArray(value)) return arrayShape(value as unknown[]);
  if (types.isTypedArray(value)) return [value.length];
  if (types.isMap(value) || types.isSet(value)) return [value.size];
  for (const key of ["shape", "dims"]) {
    const own: unknown = Object.getOwnPropertyDescriptor(value, key)?.value;
    if (!Array.isArray(own) || types.isProxy(own) || own.length === 0 || own.length > MOST_AXES) continue;
    if (everyItem(own, (size) => typeof size === "number")) return [...(own as readonly number[])];
  }
  return undefined;
}

/** Of rows of equal length all axes, else the first. */
function arrayShape(value: readonly unknown[], axis = 1): number[] {
  const inner = value.slice(0, SIZE_STEPS).map((item) => (isRow(item) ? item.length : undefined));
  const first = inner[0];
  if (first === undefined || axis === MOST_AXES || inner.some((length) => length !== first))
    return [value.length];
  const row = value[0];
  return [value.length, ...(Array.isArray(row) ? arrayShape(row as unknown[], axis + 1) : [first])];
}

function isRow(value: unknown): value is ArrayLike<unknown> {
  return !types.isProxy(value) && (Array.isArray(value) || types.isTypedArray(value));
}

/** Bytes of the value's data, estimated from a sample where there are many; buffers that are shared count once. */
function bytesOf(value: unknown): number | undefined {
  if (typeof value === "function" || typeof value === "symbol" || value === undefined) return undefined;
  const seen = new Set<object>();
  let steps = 0;
  const size = (item: unknown): number => {
    if (typeof item === "string") return 2 * item.length;
    if (typeof item !== "object" || item === null) return 8;
    if (types.isProxy(item) || seen.has(item) || ++steps > SIZE_STEPS) return 8;
    seen.add(item);
    if (types.isAnyArrayBuffer(item)) return item.byteLength;
    if (ArrayBuffer.isView(item)) {
      if (seen.has(item.buffer)) return 0;
      seen.add(item.buffer);
      return item.byteLength;
    }
    if (types.isMap(item)) return listSize([...item.entries()].flat());
    if (types.isSet(item)) return listSize([...item]);
    if (Array.isArray(item)) return listSize(item as unknown[]);
    return 16 + listSize(ownValues(item));
  };
  const listSize = (items: readonly unknown[]): number => {
    const sample = items.slice(0, SIZE_STEPS);
    const sampled = sample.reduce((sum: number, item) => sum + size(item), 0);
    return sample.length === 0 ? 0 : Math.round((sampled / sample.length) * items.length);
  };
  return size(value);
}

function ownValues(value: object): unknown[] {
  return Object.values(Object.getOwnPropertyDescriptors(value)).map(
    ({ value: own }: PropertyDescriptor) => own as unknown,
  );
}

function previewOf(value: unknown): string {
  const text = inspected(value, {
    depth: 1,
    maxArrayLength: 10,
    maxStringLength: PREVIEW_LENGTH,
    breakLength: Infinity,
    compact: true,
    customInspect: false,
    getters: false,
  });
  const line = text.replace(/\s+/g, " ");
  return line.length > PREVIEW_LENGTH ? `${line.slice(0, PREVIEW_LENGTH - 1)}…` : line;
}
