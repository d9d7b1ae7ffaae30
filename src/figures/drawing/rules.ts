/** What may be said of a figure, as rules that check a value and give its type. */

/** Whether a value is what is asked for. */
export type Rule<T> = (value: unknown) => value is T;

/** What a key's value must be: by a rule, an object of its own keys, or a list of such objects. */
export type Part = Rule<unknown> | Keys | readonly [Keys];

/** The keys that an object may hold. */
export interface Keys {
  /** What it must say itself: a still has no defaults for it. */
  readonly needed: Readonly<Record<string, Part>>;
  readonly optional: Readonly<Record<string, Part>>;
  /** Keys of the interactive form alone, whatever they say. */
  readonly ignored?: readonly string[];
}

type ValueOf<P> =
  P extends Rule<infer T>
    ? T
    : P extends readonly [infer K extends Keys]
      ? readonly Described<K>[]
      : P extends Keys
        ? Described<P>
        : never;

/** The type of an object that keeps to `keys`. */
export type Described<K extends Keys> = { readonly [N in keyof K["needed"]]: ValueOf<K["needed"][N]> } & {
  readonly [N in keyof K["optional"]]?: ValueOf<K["optional"][N]>;
};

/** One value for all points of a trace, or one for each. */
export type PerPoint<T> = T | readonly T[];

export const text: Rule<string> = (value): value is string => typeof value === "string";
export const flag: Rule<boolean> = (value): value is boolean => typeof value === "boolean";
export const number: Rule<number> = (value): value is number => Number.isFinite(value);
export const amount: Rule<number> = (value): value is number => number(value) && value >= 0;
export const colour: Rule<string> = matching(/^[#\w(),.% ]+$/);

export function matching(pattern: RegExp): Rule<string> {
  return (value): value is string => text(value) && pattern.test(value);
}

export function oneOf<const T extends readonly unknown[]>(...values: T): Rule<T[number]> {
  return (value): value is T[number] => values.includes(value);
}

export function either<A, B>(one: Rule<A>, other: Rule<B>): Rule<A | B> {
  return (value): value is A | B => one(value) || other(value);
}

export function list<T>(rule: Rule<T>): Rule<readonly T[]> {
  return (value): value is readonly T[] => Array.isArray(value) && value.every(rule);
}

export function pair<A, B>(first: Rule<A>, second: Rule<B>): Rule<readonly [A, B]> {
  return (value): value is readonly [A, B] =>
    Array.isArray(value) && value.length === 2 && first(value[0]) && second(value[1]);
}

export function perPoint<T>(rule: Rule<T>): Rule<PerPoint<T>> {
  return either(rule, list(rule));
}
