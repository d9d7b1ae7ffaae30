import { inspect, types } from "node:util";
import type { MimeBundle } from "../../protocol/messages.js";
import { PLOTLY_MIME } from "../../protocol/mime.js";
import { Array, Object, Symbol } from "../primordials.js";
import { mapPositions, reportOf } from "../traceback.js";
import { tableBundle } from "./table.js";
import { typedArrayText } from "./typedArray.js";

const DISPLAY = Symbol.for("Jupyter.display");

/**
 * What is shown of a value: its own `Symbol.for("Jupyter.display")` method decides; else text as `util.inspect` gives
 * it; beside it a table for an array of plain objects, and a plot for a figure of plotly's. A promise only where the
 * value's method returns one.
 */
export function mimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const method = displayMethod(value);
  if (method) {
    const made: unknown = method.call(value);
    return types.isPromise(made) ? made.then((bundle) => checked(bundle, value)) : checked(made, value);
  }
  if (types.isNativeError(value)) return { "text/plain": reportOf(value).traceback.join("\n") };
  if (isFigure(value)) return { [PLOTLY_MIME]: value, "text/plain": figureText(value) };
  return { "text/plain": plainText(value), ...tableBundle(value) };
}

interface Figure {
  readonly data: readonly { readonly type?: unknown }[];
  readonly layout: object;
}

/** A figure as plotly.js takes it: traces in `data` beside a `layout`. */
function isFigure(value: unknown): value is Figure {
  if (typeof value !== "object" || value === null) return false;
  const { data, layout } = value as Record<string, unknown>;
  if (!Array.isArray(data) || typeof layout !== "object" || layout === null) return false;
  const traces = data as readonly unknown[];
  return traces.length > 0 && traces.every((trace) => typeof trace === "object" && trace !== null);
}

function figureText({ data }: Figure): string {
  const kinds = data.map(({ type }) => (typeof type === "string" ? type : "scatter"));
  return `Plot of ${data.length} ${data.length === 1 ? "trace" : "traces"}: ${kinds.slice(0, 10).join(", ")}`;
}

function displayMethod(value: unknown): (() => unknown) | undefined {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  const method: unknown = (value as Record<symbol, unknown>)[DISPLAY];
  return typeof method === "function" ? (method as () => unknown) : undefined;
}

/** A display method that returns no object shows the value as text. */
function checked(bundle: unknown, value: unknown): MimeBundle {
  return typeof bundle === "object" && bundle !== null && Object.keys(bundle).length > 0
    ? (bundle as MimeBundle)
    : { "text/plain": plainText(value) };
}

/** A value as text; long ones are cut. */
export function plainText(value: unknown): string {
  if (types.isTypedArray(value)) return typedArrayText(value);
  return mapPositions(inspect(value, { maxArrayLength: 100, maxStringLength: 10_000 }));
}
