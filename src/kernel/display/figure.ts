import { Buffer } from "node:buffer";
import { types } from "node:util";
import { PLOTLY_MIME, traceKind, type MimeBundle } from "../../protocol/index.js";
import { notDrawn, plotlyStill, type Still } from "../../stills/index.js";
import { presentRun } from "../run/context.js";
import { Array, Number, Object, Reflect, Uint8Array } from "../run/primordials.js";
import { attempt, everyItem, keysOf, propertyOf } from "../run/safely.js";
import { kindOf } from "./typedArray.js";

/** A figure as plotly.js takes it. */
export interface Figure {
  readonly data: readonly unknown[];
  readonly layout?: object;
}

const PARTS = ["data", "layout", "frames", "config"];

/**
 * Whether a value is a figure: traces in `data` beside a `layout`; without one it has nothing but a figure's parts, and in each
 * trace numbers to place or a type that plotly.js knows.
 */
export function isFigure(value: unknown): value is Figure {
  const data = propertyOf(value, "data");
  const layout = propertyOf(value, "layout");
  return attempt(
    () => {
      if (!Array.isArray(data) || data.length === 0) return false;
      const traces = data as readonly unknown[];
      if (!everyItem(traces, (trace) => typeof trace === "object" && trace !== null)) return false;
      if (layout !== undefined) return typeof layout === "object" && layout !== null;
      return keysOf(value as object).every((name) => PARTS.includes(name)) && everyItem(traces, isTrace);
    },
    () => false,
  );
}

function isTrace(trace: unknown): boolean {
  const type = propertyOf(trace, "type");
  if (type !== undefined) return traceKind(type) !== "unknown";
  return ["x", "y"].some((name) => {
    const values = propertyOf(trace, name);
    return Array.isArray(values) || types.isTypedArray(values) || isPacked(values);
  });
}

/** Whether a value is a list as plotly itself writes those of numbers: plotly.py does so for each array of numpy's. */
function isPacked(value: unknown): boolean {
  return typeof propertyOf(value, "dtype") === "string" && typeof propertyOf(value, "bdata") === "string";
}

export function figureText({ data }: Figure): string {
  const kinds = data.slice(0, 10).map((trace) => propertyOf(trace, "type"));
  const names = kinds.map((type) => (typeof type === "string" ? type : "scatter"));
  return `Plot of ${data.length} ${data.length === 1 ? "trace" : "traces"}: ${names.join(", ")}`;
}

/** A display of a plot with a still picture, for where no script draws it: as it stands where it has a form of that kind. */
export function withStill(bundle: MimeBundle): MimeBundle {
  const figure = bundle[PLOTLY_MIME];
  const hasPicture = keysOf(bundle).some((type) => type.startsWith("image/") || type === "text/html");
  if (figure === undefined || hasPicture || !isFigure(figure)) return bundle;
  const { png, svg } = stillOf(figure);
  const picture =
    png === undefined ? { "image/svg+xml": svg } : { "image/png": Buffer.from(png).toString("base64") };
  return { ...bundle, ...picture };
}

/** Figures of one run that get a still: a cell that shows more is not kept waiting for them. */
const MOST_STILLS = 100;

function stillOf(figure: Figure): Still {
  const run = presentRun();
  if (run !== undefined && ++run.stills > MOST_STILLS)
    return notDrawn(`its cell has shown ${MOST_STILLS} figures before it`, "light");
  return plotlyStill(figure, { isPicture: true });
}

/** Elements from which on numbers are packed: short lists can be read by any program, and by people. */
const PACKED_FROM = 1000;

/** plotly.js's names for the typed arrays that it unpacks. */
const DTYPES: Readonly<Record<string, string>> = {
  Int8Array: "i1",
  Uint8Array: "u1",
  Uint8ClampedArray: "u1c",
  Int16Array: "i2",
  Uint16Array: "u2",
  Int32Array: "i4",
  Uint32Array: "u4",
  Float32Array: "f4",
  Float64Array: "f8",
};

/**
 * A value of a figure as JSON holds it: long typed arrays packed as plotly.js reads them (`{ dtype, bdata }`, a quarter of their
 * text), others as lists; big integers as numbers, which is what a plot places; Sets as lists. For a field of an array plotly.js
 * unpacks nothing, so there they are lists.
 */
export function figureValue(isInArray: boolean, value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (types.isSet(value)) return Array.from(value);
  if (!types.isTypedArray(value)) return value;
  const dtype = Object.hasOwn(DTYPES, kindOf(value)) ? DTYPES[kindOf(value)] : undefined;
  if (isInArray || dtype === undefined || value.length < PACKED_FROM)
    return Array.from(value as Iterable<number | bigint>, Number);
  const bytes = Reflect.construct(Uint8Array, [
    value.buffer,
    value.byteOffset,
    value.byteLength,
  ]) as Uint8Array;
  return { dtype, bdata: Buffer.from(bytes).toString("base64") };
}
