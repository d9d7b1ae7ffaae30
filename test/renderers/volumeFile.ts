/** Writes small NIfTI-1 files for the tests of the volume viewer. */
export interface NiftiOptions {
  readonly size: readonly [number, number, number];
  readonly type: "uint8" | "int16" | "uint16" | "float32";
  /** In the order slice, row, column. */
  readonly values: readonly number[];
  readonly little?: boolean;
  readonly slope?: number;
  readonly intercept?: number;
  /** Three rows of four numbers, RAS. */
  readonly sform?: readonly number[] | undefined;
  /** b, c and d. */
  readonly quaternion?: readonly [number, number, number];
  readonly offset?: readonly [number, number, number];
  readonly spacing?: readonly [number, number, number];
}

const CODES = { uint8: [2, 1], int16: [4, 2], float32: [16, 4], uint16: [512, 2] } as const;

/** Columns (0.5 mm) run to the back, rows (0.6 mm) to the feet, slices (4 mm) to the left. */
export const RAS_SAGITTAL: readonly number[] = [0, 0, -4, 2, -0.5, 0, 0, -3, 0, -0.6, 0, 4];

/** An affine turned about the head axis by degrees. */
export function turned(affine: readonly number[], degrees: number): readonly number[] {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return affine.map((value, i) => {
    if (i < 4) return cos * value - sin * affine[i + 4]!;
    return i < 8 ? sin * affine[i - 4]! + cos * value : value;
  });
}

export function niftiFile({ size, type, values, little = true, ...rest }: NiftiOptions): Uint8Array {
  const [code, bytes] = CODES[type];
  const file = new Uint8Array(352 + values.length * bytes);
  const view = new DataView(file.buffer);
  const { slope = 1, intercept = 0, spacing = [1, 1, 1], offset = [0, 0, 0], quaternion, sform } = rest;
  view.setInt32(0, 348, little);
  [3, ...size, 1, 1, 1, 1].forEach((count, i) => {
    view.setInt16(40 + 2 * i, count, little);
  });
  view.setInt16(70, code, little);
  [1, ...spacing].forEach((mm, i) => {
    view.setFloat32(76 + 4 * i, mm, little);
  });
  view.setFloat32(108, 352, little);
  view.setFloat32(112, slope, little);
  view.setFloat32(116, intercept, little);
  view.setInt16(252, quaternion ? 1 : 0, little);
  view.setInt16(254, sform ? 1 : 0, little);
  [...(quaternion ?? [0, 0, 0]), ...offset].forEach((value, i) => {
    view.setFloat32(256 + 4 * i, value, little);
  });
  sform?.forEach((value, i) => {
    view.setFloat32(280 + 4 * i, value, little);
  });
  file.set([0x6e, 0x2b, 0x31], 344);
  values.forEach((value, i) => {
    const at = 352 + i * bytes;
    if (type === "uint8") view.setUint8(at, value);
    else if (type === "int16") view.setInt16(at, value, little);
    else if (type === "uint16") view.setUint16(at, value, little);
    else view.setFloat32(at, value, little);
  });
  return file;
}
