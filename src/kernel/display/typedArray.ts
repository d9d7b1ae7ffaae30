import {
  Array,
  Float32Array,
  Infinity,
  Math,
  Number,
  Object,
  Reflect,
  Symbol,
  Uint8Array,
} from "../run/primordials.js";
import { inspected, isInstance } from "../run/safely.js";

const SHOWN = 20;
const LINE_LENGTH = 100;

/** A typed array as text: its length, the range and mean of its values, and its first elements. */
export function typedArrayText(array: NodeJS.TypedArray): string {
  // Single precision has no more digits than these.
  const single = isInstance(array, Float32Array);
  const shown = Array.from(array.slice(0, SHOWN) as Iterable<number | bigint>, (value) =>
    single && typeof value === "number" && Number.isFinite(value) ? short(value) : inspected(value),
  );
  const more = array.length > SHOWN ? [`… ${array.length - SHOWN} more`] : [];
  const head = `${kindOf(array)}(${array.length})${summary(array)}`;
  if (array.length === 0) return `${head} []`;
  const [first = "", ...rest] = wrapped([...shown, ...more]);
  if (rest.length === 0 && head.length + first.length < LINE_LENGTH) return `${head} [ ${first} ]`;
  return `${head}\n[ ${[first, ...rest].join("\n  ")} ]`;
}

const typedArrays = Object.getPrototypeOf(Uint8Array.prototype) as object;
// eslint-disable-next-line @typescript-eslint/unbound-method -- called with each array as its `this`
const tagOf = Object.getOwnPropertyDescriptor(typedArrays, Symbol.toStringTag)!.get!;

/** Such as `Float32Array`; what the language itself says, as a cell's array may say anything of itself. */
export function kindOf(array: NodeJS.TypedArray): string {
  return Reflect.apply(tagOf, array, []) as string;
}

/** Texts with commas between, in lines of a length that can be read. */
function wrapped(texts: readonly string[]): string[] {
  const lines: string[] = [];
  let line = "";
  texts.forEach((text, index) => {
    const item = index === texts.length - 1 ? text : `${text},`;
    if (line !== "" && line.length + item.length >= LINE_LENGTH) {
      lines.push(line);
      line = "";
    }
    line += line === "" ? item : ` ${item}`;
  });
  return [...lines, line];
}

function summary(array: NodeJS.TypedArray): string {
  if (array.length <= SHOWN || typeof array[0] === "bigint") return "";
  let [low, high, sum, missing] = [Infinity, -Infinity, 0, 0];
  for (const value of array as Iterable<number>) {
    if (Number.isNaN(value)) missing++;
    else {
      low = Math.min(low, value);
      high = Math.max(high, value);
      sum += value;
    }
  }
  const count = array.length - missing;
  if (count === 0) return " all NaN";
  const gaps = missing === 0 ? "" : `, ${missing} NaN`;
  return ` from ${short(low)} to ${short(high)}, mean ${short(sum / count)}${gaps}`;
}

function short(value: number): string {
  return Number.isInteger(value) ? `${value}` : `${Number(value.toPrecision(6))}`;
}
