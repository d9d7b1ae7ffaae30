import { inspect } from "node:util";
import { Array, Infinity, Math, Number, Symbol } from "../primordials.js";

const SHOWN = 20;

/** A typed array as text: its length, the range and mean of its values, and its first elements. */
export function typedArrayText(array: NodeJS.TypedArray): string {
  const shown = Array.from(array.slice(0, SHOWN) as Iterable<number | bigint>, (value) => inspect(value));
  const more = array.length > SHOWN ? [`… ${array.length - SHOWN} more`] : [];
  const elements = array.length === 0 ? "[]" : `[ ${[...shown, ...more].join(", ")} ]`;
  return `${array[Symbol.toStringTag]}(${array.length})${summary(array)} ${elements}`;
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
