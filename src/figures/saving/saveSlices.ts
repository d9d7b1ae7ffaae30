import { requireOptions } from "../../statistics/index.js";
import type { HeatLayer, SlicesPayload } from "../../protocol/index.js";
import { unpackHeat } from "../pictures/pack.js";
import { stillSvg } from "../pictures/still.js";
import { SAVE_OPTIONS, type SaveOptions } from "./request.js";
import { saveDrawing, type SavedFigure } from "./save.js";

/** How slices are written. */
export interface SaveSlicesOptions extends SaveOptions {
  /** Which slice, counted from 0; the one that the display shows first unless given; where the named heat has nothing there, that in which it is strongest. */
  readonly slice?: number;
  /** Which heat lies over it, by the name that the display gives it, such as `L4-L5 Pfirrmann`; `null` for none; the first one unless given. */
  readonly heat?: string | null;
}

/**
 * Writes one slice with its outlines, names and heat.
 * @throws RangeError where there is no such slice or heat, and as `saveDrawing` does
 */
export async function saveSlices(
  payload: SlicesPayload,
  path: string,
  options: SaveSlicesOptions = {},
): Promise<SavedFigure> {
  requireOptions<SaveSlicesOptions>("save", options, { ...SAVE_OPTIONS, slice: true, heat: true });
  const { slice, heat, ...how } = options;
  const named = typeof heat === "string" ? payload.heat.find(({ label }) => label === heat) : undefined;
  const shown = slice ?? (named === undefined ? payload.initialSlice : sliceOf(named, payload.initialSlice));
  if (!Number.isInteger(shown) || shown < 0 || shown >= payload.slices)
    throw new RangeError(`There is no slice ${shown}; there are slices 0 to ${payload.slices - 1}.`);
  const layer = heat === undefined ? {} : { heat };
  return saveDrawing(
    (drawing) => stillSvg({ ...payload, initialSlice: shown }, { ...drawing, ...layer }),
    path,
    how,
  );
}

/** The slice that is shown unless told otherwise; where a heat has nothing there, that in which it is strongest. */
function sliceOf(layer: HeatLayer, shown: number): number {
  const count = layer.columns * layer.rows;
  const values = unpackHeat(layer);
  const sums = Array.from({ length: layer.slices }, (_, slice) =>
    values.subarray(slice * count, (slice + 1) * count).reduce((sum, value) => sum + value, 0),
  );
  if ((sums[shown - layer.origin[2]] ?? 0) > 0) return shown;
  return layer.origin[2] + sums.indexOf(Math.max(...sums));
}
