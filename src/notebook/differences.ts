/** Comparison of values and texts, exact or with numbers that may be a little off. */

/** Where two values first differ, each side as a text. */
export interface ValueDifference {
  /** Such as `.discs[2].grade`; empty for the value itself. */
  readonly path: string;
  readonly stored: string;
  readonly fresh: string;
}

/** Packed data, such as a picture's base64, has no numbers that may be off. */
const PACKED = /^\S{1000,}$/;
const NUMBER = /[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?/;
/** How much of a text is shown before the first difference, and how much in all. */
const SHOWN_BEFORE = 20;
const SHOWN = 80;

/** Whether two numbers differ by no more than `tolerance` times the larger of them. */
export function sameNumber(stored: number, fresh: number, tolerance: number): boolean {
  if (Object.is(stored, fresh) || stored === fresh) return true;
  return Math.abs(stored - fresh) <= tolerance * Math.max(Math.abs(stored), Math.abs(fresh));
}

/**
 * Whether two texts are the same; with a tolerance, the numbers in them may differ that much and the rest between them
 * must be the same.
 */
export function sameText(stored: string, fresh: string, tolerance: number): boolean {
  return stored === fresh || (tolerance > 0 && differsAt(stored, fresh, tolerance) === undefined);
}

/** Where two JSON values first differ; the order of an object's keys is no difference. */
export function firstDifference(
  stored: unknown,
  fresh: unknown,
  tolerance: number,
  path = "",
): ValueDifference | undefined {
  if (typeof stored === "number" && typeof fresh === "number" && sameNumber(stored, fresh, tolerance))
    return undefined;
  if (typeof stored === "string" && typeof fresh === "string")
    return sameText(stored, fresh, tolerance) ? undefined : { path, ...excerpts(stored, fresh, tolerance) };
  if (Array.isArray(stored) && Array.isArray(fresh) && stored.length === fresh.length) {
    for (const [index, value] of stored.entries()) {
      const found = firstDifference(value, fresh[index], tolerance, `${path}[${index}]`);
      if (found) return found;
    }
    return undefined;
  }
  if (isRecord(stored) && isRecord(fresh)) {
    for (const key of new Set([...Object.keys(stored), ...Object.keys(fresh)])) {
      const found = firstDifference(stored[key], fresh[key], tolerance, `${path}.${key}`);
      if (found) return found;
    }
    return undefined;
  }
  return stored === fresh
    ? undefined
    : { path, stored: shorten(shown(stored)), fresh: shorten(shown(fresh)) };
}

/** Both texts around their first difference, on one line each. */
export function excerpts(
  stored: string,
  fresh: string,
  tolerance: number,
): { stored: string; fresh: string } {
  const at = differsAt(stored, fresh, tolerance) ?? { stored: 0, fresh: 0 };
  return { stored: excerpt(stored, at.stored), fresh: excerpt(fresh, at.fresh) };
}

/** The positions in both texts where they first differ beyond the tolerance; `undefined` where they do not. */
function differsAt(
  stored: string,
  fresh: string,
  tolerance: number,
): { stored: number; fresh: number } | undefined {
  if (tolerance === 0 || PACKED.test(stored) || PACKED.test(fresh)) {
    if (stored === fresh) return undefined;
    const position = commonLength(stored, fresh);
    return { stored: position, fresh: position };
  }
  const [a, b] = [pieces(stored), pieces(fresh)];
  const position = { stored: 0, fresh: 0 };
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [x, y] = [a[index] ?? "", b[index] ?? ""];
    const isNumber = index % 2 === 1 && x !== "" && y !== "";
    if (x !== y && !(isNumber && sameNumber(Number(x), Number(y), tolerance))) {
      const common = isNumber ? 0 : commonLength(x, y);
      return { stored: position.stored + common, fresh: position.fresh + common };
    }
    position.stored += x.length;
    position.fresh += y.length;
  }
  return undefined;
}

/** A text cut at its numbers: every second piece, from the second on, is one. */
function pieces(text: string): string[] {
  return text.split(new RegExp(`(${NUMBER.source})`));
}

function commonLength(a: string, b: string): number {
  const end = Math.min(a.length, b.length);
  let length = 0;
  while (length < end && a[length] === b[length]) length++;
  return length;
}

function excerpt(text: string, position: number): string {
  const from = Math.max(0, position - SHOWN_BEFORE);
  return shorten(`${from > 0 ? "…" : ""}${text.slice(from, from + 2 * SHOWN)}`);
}

/** One line of at most `SHOWN` characters. */
function shorten(text: string): string {
  const line = text.replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t");
  return line.length > SHOWN ? `${line.slice(0, SHOWN - 1)}…` : line;
}

function shown(value: unknown): string {
  return value === undefined ? "(nothing)" : JSON.stringify(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
