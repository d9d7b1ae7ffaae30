import { inspect, types } from "node:util";
import type { MimeBundle } from "../protocol/messages.js";
import { Map, Object, Symbol } from "./primordials.js";
import type { Run } from "./run.js";
import { htmlTable } from "./table.js";
import { mapPositions, reportOf } from "./traceback.js";

const DISPLAY = Symbol.for("Jupyter.display");

/**
 * What is shown of a value: its own `Symbol.for("Jupyter.display")` method decides; else text as `util.inspect` gives
 * it, for arrays of plain objects beside an HTML table. A promise only where the value's method returns one.
 */
export function mimeBundle(value: unknown): MimeBundle | Promise<MimeBundle> {
  const method = displayMethod(value);
  if (method) {
    const made: unknown = method.call(value);
    return types.isPromise(made) ? made.then((bundle) => checked(bundle, value)) : checked(made, value);
  }
  if (types.isNativeError(value)) return { "text/plain": reportOf(value).traceback.join("\n") };
  const table = htmlTable(value);
  return { "text/plain": plainText(value), ...(table === undefined ? {} : { "text/html": table }) };
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

function plainText(value: unknown): string {
  return mapPositions(inspect(value, { maxArrayLength: 100, maxStringLength: 10_000 }));
}

/** Which run last showed a display id: that output is updated; a cell that runs anew shows its displays anew. */
export class DisplayIds {
  private readonly owners = new Map<string, Run>();

  /** Whether showing `id` in `run` updates an output that is there; a new output then belongs to `run`. */
  claim(id: string, run: Run): boolean {
    const owner = this.owners.get(id);
    if (owner !== undefined && (owner === run || owner.cellId !== run.cellId)) return true;
    this.owners.set(id, run);
    return false;
  }
}
