import { types } from "node:util";
import { PLOTLY_MIME } from "../../protocol/index.js";
import { asCell } from "../run/intrinsics.js";
import { Array, Reflect, Symbol } from "../run/primordials.js";
import { attempt, inspected, inspection, isError, propertyOf } from "../run/safely.js";
import { tidyText } from "../run/stacks.js";
import { mapPositions, reportOf } from "../run/traceback.js";
import { figureText, isFigure, withStill } from "./figure.js";
import { elementBundle, isElement } from "./node.js";
import { portable } from "./portable.js";
import type { Shown } from "./shown.js";
import { tableBundle } from "./table.js";
import { typedArrayText } from "./typedArray.js";
import { isVega, vegaBundle, type ImportPackage } from "./vega.js";

const DISPLAY = Symbol.for("Jupyter.display");

/**
 * What is shown of a value: its own `Symbol.for("Jupyter.display")` method decides; else text as `util.inspect` gives
 * it; beside it a table for rows of any kind, a plot for a figure of plotly's, and what is drawn of an element or a specification of
 * Vega's. A promise, which never rejects, only where the value's method returns one, and of Vega's. Never throws, whatever the value is.
 * @param importPackage imports the packages that draw what the kernel does not
 */
export function mimeBundle(value: unknown, importPackage: ImportPackage = importOwn): Shown | Promise<Shown> {
  const method = propertyOf(value, DISPLAY);
  if (typeof method === "function") return ownBundle(value, method as () => unknown);
  if (isError(value)) return { data: { "text/plain": reportOf(value).traceback.join("\n") } };
  if (isFigure(value))
    return portableOr(value, () => ({ [PLOTLY_MIME]: value, "text/plain": figureText(value) }));
  if (isElement(value)) return portableOr(value, () => elementBundle(value));
  if (isVega(value)) return vegaBundle(value, importPackage);
  const text = plainText(value);
  return { data: { "text/plain": text.text, ...tableBundle(value) }, ...withProblem(text.problem) };
}

const importOwn: ImportPackage = (name) => import(name) as Promise<object>;

function ownBundle(value: unknown, method: () => unknown): Shown | Promise<Shown> {
  return attempt<Shown | Promise<Shown>>(
    () => {
      const made: unknown = asCell(() => Reflect.apply(method, value, []));
      return types.isPromise(made) ? laterBundle(value, made) : checked(made, value);
    },
    (thrown) => failed(value, thrown),
  );
}

async function laterBundle(value: unknown, made: Promise<unknown>): Promise<Shown> {
  try {
    return checked(await made, value);
  } catch (thrown) {
    return failed(value, thrown);
  }
}

/** A display method that returns no object, or an empty one, shows the value as text. */
function checked(made: unknown, value: unknown): Shown {
  if (typeof made !== "object" || made === null || Array.isArray(made))
    return { data: { "text/plain": plainText(value).text } };
  return portableOr(value, () => made as Readonly<Record<string, unknown>>);
}

function portableOr(value: unknown, make: () => Readonly<Record<string, unknown>>): Shown {
  return attempt<Shown>(
    () => {
      const data = withStill(portable(make()));
      return { data: Reflect.ownKeys(data).length > 0 ? data : { "text/plain": plainText(value).text } };
    },
    (thrown) => failed(value, thrown),
  );
}

function failed(value: unknown, thrown: unknown): Shown {
  return { data: { "text/plain": plainText(value).text }, problem: { thrown } };
}

function withProblem(problem: Shown["problem"]): Pick<Shown, "problem"> {
  return problem ? { problem } : {};
}

/** A value as text; long ones are cut. */
function plainText(value: unknown): { readonly text: string; readonly problem?: Shown["problem"] } {
  if (types.isTypedArray(value))
    return {
      text: attempt(
        () => typedArrayText(value),
        () => inspected(value),
      ),
    };
  const { text, problem } = inspection(value, { maxArrayLength: 100, maxStringLength: 10_000 });
  return { text: tidyText(mapPositions(text)), ...withProblem(problem) };
}
