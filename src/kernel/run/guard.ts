import type { Identity, IdentityPattern } from "../../protocol/index.js";
import { PACKED } from "../../protocol/index.js";
import { Array, Map, Object, RegExp } from "./primordials.js";

/** What stands where an identity stood. */
const REMOVED = "[identity removed]";
/** Shorter values would match by chance. */
const SHORTEST_ID = 5;
const SHORTEST_NAME_PART = 2;
/** A letter that is a name by itself, as most Chinese and Korean family names are. */
const IDEOGRAPH = /^[\p{Script=Han}\p{Script=Hangul}]$/u;

/** Keeps patients' identities, once cells have read them, out of everything that leaves the kernel. */
export class IdentityGuard {
  private readonly watched = new Map<string, RegExp>();

  /** @param allowed The user wants identities shown: nothing is removed, and {@link add} still tells them. */
  constructor(private readonly allowed = false) {}

  /**
   * Watches for identities from now on; values too short to be told from other text are left out.
   * @returns those that were not watched for before, for whoever runs the kernel
   */
  add(identities: readonly Identity[]): IdentityPattern[] {
    return identities.flatMap((identity) => {
      const source = patternOf(identity);
      if (source === undefined || this.watched.has(source)) return [];
      this.watched.set(source, new RegExp(source, "giu"));
      return [{ kind: identity.kind, source }];
    });
  }

  /** The text without identities; the same string where there are none. */
  clean(text: string): string {
    if (this.allowed || this.watched.size === 0 || PACKED.test(text)) return text;
    let cleaned = text;
    for (const pattern of this.watched.values()) cleaned = cleaned.replace(pattern, REMOVED);
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
