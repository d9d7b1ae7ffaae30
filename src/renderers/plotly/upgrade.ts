/** Figures as other programs and older versions write them, as plotly.js 3 reads them: pure. */

const BYTES: Readonly<Record<string, (buffer: ArrayBuffer) => ArrayLike<number | bigint>>> = {
  i1: (buffer) => new Int8Array(buffer),
  u1: (buffer) => new Uint8Array(buffer),
  u1c: (buffer) => new Uint8ClampedArray(buffer),
  i2: (buffer) => new Int16Array(buffer),
  u2: (buffer) => new Uint16Array(buffer),
  i4: (buffer) => new Int32Array(buffer),
  u4: (buffer) => new Uint32Array(buffer),
  f4: (buffer) => new Float32Array(buffer),
  f8: (buffer) => new Float64Array(buffer),
  i8: (buffer) => new BigInt64Array(buffer),
  u8: (buffer) => new BigUint64Array(buffer),
};

/** plotly.js's longer names of them. */
const LONG_NAMES: Readonly<Record<string, string>> = {
  int8: "i1",
  uint8: "u1",
  uint8c: "u1c",
  int16: "i2",
  uint16: "u2",
  int32: "i4",
  uint32: "u4",
  float32: "f4",
  float64: "f8",
  int64: "i8",
  uint64: "u8",
};

/** Objects of the author's own, which stay as they are. */
const OWN = new Set(["customdata", "meta"]);

/** Fields of a title that stood beside it until version 3, by their name in it. */
const BESIDE_TITLE: Readonly<Record<string, string>> = {
  titlefont: "font",
  titleposition: "position",
  titleside: "side",
  titleoffset: "offset",
};

/**
 * A figure's part with its packed lists of numbers (`{ dtype, bdata, shape }`) unpacked wherever they stand, and with titles that
 * are plain text as objects.
 * @throws Error with a sentence for packed numbers that are damaged
 */
export function upgraded(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(upgraded);
  if (!isPlain(value)) return value;
  if (typeof value["dtype"] === "string" && typeof value["bdata"] === "string") return unpacked(value);
  const entries = Object.entries(value).map(([name, item]) => {
    if (OWN.has(name)) return [name, unpackedOnly(item)];
    const isTitle = /(?:^|\.)title$/.test(name) && (typeof item === "string" || typeof item === "number");
    return [name, isTitle ? { text: String(item) } : upgraded(item)];
  });
  return withTitleFields(Object.fromEntries(entries) as Record<string, unknown>);
}

/** Numbers may be packed also where nothing else is changed. */
function unpackedOnly(value: unknown): unknown {
  return isPlain(value) && typeof value["dtype"] === "string" && typeof value["bdata"] === "string"
    ? unpacked(value)
    : value;
}

function withTitleFields(object: Record<string, unknown>): Record<string, unknown> {
  const beside = Object.entries(BESIDE_TITLE).filter(([old]) => object[old] !== undefined);
  if (beside.length === 0) return object;
  const title = isPlain(object["title"]) ? object["title"] : {};
  const moved = Object.fromEntries(beside.map(([old, name]) => [name, object[old]]));
  const rest = Object.entries(object).filter(([name]) => !Object.hasOwn(BESIDE_TITLE, name));
  return { ...Object.fromEntries(rest), title: { ...moved, ...title } };
}

/** A list of numbers, or lists of them by `shape`. Big integers become numbers, which is what a plot places. */
function unpacked(packed: Record<string, unknown>): unknown {
  const name = String(packed["dtype"]).replace(/^[<|=]/, "");
  const read = BYTES[LONG_NAMES[name] ?? name];
  if (!read) throw new Error(`its numbers are of the type "${name}", which is none that plotly knows`);
  let buffer: ArrayBuffer;
  let numbers: ArrayLike<number | bigint>;
  try {
    buffer = Uint8Array.from(atob(String(packed["bdata"])), (letter) => letter.charCodeAt(0)).buffer;
    numbers = read(buffer);
  } catch {
    throw new Error("its packed numbers are damaged; run the cell again");
  }
  const list = typeof numbers[0] === "bigint" ? Array.from(numbers, Number) : numbers;
  const shape = shapeOf(packed["shape"]);
  return shape.length < 2 ? list : folded(list as ArrayLike<number>, shape);
}

function shapeOf(shape: unknown): readonly number[] {
  const sizes =
    typeof shape === "string" ? shape.split(",") : Array.isArray(shape) ? (shape as unknown[]) : [];
  return sizes.map(Number).filter((size) => Number.isInteger(size) && size > 0);
}

function folded(list: ArrayLike<number>, [size = 1, ...inner]: readonly number[]): unknown {
  if (inner.length === 0) return list;
  const step = inner.reduce((product, one) => product * one, 1);
  const part = (i: number): ArrayLike<number> =>
    Array.prototype.slice.call(list, i * step, (i + 1) * step) as number[];
  return Array.from({ length: size }, (_, i) => folded(part(i), inner));
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
