import { HEAT_OPACITY, type SlicesPayload } from "../../protocol/index.js";
import type { Measurement, MeasurementKind, PixelSpacing, Point } from "./measure.js";

/** What a press on the picture does. */
export type Tool = "window" | MeasurementKind | "probe";

/** Everything that a reader can change in a slice viewer. */
export interface ViewerState {
  readonly slice: number;
  /** Intensity window: what lies at its centre is mid grey. */
  readonly window: { readonly centre: number; readonly width: number };
  /** 1 shows the whole picture. */
  readonly zoom: number;
  /** Shift of the picture's centre, in widths and heights of the unzoomed picture. */
  readonly pan: readonly [number, number];
  /** Index of the chosen heat layer; kept while heat is switched off. */
  readonly heat: number;
  readonly heatShown: boolean;
  readonly opacity: number;
  /** Index into `COLOUR_MAPS`. */
  readonly colours: number;
  readonly outlinesShown: boolean;
  /** Label of the outline that stands out; empty for none. */
  readonly highlight: string;
  /** Whether pixels are smoothed into each other or shown as they are. */
  readonly smooth: boolean;
  readonly tool: Tool;
  readonly measurements: readonly Measurement[];
  /** Index of the measurement that stands out; -1 for none. */
  readonly selected: number;
  /** Points placed so far of the measurement that is being drawn; empty for none. */
  readonly draft: readonly Point[];
  /** The point of the selected measurement that follows the pointer; -1 for none. */
  readonly grip: number;
  /** Where the pointer is over the picture. */
  readonly cursor?: Point;
  /** Whether the cursor is moved by keys, so that it must be drawn. */
  readonly cursorShown: boolean;
  /** The point that the probe was set on. */
  readonly probe?: { readonly slice: number; readonly point: Point };
}

/** What the reducer must know of the picture. */
export interface Bounds {
  readonly columns: number;
  readonly rows: number;
  readonly slices: number;
  readonly spacing: PixelSpacing;
  readonly heatLayers: number;
  readonly window: { readonly centre: number; readonly width: number };
  readonly initialSlice: number;
}

export function boundsOf(payload: SlicesPayload): Bounds {
  const { columns, rows, slices, spacing, window, initialSlice } = payload;
  return { columns, rows, slices, spacing, window, initialSlice, heatLayers: payload.heat.length };
}

/** The state in which a viewer opens. @param heatShown whether the first heat layer is on */
export function initialState(bounds: Bounds, heatShown: boolean): ViewerState {
  return {
    slice: Math.min(bounds.slices - 1, Math.max(0, bounds.initialSlice)),
    window: bounds.window,
    zoom: 1,
    pan: [0, 0],
    heat: 0,
    heatShown: heatShown && bounds.heatLayers > 0,
    opacity: HEAT_OPACITY,
    colours: 0,
    outlinesShown: true,
    highlight: "",
    smooth: true,
    tool: "window",
    measurements: [],
    selected: -1,
    draft: [],
    grip: -1,
    cursorShown: false,
  };
}
