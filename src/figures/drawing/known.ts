/**
 * The part of plotly that stills are drawn of: one table, which `check.ts` holds figures against and from which their types come.
 */
import {
  amount,
  colour,
  either,
  flag,
  list,
  matching,
  number,
  oneOf,
  pair,
  perPoint,
  text,
  type Described,
} from "./rules.js";

export type { PerPoint } from "./rules.js";

/** A place on an axis: a number, or the name of a category. */
export type Place = number | string;

const place = either(text, number);
const dash = oneOf("solid", "dot", "dash");
const share = oneOf(".0%");

const TITLE = {
  needed: { text },
  optional: { subtitle: { needed: { text }, optional: {} } },
} as const;

const LINE = { needed: {}, optional: { color: colour, width: number, dash } } as const;

const POINTING = ["hovertemplate", "hoverinfo", "customdata", "cliponaxis"] as const;

const POINTS = { name: text, text: perPoint(text), opacity: number, showlegend: flag } as const;

const SCATTER = {
  needed: {
    type: oneOf("scatter"),
    /** `lines`, `markers` and `text`, joined by `+`. */
    mode: matching(/^(?:lines|markers|text)(?:\+(?:lines|markers|text))*$/),
    x: list(place),
    y: list(place),
  },
  optional: {
    ...POINTS,
    /** Such as `top center`. */
    textposition: matching(/^(?:top|middle|bottom) (?:left|center|right)$/),
    line: LINE,
    marker: {
      needed: {},
      optional: { size: perPoint(number), color: perPoint(colour), opacity: number },
    },
  },
  ignored: POINTING,
} as const;

const BAR = {
  needed: { type: oneOf("bar"), x: list(place), y: list(amount) },
  optional: {
    ...POINTS,
    textposition: oneOf("inside", "outside"),
    insidetextanchor: oneOf("middle"),
    insidetextfont: { needed: {}, optional: { color: colour } },
    textangle: oneOf(0),
    marker: { needed: {}, optional: { color: perPoint(colour), line: LINE } },
  },
  ignored: POINTING,
} as const;

const HEATMAP = {
  needed: {
    type: oneOf("heatmap"),
    /** One row for each y, one value for each x, null where there is none. */
    z: list(list(either(number, oneOf(null)))),
    x: list(place),
    y: list(place),
    /** Colours `#rrggbb` by part of the way from zmin to zmax, from 0 to 1. */
    colorscale: list(pair(number, matching(/^#[\da-f]{6}$/i))),
    zmin: number,
    zmax: number,
  },
  optional: {
    name: text,
    text: list(list(text)),
    texttemplate: oneOf("%{text}"),
    xgap: number,
    ygap: number,
    showscale: flag,
    colorbar: { needed: {}, optional: { title: TITLE, tickformat: share } },
  },
  ignored: POINTING,
} as const;

/** What a trace may say, by its type. */
export const TRACES = { scatter: SCATTER, bar: BAR, heatmap: HEATMAP } as const;

const AXIS = {
  needed: {},
  optional: {
    type: oneOf("linear", "log", "category"),
    /** Ends of the axis; of a logarithmic one the exponents of ten. */
    range: pair(number, number),
    autorange: oneOf("reversed"),
    rangemode: oneOf("tozero"),
    categoryarray: list(text),
    tickvals: list(number),
    ticktext: list(text),
    tickformat: share,
    dtick: number,
    title: TITLE,
    showgrid: flag,
    gridcolor: colour,
    zeroline: flag,
    zerolinecolor: colour,
    /** A unit is as long as on the other axis. */
    scaleanchor: oneOf("x", "y"),
  },
  // How people zoom, and what plotly does with the room that equal units leave: a still has no such room.
  ignored: ["fixedrange", "constrain"],
} as const;

const REFERENCES = { xref: oneOf("x", "paper"), yref: oneOf("y", "paper") } as const;

const SHAPE = {
  needed: { type: oneOf("rect", "line"), x0: place, x1: place, y0: place, y1: place },
  optional: {
    ...REFERENCES,
    fillcolor: colour,
    opacity: number,
    line: LINE,
    layer: oneOf("above", "below"),
  },
} as const;

const ANNOTATION = {
  needed: { text, x: place, y: place, showarrow: oneOf(false) },
  optional: { ...REFERENCES, xanchor: oneOf("left", "center", "right"), xshift: number },
  ignored: ["align"],
} as const;

/** What the layout may say. */
export const LAYOUT = {
  needed: {},
  optional: {
    title: TITLE,
    xaxis: AXIS,
    yaxis: AXIS,
    shapes: [SHAPE],
    annotations: [ANNOTATION],
    barmode: oneOf("group", "stack"),
    bargap: number,
    // Numbers that have no room in their bar are left out of every still.
    uniformtext: { needed: {}, optional: { mode: oneOf("hide") }, ignored: ["minsize"] },
    showlegend: flag,
    // The order is that of a list from above down; a still has its legend in rows.
    legend: { needed: {}, optional: { title: TITLE, traceorder: oneOf("normal", "reversed") } },
    // A still measures the words beside its area.
    margin: { needed: {}, optional: {}, ignored: ["r"] },
    width: number,
    height: number,
  },
} as const;

export type Dash = Described<typeof LINE>["dash"] & string;
export type LineStyle = Described<typeof LINE>;
export type Titled = Described<typeof TITLE>;
export type ScatterTrace = Described<typeof SCATTER>;
export type BarTrace = Described<typeof BAR>;
export type HeatmapTrace = Described<typeof HEATMAP>;
export type Trace = ScatterTrace | BarTrace | HeatmapTrace;
export type AxisDescription = Described<typeof AXIS>;
export type Shape = Described<typeof SHAPE>;
export type Annotation = Described<typeof ANNOTATION>;
export type Layout = Described<typeof LAYOUT>;

export interface DrawnFigure {
  readonly data: readonly Trace[];
  readonly layout: Layout;
}
