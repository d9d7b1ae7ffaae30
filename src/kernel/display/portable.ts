import { Buffer } from "node:buffer";
import { types } from "node:util";
import type { MimeBundle } from "../../protocol/index.js";
import { PLOTLY_MIME } from "../../protocol/index.js";
import { asCell } from "../run/intrinsics.js";
import {
  Array,
  ArrayBuffer,
  JSON,
  Number,
  Object,
  RangeError,
  String,
  Uint8Array,
} from "../run/primordials.js";
import { everyItem, inspected } from "../run/safely.js";
import { figureValue } from "./figure.js";

/** Types whose value is text also where it comes as bytes. */
const TEXT = /^text\/|^image\/svg\+xml$|^application\/(?:javascript|xml|.*\+xml)$/;
const MIME_TYPE = /^[^/\s]+\/\S+$/;
const JSON_TYPE = /^application\/(?:.*\+)?json$|\+json$/;

/**
 * A bundle as a notebook's file can hold it (nbformat: text, or JSON for JSON types): bytes become text or base64, numbers
 * and other primitives text, lists of lines one text; what stands for nothing (`undefined`, `null`, a function)
 * is left out, and so is what has no mime type for its name.
 * @throws whatever the values' own code throws, and TypeError for JSON that holds itself.
 */
export function portable(bundle: Readonly<Record<string, unknown>>): MimeBundle {
  const entries = Object.keys(bundle).flatMap((type) => {
    if (!MIME_TYPE.test(type)) return [];
    const given = bundle[type];
    const value = JSON_TYPE.test(type) ? plainJson(given, type === PLOTLY_MIME) : plainTextOf(type, given);
    return value === undefined ? [] : [[type, value] as const];
  });
  return Object.fromEntries(entries);
}

/** The value of a type that is no JSON. */
function plainTextOf(type: string, value: unknown): string | undefined {
  if (typeof value === "string") return value;
  if (value === undefined || value === null || typeof value === "function" || typeof value === "symbol")
    return undefined;
  const bytes = bytesOf(value);
  if (bytes) return Buffer.from(bytes).toString(TEXT.test(type) ? "utf8" : "base64");
  if (isLines(value)) return value.join("");
  return typeof value === "object" ? inspected(value) : String(value);
}

/** nbformat's own way to write a long text. */
function isLines(value: unknown): value is readonly string[] {
  return Array.isArray(value) && everyItem(value, (line) => typeof line === "string");
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined;
}

/**
 * A value as JSON holds it; numeric typed arrays are lists of numbers, big integers numbers where they are exact.
 * @param isPlot whether it is a figure of plotly's, which has its own ways: see {@link figureValue}
 */
export function plainJson(value: unknown, isPlot = false): unknown {
  if (typeof value === "function" || typeof value === "symbol") return undefined;
  const text = asCell(() => JSON.stringify(value, replacer(isPlot)) as string | undefined);
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}

/** Values in an output's JSON, those of its lists and objects together: more would be beyond what a cell may show. */
const MOST_VALUES = 10_000_000;

/** A replacer for `JSON.stringify`. @throws RangeError where there are more values than an output holds */
function replacer(isPlot: boolean): (this: unknown, name: string, value: unknown) => unknown {
  let values = 0;
  return function (_, value) {
    const given = isPlot ? figureValue(Array.isArray(this), value) : value;
    const length = lengthOf(given);
    if (length > MOST_VALUES) throw new RangeError(`A list of ${length} items is too long for an output.`);
    if (++values > MOST_VALUES)
      throw new RangeError(`More than ${MOST_VALUES} values are too many for an output.`);
    return plain(given);
  };
}

function lengthOf(value: unknown): number {
  if (Array.isArray(value) || types.isTypedArray(value)) return value.length;
  return types.isAnyArrayBuffer(value) ? value.byteLength : 0;
}

function plain(value: unknown): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (types.isTypedArray(value)) return Array.from(value as Iterable<unknown>);
  if (types.isAnyArrayBuffer(value)) return Array.from(new Uint8Array(value));
  return value;
}
