/** A JSON object whose fields are kept as they are. */
export type JsonObject = Record<string, unknown>;

/** Mime types whose value may be any JSON by nbformat's schema; every other value is text or a list of texts. */
const ANY_JSON = /^application\/(?:.*\+)?json$/;
/** Types that are text, so that their bytes are read as UTF-8; the bytes of all others become base64. */
const TEXT = /^text\/|[+/](?:xml|javascript|json)$/;

/**
 * A mime bundle as nbformat's schema (4.5, `mimebundle`) has it, whatever a cell has shown: bytes become base64 (text where
 * the type is text), numbers and other values their text, objects their JSON; what is nothing (`null`, functions) is left out.
 */
export function storableBundle(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).flatMap(([mime, value]) => {
      const stored = storableValue(mime, value);
      return stored === undefined ? [] : [[mime, stored]];
    }),
  );
}

function storableValue(mime: string, value: unknown): unknown {
  if (typeof value === "function" || typeof value === "symbol" || value === undefined) return undefined;
  if (ANY_JSON.test(mime)) return value;
  if (typeof value === "string" || isTexts(value)) return value;
  if (value === null) return undefined;
  const bytes = bytesOf(value, mime);
  if (bytes !== undefined) return Buffer.from(bytes).toString(TEXT.test(mime) ? "utf8" : "base64");
  return typeof value === "number" || typeof value === "bigint" ? String(value) : jsonText(value);
}

/** Bytes in any form that they have after their way from the kernel or through a file. */
function bytesOf(value: unknown, mime: string): Uint8Array | undefined {
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  if (value instanceof ArrayBuffer || value instanceof SharedArrayBuffer) return new Uint8Array(value);
  if (typeof value !== "object" || value === null) return undefined;
  const { type, data } = value as { readonly type?: unknown; readonly data?: unknown };
  if (type === "Buffer" && isBytes(data)) return Uint8Array.from(data);
  if (isBytes(value)) return TEXT.test(mime) || value.length === 0 ? undefined : Uint8Array.from(value);
  // What JSON makes of a typed array: { "0": 137, "1": 80, ... }.
  const entries = Object.entries(value);
  const items = entries.map(([, item]: [string, unknown]) => item);
  return entries.length > 0 && entries.every(([key], index) => key === String(index)) && isBytes(items)
    ? Uint8Array.from(items)
    : undefined;
}

function isBytes(value: unknown): value is number[] {
  return (
    Array.isArray(value) &&
    value.every((item) => Number.isInteger(item) && Number(item) >= 0 && Number(item) < 256)
  );
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

/** A text as it is, anything else as its JSON. */
export function storableText(value: unknown): string {
  return typeof value === "string" ? value : (jsonText(value) ?? "");
}

/** A count as nbformat has it: an integer from 0, or null. */
export function storableCount(value: unknown): number | null {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : null;
}

/** A cell's metadata whose fields that nbformat names are of the types that it asks for; the others stay as they are. */
export function storableCellMetadata(metadata: JsonObject): JsonObject {
  return withFields(metadata, {
    tags: storableTags,
    name: (name) => storableText(name) || undefined,
    format: storableText,
    collapsed: Boolean,
    scrolled: (scrolled) => (scrolled === "auto" ? scrolled : Boolean(scrolled)),
    jupyter: objectOf,
    execution: (times) => {
      const object = objectOf(times);
      return (
        object && Object.fromEntries(Object.entries(object).map(([key, time]) => [key, storableText(time)]))
      );
    },
  });
}

/** The same for a notebook's metadata. `orig_nbformat` should never be in a file. */
export function storableMetadata(metadata: JsonObject): JsonObject {
  return withFields(metadata, {
    kernelspec: (value) => {
      const spec = objectOf(value);
      if (!spec) return undefined;
      const name = storableText(spec["name"] ?? "spinebook");
      return { ...spec, name, display_name: storableText(spec["display_name"] ?? name) };
    },
    language_info: (value) => {
      const info = objectOf(value);
      if (!info) return undefined;
      return withFields(
        { ...info, name: storableText(info["name"] ?? "typescript") },
        {
          codemirror_mode: (mode) => objectOf(mode) ?? storableText(mode),
          file_extension: storableText,
          mimetype: storableText,
          pygments_lexer: storableText,
        },
      );
    },
    orig_nbformat: () => undefined,
    title: storableText,
    authors: (authors) => (Array.isArray(authors) ? (authors as unknown[]) : [authors]),
  });
}

/** Pictures of a cell: each a mime bundle; what is none is left out. */
export function storableAttachments(value: unknown): JsonObject {
  return Object.fromEntries(
    Object.entries(objectOf(value) ?? {}).flatMap(([name, bundle]) => {
      const object = objectOf(bundle);
      return object ? [[name, storableBundle(object)]] : [];
    }),
  );
}

/** JSON of any value: big integers as text, a mark where a value holds itself; `undefined` for what JSON knows not. */
export function jsonText(value: unknown, indent?: number): string | undefined {
  try {
    return JSON.stringify(value, null, indent);
  } catch {
    return JSON.stringify(value, careful(), indent);
  }
}

function careful(): (this: unknown, key: string, value: unknown) => unknown {
  const above: unknown[] = [];
  return function (_key, value) {
    if (typeof value === "bigint") return String(value);
    if (typeof value !== "object" || value === null) return value;
    while (above.length > 0 && above.at(-1) !== this) above.pop();
    if (above.includes(value)) return "[Circular]";
    above.push(value);
    return value;
  };
}

function storableTags(value: unknown): string[] {
  const given: unknown[] = Array.isArray(value) ? value : [value];
  const tags = given.filter((tag) => typeof tag === "string");
  return [...new Set(tags.flatMap((tag) => tag.split(",")).filter((tag) => tag !== ""))];
}

function withFields(
  object: JsonObject,
  fields: Readonly<Record<string, (value: unknown) => unknown>>,
): JsonObject {
  return Object.fromEntries(
    Object.entries(object).flatMap(([key, value]) => {
      const stored = Object.hasOwn(fields, key) ? fields[key]!(value) : value;
      return stored === undefined ? [] : [[key, stored]];
    }),
  );
}

function objectOf(value: unknown): JsonObject | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}
