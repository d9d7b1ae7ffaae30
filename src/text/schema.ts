import * as v from "valibot";

/**
 * The form of what comes from a file or another process. A message in a schema says what the value must be ("a date"), as the end
 * of such a sentence; without one the words below are taken. A schema checks and changes nothing: no defaults, no transforms.
 */
export type Schema<T> = v.GenericSchema<unknown, T>;

/** A value that has the form, or what is wrong with it: part of a sentence, such as `"steps" must be a number`. */
export type Checked<T> =
  | { readonly value: T; readonly problem?: undefined }
  | { readonly value?: undefined; readonly problem: string };

/** Longest name of a field that is repeated in an error: a longer one is a text in a wrong place. */
const LONGEST_NAME = 40;

/**
 * Checks a value against a schema.
 * @returns the value as it was given, in the order of its fields and with those that the schema does not name, or the first
 *   problem: which field, and what it must be. The value itself is never repeated, for it may be a patient's name.
 */
export function checked<T>(value: unknown, schema: Schema<T>): Checked<T> {
  const result = v.safeParse(schema, value, { abortEarly: true });
  return result.success ? { value: value as T } : { problem: problemOf(result.issues[0]) };
}

/** Checks a JSON text against a schema, as {@link checked} does a value. A byte order mark, which some editors put before it, is passed over. */
export function checkedJson<T>(text: string, schema: Schema<T>): Checked<T> {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ""));
  } catch {
    return { problem: "it is no JSON, or was cut off" };
  }
  return checked(value, schema);
}

/** A whole number in a range, its ends included. */
export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): Schema<number> {
  const wish = `a whole number ${rangeWords(least, most, Number.MAX_SAFE_INTEGER)}`;
  return v.pipe(v.number(wish), v.safeInteger(wish), v.minValue(least, wish), v.maxValue(most, wish));
}

/** A finite number in a range, its ends included. */
export function numberBetween(least: number, most = Number.MAX_VALUE): Schema<number> {
  const wish = `a number ${rangeWords(least, most, Number.MAX_VALUE)}`;
  return v.pipe(v.number(wish), v.minValue(least, wish), v.maxValue(most, wish));
}

/** A finite number. */
export function finiteNumber(): Schema<number> {
  return v.pipe(v.number(), v.finite("a number"));
}

/** An object of any keys whose values are all of one form. */
export function recordOf<T>(values: Schema<T>): Schema<Record<string, T>> {
  return v.pipe(plainObject(), v.record(v.string(), values));
}

/** Names that the library does not look at, as they reach beyond their object. */
const REACHING = ["__proto__", "prototype", "constructor"];

/** An object and no list, of which all fields can be checked: what a form of any keys begins with. */
export function plainObject(): Schema<object> {
  return v.custom<object>(
    (value) =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      !REACHING.some((name) => Object.hasOwn(value, name)),
    `an object without fields called ${REACHING.join(", ")}`,
  );
}

/** The version of a format, where only one is known: a file of a later Spinebook is refused, and told so. */
export function versionIs<const N extends number>(known: N): Schema<N> {
  return v.literal(known, `${known}, the one version that this Spinebook reads`);
}

function rangeWords(least: number, most: number, endless: number): string {
  return most === endless ? `of at least ${least}` : `from ${least} to ${most}`;
}

/** The first thing that is wrong, in our words: the library's own repeat the value. */
function problemOf({ type, expected, received, message, path }: v.BaseIssue<unknown>): string {
  const field = fieldName(path?.map(({ key }) => key) ?? []);
  if (expected === "never") return `there is an unknown field ${field}`;
  // The library tells of a missing field in the name of the object that lacks it.
  if (OBJECTS.includes(type) && received === "undefined" && path !== undefined && expected?.startsWith('"'))
    return `${field} is missing`;
  return `${field} must be ${message.startsWith("Invalid ") ? wish(type, expected) : message}`;
}

const OBJECTS = ["object", "loose_object", "strict_object"];

function wish(type: string, expected: string | null): string {
  if (OBJECTS.includes(type) || expected === "Object") return "an object";
  if (type === "array" || type.endsWith("tuple")) return "a list";
  if (type === "string") return "a text";
  if (type === "number") return "a number";
  if (type === "boolean") return "true or false";
  // Literals and lists of them: "a", ("a" | "b").
  return (expected ?? "something else")
    .replace(/^\((.*)\)$/, "one of $1")
    .replaceAll(" | ", ", ")
    .replaceAll('"', "");
}

/** A field by its way from the top, such as `"discs[2].level"`. */
function fieldName(keys: readonly unknown[]): string {
  if (keys.length === 0) return "it";
  const way = keys.map((key) => {
    if (typeof key === "number") return `[${key}]`;
    // What has spaces or is long is no name that a program gave, and may be a person's.
    const name = String(key);
    return `.${/^[\w$@/-]+$/.test(name) && name.length <= LONGEST_NAME ? name : "..."}`;
  });
  return `"${way.join("").replace(/^\./, "")}"`;
}
