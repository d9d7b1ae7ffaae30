/** The part of plotly that stills are drawn of, as types; `check.ts` sees that a figure keeps to it. */

/** A place on an axis: a number, or the name of a category. */
export type Place = number | string;

/** One value for all points of a trace, or one for each. */
export type PerPoint<T> = T | readonly T[];

export type Dash = "solid" | "dot" | "dash";

export interface LineStyle {
  readonly color?: string;
  readonly width?: number;
  readonly dash?: Dash;
}

export interface Titled {
  readonly text: string;
  readonly subtitle?: { readonly text: string };
}

interface Points {
  readonly name?: string;
  readonly x: readonly Place[];
  readonly y: readonly Place[];
  readonly text?: PerPoint<string>;
  readonly opacity?: number;
  readonly showlegend?: boolean;
}

export interface ScatterTrace extends Points {
  readonly type: "scatter";
  /** `lines`, `markers` and `text`, joined by `+`. */
  readonly mode: string;
  /** Such as `top center`. */
  readonly textposition?: string;
  readonly line?: LineStyle;
  readonly marker?: {
    readonly size?: PerPoint<number>;
    readonly color?: PerPoint<string>;
    readonly opacity?: number;
  };
}

export interface BarTrace extends Points {
  readonly type: "bar";
  readonly y: readonly number[];
  readonly textposition?: "inside" | "outside";
  readonly insidetextfont?: { readonly color?: string };
  readonly marker?: { readonly color?: PerPoint<string>; readonly line?: LineStyle };
}

export interface HeatmapTrace {
  readonly type: "heatmap";
  /** One row for each y, one value for each x, null where there is none. */
  readonly z: readonly (readonly (number | null)[])[];
  readonly x: readonly Place[];
  readonly y: readonly Place[];
  readonly text?: readonly (readonly string[])[];
  readonly texttemplate?: "%{text}";
  /** Colours `#rrggbb` by part of the way from zmin to zmax, from 0 to 1. */
  readonly colorscale: readonly (readonly [number, string])[];
  readonly zmin: number;
  readonly zmax: number;
  readonly xgap?: number;
  readonly ygap?: number;
  readonly showscale?: boolean;
  readonly colorbar?: { readonly title?: Titled; readonly tickformat?: ".0%" };
}

export type Trace = ScatterTrace | BarTrace | HeatmapTrace;

export interface AxisDescription {
  readonly type?: "linear" | "log" | "category";
  /** Ends of the axis; of a logarithmic one the exponents of ten. */
  readonly range?: readonly [number, number];
  readonly autorange?: "reversed";
  readonly rangemode?: "tozero";
  readonly categoryarray?: readonly string[];
  readonly tickvals?: readonly number[];
  readonly ticktext?: readonly string[];
  readonly tickformat?: ".0%";
  readonly dtick?: number;
  readonly title?: Titled;
  readonly showgrid?: boolean;
  readonly gridcolor?: string;
  readonly zeroline?: boolean;
  readonly zerolinecolor?: string;
  /** A unit is as long as on the other axis. */
  readonly scaleanchor?: "x" | "y";
}

export interface Shape {
  readonly type: "rect" | "line";
  readonly xref?: "x" | "paper";
  readonly yref?: "y" | "paper";
  readonly x0: Place;
  readonly x1: Place;
  readonly y0: Place;
  readonly y1: Place;
  readonly fillcolor?: string;
  readonly opacity?: number;
  readonly line?: LineStyle;
  readonly layer?: "above" | "below";
}

export interface Annotation {
  readonly text: string;
  readonly xref?: "x" | "paper";
  readonly yref?: "y" | "paper";
  readonly x: Place;
  readonly y: Place;
  readonly xanchor?: "left" | "center" | "right";
  readonly xshift?: number;
  readonly showarrow: false;
}

export interface Layout {
  readonly title?: Titled;
  readonly xaxis?: AxisDescription;
  readonly yaxis?: AxisDescription;
  readonly barmode?: "group" | "stack";
  readonly bargap?: number;
  readonly shapes?: readonly Shape[];
  readonly annotations?: readonly Annotation[];
  readonly showlegend?: boolean;
  readonly legend?: { readonly title?: Titled };
  readonly width?: number;
  readonly height?: number;
}

export interface DrawnFigure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}
