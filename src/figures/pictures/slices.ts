import type { Volume } from "../../imaging/index.js";
import type { HeatLayer, Outline, SeriesPlace, SlicesPayload } from "../../protocol/index.js";
import { placeOf, requireSamePlace } from "./place.js";
import { packBytes, packVoxels, type HeatInput } from "./pack.js";
import { shrinkHeat, shrinkOutlines, shrinkSlices } from "./resample.js";
import { autoWindow } from "./window.js";

export interface SlicesInput {
  /** Sagittal, upright, anterior to the left: what {@link SlicesPayload} shows. */
  readonly volume: Volume;
  readonly title: string;
  readonly outlines?: readonly Outline[];
  readonly heat?: readonly HeatInput[];
  /** The pictures in which outlines and heat were found: needed with them, and they are drawn over no others. */
  readonly found?: SeriesPlace;
  /** The middle slice when left out. */
  readonly initialSlice?: number;
  /** Letters at the left, right, top and bottom edge. */
  readonly orientation?: readonly [string, string, string, string];
  readonly remark?: string;
  /** Most characters of the payload, {@link MAX_PAYLOAD} unless given: for notebooks that show many stacks. */
  readonly maxPayload?: number;
}

/** Most characters of a payload: larger outputs make notebooks slow to open and to compare. */
export const MAX_PAYLOAD = 1_950_000;

/**
 * Steps of intensity across the window that a stack keeps when it would be too large: more than a screen can show. The noise
 * in the last bits then need not be stored.
 */
const STEPS = 200;

/** No picture is made narrower or lower than this; a stack that is too large even so is refused. */
const MIN_SIDE = 64;

/**
 * Packs a stack of slices for the notebook, with a window from the 1st to the 99th percentile. A stack that would take
 * more than {@link MAX_PAYLOAD} characters is rounded to {@link STEPS} steps of intensity across that window, and then made
 * smaller in-plane; the payload's remark says so. (VS Code in a browser hesitates to open notebooks of more than 10 MB.)
 *
 * @throws RangeError when sizes, heat boxes or the initial slice do not fit, when outlines or heat were found in other pictures,
 * or when the stack is too large at any size
 */
export function encodeSlices(input: SlicesInput): SlicesPayload {
  checkInput(input);
  const place = placeOf(input.volume);
  if ((input.outlines ?? []).length + (input.heat ?? []).length > 0) requireSamePlace(input.found, place);
  const exact = toInt16(input.volume);
  const full = { columns: input.volume.columns, rows: input.volume.rows };
  const lossless = packAt(input, exact, full, place.series);
  const most = input.maxPayload ?? MAX_PAYLOAD;
  if (payloadSize(lossless) <= most) return lossless;
  const step = Math.round(autoWindow(exact.values).width / STEPS);
  let scale = 1;
  for (;;) {
    const grid = { columns: Math.round(full.columns * scale), rows: Math.round(full.rows * scale) };
    const payload = packAt(input, exact, grid, place.series, step);
    const size = payloadSize(payload);
    if (size <= most) return payload;
    const smaller = scale * Math.min(0.95, Math.sqrt(most / size));
    if (Math.min(full.columns, full.rows) * smaller < MIN_SIDE)
      throw new RangeError(
        `${input.volume.slices} slices of ${full.columns} × ${full.rows} pixels with ${input.heat?.length ?? 0} heat layers ` +
          "are too much for one display; show fewer slices or fewer layers",
      );
    scale = smaller;
  }
}

/** Packs the stack on a grid that is the volume's own or smaller. */
function packAt(
  input: SlicesInput,
  intensities: { readonly values: Int16Array; readonly remark: string },
  grid: { readonly columns: number; readonly rows: number },
  series: string,
  step = 1,
): SlicesPayload {
  const { volume, outlines = [], heat = [] } = input;
  const shrunk = grid.columns < volume.columns || grid.rows < volume.rows;
  const exact = shrunk ? shrinkSlices(intensities.values, volume, grid, volume.slices) : intensities.values;
  // After shrinking, which would bring back the values between the steps.
  const voxels = step < 2 ? exact : exact.map((value) => Math.min(32767, Math.round(value / step) * step));
  const spacing = [
    (volume.spacing[0] * volume.columns) / grid.columns,
    (volume.spacing[1] * volume.rows) / grid.rows,
    volume.spacing[2],
  ] as const;
  const rounded = step < 2 ? "" : `Intensities are rounded to steps of ${step}.`;
  const remarks = [
    input.remark ?? "",
    intensities.remark,
    rounded,
    shrunk ? shrinkRemark(volume, spacing) : "",
  ];
  return {
    version: 1,
    title: input.title,
    columns: grid.columns,
    rows: grid.rows,
    slices: volume.slices,
    spacing,
    ...(volume.scale === undefined ? {} : { lengths: "estimated" as const }),
    orientation: input.orientation ?? ["A", "P", "H", "F"],
    voxels: packVoxels(voxels, grid.columns),
    window: autoWindow(voxels),
    initialSlice: input.initialSlice ?? Math.floor(volume.slices / 2),
    outlines: shrunk ? shrinkOutlines(outlines, volume, grid) : outlines,
    heat: heat.map((layer) => packHeat(shrunk ? shrinkHeat(layer, volume, grid) : layer)),
    remark: remarks.filter((remark) => remark !== "").join(" "),
    ...(volume.geometry === "patient" ? { frame: frameOf(volume, grid) } : {}),
    series,
  };
}

