/**
 * Looking at values that cells made, none of which can be trusted: getters throw, proxies are revoked, names are symbols,
 * prototypes are null. Nothing here throws, whatever it is given; all that describes a value goes through here.
 */
import { inspect, types, type InspectOptions } from "node:util";
import { shielded } from "./intrinsics.js";
import { Error, Object, Reflect, String } from "./primordials.js";

/** What `look` gives; what `otherwise` makes of the thrown value where it throws. The one place that swallows an error. */
export function attempt<T>(look: () => T, otherwise: (thrown: unknown) => T): T {
  try {
    return look();
  } catch (thrown) {
    return otherwise(thrown);
  }
}

/** A property, also an inherited or a computed one; `undefined` where it cannot be read. */
export function propertyOf(value: unknown, key: PropertyKey): unknown {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return undefined;
  return attempt(
    () => Reflect.get(value, key) as unknown,
    () => undefined,
  );
}

/** Calls a value's method. @throws what the method throws, and TypeError where there is none */
export function callMethod(value: object, name: string, ...values: readonly unknown[]): unknown {
  return Reflect.apply(propertyOf(value, name) as () => unknown, value, values);
}

/** The names of the own enumerable properties; none where they cannot be listed. */
export function keysOf(value: object): string[] {
  return attempt(
    () => Object.keys(value),
    () => [],
  );
}

/** Whether all items of a list pass; ends at the first that does not, holes too: a list may be said to have 2^32 of them. */
export function everyItem(list: readonly unknown[], passes: (item: unknown) => boolean): boolean {
  for (let i = 0; i < list.length; i++) if (!passes(list[i])) return false;
  return true;
}

/** Whether a value is an error, of this realm or of another. */
export function isError(value: unknown): value is Error {
  return types.isNativeError(value) || isInstance(value, Error);
}

/** `value instanceof kind`; no where that cannot be told. */
export function isInstance<T>(value: unknown, kind: abstract new (...values: never[]) => T): value is T {
  return attempt(
    () => value instanceof kind,
    () => false,
  );
}

/** A value as the text that it stands for: texts as they are, other primitives as JavaScript converts them. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if ((typeof value === "object" && value !== null) || typeof value === "function")
    return inspected(value, { depth: 1 });
  return String(value);
}

/** A value as `util.inspect` shows it, or as far as that goes. */
export function inspected(value: unknown, options: InspectOptions = {}): string {
  return inspection(value, options).text;
}

/** What {@link inspection} saw. */
export interface Inspection {
  readonly text: string;
  /** What the value's own method for its inspection threw, if it did. */
  readonly problem?: { readonly thrown: unknown };
}

/** A value as text, with what its own method threw in place of giving one. */
export function inspection(value: unknown, options: InspectOptions = {}): Inspection {
  return attempt<Inspection>(
    () => ({ text: shielded(() => inspect(value, options)) }),
    (thrown) =>
      attempt<Inspection>(
        () => ({
          text: shielded(() => inspect(value, { ...options, customInspect: false })),
          problem: { thrown },
        }),
        () => ({ text: hiddenText(value, thrown) }),
      ),
  );
}

/** What is left to say of a value that not even Node can look at: an error by its stack, anything else by its kind. */
function hiddenText(value: unknown, thrown: unknown): string {
  if (isError(value)) {
    const stack = propertyOf(value, "stack");
    return typeof stack === "string" && stack !== "" ? stack : `${errorName(value)}: ${errorMessage(value)}`;
  }
  const kind = types.isProxy(value) ? "Proxy" : typeof value === "function" ? "Function" : "Object";
  const why = isError(thrown) ? `${errorName(thrown)}: ${errorMessage(thrown)}` : "it throws";
  return `[${kind} that cannot be shown: ${why}]`;
}

/** An error's name: a text that is never empty. */
export function errorName(error: unknown): string {
  const name = plainTextOf(propertyOf(error, "name"));
  return name === "" ? "Error" : name;
}

/** An error's message, as text. */
export function errorMessage(error: unknown): string {
  return attempt(
    () => plainTextOf((error as Partial<Error> | undefined)?.message),
    () => "[a message that cannot be read]",
  );
}

/** {@link textOf} without a look inside objects, which would lead back to the error that they belong to. */
function plainTextOf(value: unknown): string {
  if (value === undefined) return "";
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return textOf(value);
  return attempt(
    () => inspect(value, { depth: 0, customInspect: false }),
    () => (types.isProxy(value) ? "[Proxy]" : "[Object]"),
  );
}
