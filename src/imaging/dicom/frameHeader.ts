import type { DataSet } from "dicom-parser";
import type { Vec3 } from "../volume.js";
import { dot, unit } from "../geometry.js";
import { decimals, double, item, numbers, single, text, vec3, whole } from "./values.js";

/** What one slice says of itself. */
export interface FrameHeader {
  /** Position among the slices of its file. */
  readonly index: number;
  /** Frame of the pixel data that it lies in. */
  readonly stored: number;
  /** First row and column in that frame, for a tile of a mosaic. */
  readonly tile?: { readonly row: number; readonly column: number };
  /** LPS mm of the first voxel's centre. */
  readonly position: Vec3 | undefined;
  /** SliceLocation (0020,1041): mm along the axis of the patient that the slices cross. */
  readonly location: number | undefined;
  /** Unit vectors along a row (to the next column) and along a column (to the next row). */
  readonly orientation: readonly [Vec3, Vec3] | undefined;
  /** mm between rows, then between columns, in the order of PixelSpacing. */
  readonly pixelSpacing: readonly [number, number] | undefined;
  readonly sliceSpacing: number | undefined;
  readonly slope: number;
  readonly intercept: number;
  /** Philips' private scale slope (2005,100E): rescaled values divided by it and by the slope are the measured ones. */
  readonly privateScale: number | undefined;
  /** ms. */
  readonly echoTime: number | undefined;
  /** ms. */
  readonly repetitionTime: number | undefined;
  /** ms. */
  readonly inversionTime: number | undefined;
  /** Whether an enhanced file says that the frame was acquired with an inversion pulse. */
  readonly isInversionRecovery: boolean;
  /** SpectrallySelectedSuppression, of enhanced files; "" where it is not told. */
  readonly suppression: string;
  /** StackID (0020,9056), "" where there is none. */
  readonly stack: string;
  /** What tells frames of one place apart, most telling first: time, kind of image, diffusion, echo, acquisition. */
  readonly repeatKeys: readonly string[];
  /** Orders frames that share a position. */
  readonly order: number;
}

type Lookup = <T>(read: (dataSet: DataSet) => T | undefined, group: string) => T | undefined;

/**
 * Reads a value for one frame: from the frame's own functional group, else the shared one, else the top level, which is
 * where classic files keep everything (PS3.3 section C.7.6.16).
 */
function lookupFor(root: DataSet, frame: number): Lookup {
  const shared = item(root, "x52009229");
  const own = root.elements.x52009230?.items?.[frame]?.dataSet;
  return (read, group) => {
    for (const source of [item(own, group), item(shared, group), item(root, group), root]) {
      const value = source === undefined ? undefined : read(source);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** Two spacings; of one value, both are that. */
function pair(set: DataSet): readonly [number, number] | undefined {
  const found = decimals(set, "x00280030")?.values;
  if (found === undefined) return undefined;
  const [rows, columns] = [found[0]!, found.length === 1 ? found[0]! : found[1]!];
  return rows > 0 && columns > 0 ? [rows, columns] : undefined;
}

/** Largest cosine between rows and columns that precision explains. */
const RIGHT_ANGLE = 0.02;

/** Unit vectors along rows and columns; `undefined` where they have no length or are not at right angles. */
function axes(values: readonly number[] | undefined): readonly [Vec3, Vec3] | undefined {
  if (values === undefined) return undefined;
  const [row, column] = [unit(vec3(values.slice(0, 3))), unit(vec3(values.slice(3, 6)))];
  return row && column && Math.abs(dot(row, column)) < RIGHT_ANGLE ? [row, column] : undefined;
}

/**
 * Slope and intercept of stored values: the modality's own rescale, else a linear real-world value mapping
 * (PS3.3 section C.7.6.16.2.11), else none.
 */
function rescaling(find: Lookup): { slope: number; intercept: number } {
  // A slope of 0 would make every voxel the same; writers that leave it there mean none.
  const slope = find((set) => numbers(set, "x00281053", 1)?.[0] || undefined, "x00289145");
  const intercept = find((set) => numbers(set, "x00281052", 1)?.[0], "x00289145");
  if (slope !== undefined || intercept !== undefined) return { slope: slope ?? 1, intercept: intercept ?? 0 };
  const realWorld = find((set) => {
    const [by, plus] = [double(set, "x00409225"), double(set, "x00409224")];
    return by === undefined || by === 0 ? undefined : { slope: by, intercept: plus ?? 0 };
  }, "x00409096");
  return realWorld ?? { slope: 1, intercept: 0 };
}

function repeatKeys(find: Lookup, echo: number | undefined, inversion: number | undefined): string[] {
  const word = (tag: string, group: string) => find((set) => text(set, tag), group) ?? "";
  const gradient = find((set) => {
    const direction = item(set, "x00189076") ?? set;
    return [0, 1, 2].map((axis) => double(direction, "x00189089", axis)).join();
  }, "x00189117");
  return [
    String(find((set) => whole(set, "x00209128"), "x00209111") ?? word("x00200100", "x00209111")),
    word("x00089007", "x00189226") || word("x00080008", "x00189226"),
    word("x00089208", "x00189226"),
    `${find((set) => double(set, "x00189087"), "x00189117") ?? ""} ${gradient ?? ""}`,
    `${word("x00180086", "x00189114")} ${echo ?? ""}`,
    String(inversion ?? ""),
    word("x00181060", "x00189118"),
    word("x00200012", "x00209111"),
  ];
}

/** What frame `frame` of a file says of itself, from classic elements or functional groups. */
export function frameHeader(root: DataSet, frame: number): FrameHeader {
  const find = lookupFor(root, frame);
  const position = find((set) => numbers(set, "x00200032", 3), "x00209113");
  const one = (tag: string, group: string) => find((set) => numbers(set, tag, 1), group)?.[0];
  const thickness = one("x00180050", "x00289110");
  const between = one("x00180088", "x00289110");
  const echoTime = find((set) => double(set, "x00189082") ?? numbers(set, "x00180081", 1)?.[0], "x00189114");
  const inversionTime = find(
    (set) => double(set, "x00189079") ?? numbers(set, "x00180082", 1)?.[0],
    "x00189115",
  );
  return {
    index: frame,
    stored: frame,
    position: position && vec3(position),
    location: find((set) => numbers(set, "x00201041", 1)?.[0], "x00209113"),
    orientation: axes(find((set) => numbers(set, "x00200037", 6), "x00209116")),
    pixelSpacing: find(pair, "x00289110"),
    sliceSpacing: [between, thickness].find((value) => value !== undefined && value > 0),
    ...rescaling(find),
    privateScale: find((set) => single(set, "x2005100e") || undefined, "x2005140f"),
    echoTime,
    repetitionTime: one("x00180080", "x00189112"),
    inversionTime,
    isInversionRecovery: find((set) => text(set, "x00189009"), "x00189115") === "YES",
    suppression: find((set) => text(set, "x00189025"), "x00189006") ?? "",
    stack: find((set) => text(set, "x00209056"), "x00209111") ?? "",
    repeatKeys: repeatKeys(find, echoTime, inversionTime),
    order: numbers(root, "x00200013", 1)?.[0] ?? 0,
  };
}
