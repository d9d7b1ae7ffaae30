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

/** The first `count` decimal numbers of a DS or IS element, or `undefined` unless all of them are finite. */
export function numbers(dataSet: DataSet, tag: string, count: number): number[] | undefined {
  const parts = text(dataSet, tag)?.split("\\", count) ?? [];
  const values = parts.map((part) => (part.trim() === "" ? NaN : Number(part)));
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

/** One UL value, or `undefined` where it is absent or cut off. */
export function whole(dataSet: DataSet, tag: string): number | undefined {
  try {
    return dataSet.uint32(tag);
  } catch {
    return undefined;
  }
}
