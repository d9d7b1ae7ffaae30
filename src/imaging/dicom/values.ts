import type { DataSet } from "dicom-parser";
import type { Vec3 } from "../volume.js";

/** Text of an element without padding, or `undefined` where it is absent, empty or unreadable. */
export function text(dataSet: DataSet, tag: string): string | undefined {
  try {
    const value = dataSet.string(tag)?.trim();
    return value === "" ? undefined : value;
  } catch {
    return undefined; // the element's length runs past the end of a truncated file
  }
}

/** A number as DS and IS write it (PS3.5 section 6.2). */
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Numbers of a DS or IS element, NaN for what is none, and what had to be made good to read them. */
export interface Decimals {
  readonly values: readonly number[];
  /** Whether a value had a comma for its decimal point. */
  readonly commas: boolean;
  /** Whether commas stood where backslashes separate values. */
  readonly separators: boolean;
  /** Whether zero bytes stood between values, where only spaces may pad. */
  readonly zeros: boolean;
}

/**
 * The numbers of a text with commas between them: each with its decimal point (`0.7,0.7`), or with a decimal comma and a space
 * behind the comma that separates (`0,7, 0,7`). `undefined` for other texts.
 */
function commaList(text: string): string[] | undefined {
  for (const [separator, point] of [
    [",", "."],
    [/, +/, ","],
  ] as const) {
    const parts = text.split(separator).map((part) => part.trim());
    const isNumber = (part: string) =>
      part.split(point).length === 2 && DECIMAL.test(part.replace(point, "."));
    if (parts.length > 1 && parts.every(isNumber)) return parts;
  }
  return undefined;
}

/** The numbers of a DS or IS element; `undefined` where it is absent, empty or cut off. */
export function decimals(dataSet: DataSet, tag: string): Decimals | undefined {
  const element = dataSet.elements[tag];
  if (element === undefined || element.dataOffset + element.length > dataSet.byteArray.length)
    return undefined;
  const { dataOffset, length } = element;
  const whole = Buffer.from(dataSet.byteArray.buffer, dataSet.byteArray.byteOffset + dataOffset, length)
    .toString("latin1")
    .replace(/[\0 ]+$/, "");
  if (whole.trim() === "") return undefined;
  let commas = false;
  const listed = commaList(whole);
  const separators = listed !== undefined;
  const parts = listed ?? whole.replace(/[\\ ]+$/, "").split("\\");
  const values = parts.map((part) => {
    // A value ends with a zero byte in programs that copy texts of a fixed length.
    const plain = part.split("\0", 1)[0]!.trim();
    const turned = /^[^,.]*,[^,.]*$/.test(plain) ? plain.replace(",", ".") : plain;
    if (!DECIMAL.test(turned)) return NaN;
    commas ||= turned !== plain;
    const value = Number(turned);
    return Number.isFinite(value) ? value : NaN;
  });
  return { values, commas, separators, zeros: whole.includes("\0") };
}

/**
 * The first `count` decimal numbers of a DS or IS element, or `undefined` unless all of them are finite. A decimal comma and
 * zero bytes as padding are read past; `repairedValues` tells of them.
 */
export function numbers(dataSet: DataSet, tag: string, count: number): number[] | undefined {
  const values = decimals(dataSet, tag)?.values.slice(0, count) ?? [];
  return values.length === count && values.every(Number.isFinite) ? values : undefined;
}

export function vec3(values: readonly number[]): Vec3 {
  return [values[0]!, values[1]!, values[2]!];
}

/** The first item of a sequence. */
export function item(dataSet: DataSet | undefined, tag: string): DataSet | undefined {
  return dataSet?.elements[tag]?.items?.[0]?.dataSet;
}

/** The FD value at `index` of an element, or `undefined` where it is absent, cut off or not finite. */
export function double(dataSet: DataSet, tag: string, index = 0): number | undefined {
  try {
    const value = dataSet.double(tag, index);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined; // the element is shorter than a number, or runs past the end of the file
  }
}

/** The FL value of an element, or `undefined` where it is absent, cut off or not finite. */
export function single(dataSet: DataSet, tag: string): number | undefined {
  try {
    const value = dataSet.float(tag);
    return value !== undefined && Number.isFinite(value) ? value : undefined;
  } catch {
    return undefined; // the element is shorter than a number, or runs past the end of the file
  }
}

/** One UL value, or `undefined` where it is absent or cut off. */
export function whole(dataSet: DataSet, tag: string): number | undefined {
  try {
    return dataSet.uint32(tag);
  } catch {
    return undefined;
  }
}