/**
 * The first three rows of the affine that leads from (column, row, slice) of a display to LPS mm. The display may be made of
 * larger pixels than the volume; both cover the same area, so their first pixels' centres differ.
 *
 * @example frameOf(volume, volume) // the volume's own affine
 */
export function frameOf(
  volume: Pick<Volume, "affine" | "columns" | "rows">,
  grid: { readonly columns: number; readonly rows: number },
): readonly number[] {
  const [x, y] = [volume.columns / grid.columns, volume.rows / grid.rows];
  return [0, 4, 8].flatMap((start) => {
    const [column, row, slice, origin] = volume.affine.slice(start, start + 4);
    return [column! * x, row! * y, slice!, origin! + (column! * (x - 1)) / 2 + (row! * (y - 1)) / 2];
  });
}

function packHeat(layer: HeatInput): HeatLayer {
  return { ...layer, values: packBytes(layer.values) };
}

function payloadSize(payload: SlicesPayload): number {
  return JSON.stringify(payload).length;
}

function shrinkRemark(volume: Volume, spacing: readonly number[]): string {
  const mm = (pair: readonly number[]): string => `${pair[0]!.toFixed(2)} × ${pair[1]!.toFixed(2)} mm`;
  return `Shown at ${mm(spacing)} instead of ${mm(volume.spacing)} a pixel, to keep the notebook small.`;
}

/**
 * Rescaled values as 16-bit whole numbers. Fractional values, and those beyond 16 bits, are spread over 0 to 4095:
 * intensities of MRI have no unit, and the remark says that the numbers changed.
 */
function toInt16(volume: Volume): { readonly values: Int16Array; readonly remark: string } {
  const { voxels } = volume;
  if (voxels instanceof Int16Array) return { values: voxels, remark: "" };
  let [low, high, whole] = [Infinity, -Infinity, true];
  for (const value of voxels) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    whole &&= Number.isInteger(value);
  }
  if (low > high) throw new RangeError("the volume has no finite intensity, so there is nothing to show");
  const keep = whole && low >= -32768 && high <= 32767;
  const scale = keep ? 1 : 4095 / (high - low || 1);
  const base = keep ? 0 : low;
  const values = Int16Array.from(voxels, (value) =>
    Number.isFinite(value) ? Math.round((value - base) * scale) : keep ? low : 0,
  );
  return { values, remark: keep ? "" : "Intensities are rescaled to 0–4095." };
}

function checkInput({ volume, heat = [], initialSlice = 0 }: SlicesInput): void {
  const { columns, rows, slices } = volume;
  if (!(columns > 0 && rows > 0 && slices > 0) || volume.voxels.length !== columns * rows * slices)
    throw new RangeError(
      `${volume.voxels.length} voxels do not make ${slices} slices of ${columns} × ${rows}`,
    );
  if (!volume.spacing.every((distance) => distance > 0 && Number.isFinite(distance)))
    throw new RangeError(`spacing must be positive millimetres, got ${volume.spacing.join(", ")}`);
  if (!Number.isInteger(initialSlice) || initialSlice < 0 || initialSlice >= slices)
    throw new RangeError(`initial slice ${initialSlice} is not one of the ${slices} slices (counted from 0)`);
  for (const layer of heat) checkHeat(layer);
}

function checkHeat(layer: HeatInput): void {
  if (layer.values.length !== layer.columns * layer.rows * layer.slices || layer.values.length === 0)
    throw new RangeError(
      `heat “${layer.label}” has ${layer.values.length} values for a box of ${layer.columns} × ${layer.rows} × ${layer.slices}`,
    );
}
