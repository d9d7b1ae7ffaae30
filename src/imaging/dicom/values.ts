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
