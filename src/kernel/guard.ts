import type { Identity, IdentityFinding } from "../protocol/index.js";
import { Array, Map, Object, RegExp } from "./primordials.js";

/** What stands where an identity stood. */
const REMOVED = "[identity removed]";
/** Shorter values would match by chance. */
const SHORTEST_ID = 5;
const SHORTEST_NAME_PART = 2;
/** A letter that is a name by itself, as most Chinese and Korean family names are. */
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hangul}]$/u;
/** A string that long without a space is a picture's base64 or other packed data, where only chance would match. */
const PACKED = /^[^\s]{1000,}$/;

interface Watched {
  readonly kind: string;
  readonly pattern: RegExp;
}

/** Keeps patients' identities, once cells have read them, out of everything that leaves the kernel. */
export class IdentityGuard {
  private readonly watched = new Map<string, Watched>();

  /** @param allowed The user wants identities shown: nothing is removed, and {@link find} still finds. */
  constructor(private readonly allowed = false) {}

  /** Watches for identities from now on; values too short to be told from other text are left out. */
  add(identities: readonly Identity[]): void {
    for (const identity of identities) {
      const source = patternOf(identity);
      if (source !== undefined && !this.watched.has(source))
        this.watched.set(source, { kind: identity.kind, pattern: new RegExp(source, "giu") });
    }
  }

  /** The text without identities; the same string where there are none. */
  clean(text: string): string {
    if (this.allowed || this.watched.size === 0 || PACKED.test(text)) return text;
    let cleaned = text;
    for (const { pattern } of this.watched.values()) cleaned = cleaned.replace(pattern, REMOVED);
    return cleaned;
  }

  /** A JSON value without identities in its strings. */
  cleanValue(value: unknown): unknown {
    if (this.allowed || this.watched.size === 0) return value;
    if (typeof value === "string") return this.clean(value);
    if (Array.isArray(value)) return value.map((item) => this.cleanValue(item));
    if (typeof value !== "object" || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([key, item]) => [this.clean(key), this.cleanValue(item)]),
    );
  }

  /** Which texts hold an identity, and of what kind. */
  find(texts: readonly string[]): IdentityFinding[] {
    const watched = [...this.watched.values()];
    return texts.flatMap((text, index) =>
      PACKED.test(text)
        ? []
        : watched.flatMap(({ kind, pattern }) => {
            pattern.lastIndex = 0;
            return pattern.test(text) ? [{ text: index, kind }] : [];
          }),
    );
  }
}

/** A regular expression's source for all usual spellings of an identity; `undefined` where it would match too much. */
function patternOf({ form, value }: Identity): string | undefined {
  if (form === "name") return namePattern(value);
  if (form === "date") return datePattern(value);
  const id = value.trim();
  return id.length < SHORTEST_ID ? undefined : bounded(escape(id));
}

/** Family and given name in either order, with whatever stands between them in names, paths and addresses. */
function namePattern(value: string): string | undefined {
  const parts = value
    .split(/[\^=\s,]+/)
    .filter((part) => part.length >= SHORTEST_NAME_PART || IDEOGRAPH.test(part))
    .slice(0, 2)
    .map(escape);
  const [family, given] = parts;
  if (family === undefined) return undefined;
  if (given === undefined) return family.length < SHORTEST_ID ? undefined : bounded(family);
  const between = "[\\s^,_.+%20-]{0,4}";
  return bounded(`(?:${family}${between}${given}|${given}${between}${family})`);
}

function datePattern(value: string): string | undefined {
  const match = /^(\d{4})(\d{2})(\d{2})$/.exec(value.trim());
  if (!match) return undefined;
  const [, year, month, day] = match;
  const orders = [
    [year, month, day],
    [day, month, year],
    [month, day, year],
  ];
  return bounded(`(?:${year}${month}${day}|${orders.map((order) => order.join("[-./]")).join("|")})`);
}

function bounded(source: string): string {
  return `(?<![\\p{L}\\p{N}])${source}(?![\\p{L}\\p{N}])`;
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
