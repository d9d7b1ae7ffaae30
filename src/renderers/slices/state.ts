import { HEAT_OPACITY, type SlicesPayload } from "../../protocol/index.js";

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
  readonly outlinesShown: boolean;
  /** Label of the outline that stands out; empty for none. */
  readonly highlight: string;
}

/** What the reducer must know of the picture. */
export interface Bounds {
  readonly slices: number;
  readonly heatLayers: number;
  readonly window: { readonly centre: number; readonly width: number };
  readonly initialSlice: number;
}

export function boundsOf(payload: SlicesPayload): Bounds {
  return {
    slices: payload.slices,
    heatLayers: payload.heat.length,
    window: payload.window,
    initialSlice: payload.initialSlice,
  };
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
    outlinesShown: true,
    highlight: "",
  };
}
