/** A figure of plotly's as a drawing that needs no script, by plotly.js in any page that has elements. */
import type { Plotly, PlotlyColours } from "../library.js";
import { firstData, withFirstFrame } from "../frames.js";
import { offlineFigure } from "../offline.js";
import { themeTemplate } from "../theme.js";
import { flatFigure, type FlatFigure, type PlacedPanel } from "./flat.js";
import { narrowLayout } from "./narrow.js";
import { fieldsOf, type Area, type ColourOf, type Fields } from "./panel.js";
import { thinned } from "./thin.js";

/** What the large bundle gives. */
export interface StillLibrary {
  readonly largePlotly: Plotly;
  readonly plotlyColours: PlotlyColours;
}

export interface StillOptions {
  readonly theme: "light" | "dark" | "print";
  /** Pixels; the figure's own unless given. */
  readonly width?: number | undefined;
}

export interface StillFigure {
  /** Empty where nothing is drawn. */
  readonly svg: string;
  /** What of the figure is not in it, each as a phrase. */
  readonly leftOut: readonly string[];
  readonly isDrawn: boolean;
}

/** Lines of a grid that are seen on any ground. */
const GRID = "rgba(140, 149, 159, 0.5)";
/** Buttons and sliders, which paper has not. */
const CONTROLS = new Set(["updatemenus", "sliders"]);
const WIDTH = 700;
const HEIGHT = 450;
/** Less leaves no room between plotly's margins. */
const LEAST_HEIGHT = 240;
const INKS = {
  light: { ground: "#ffffff", ink: "#1f2328", line: "#d0d7de" },
  dark: { ground: "#1f1f1f", ink: "#e6edf3", line: "#3d444d" },
  print: { ground: "#ffffff", ink: "#000000", line: "#c8c8c8" },
} as const;

/**
 * Draws a figure as it first stands, with the first frame's data in traces that have none: without its buttons and sliders, which paper has not.
 * @throws Error as plotly.js does for what it cannot draw
 */
export async function stillOf(
  { largePlotly: plotly, plotlyColours }: StillLibrary,
  given: unknown,
  options: StillOptions,
): Promise<StillFigure> {
  const { data, layout, frames } = given as {
    readonly data: readonly unknown[];
    readonly layout?: Fields;
    readonly frames?: unknown;
  };
  const traces = data.length > 0 ? data : firstData(frames);
  const offline = offlineFigure({ data: traces, frames, ...(layout === undefined ? {} : { layout }) });
  const thin = thinned(withFirstFrame(offline.data as readonly Fields[], offline.frames[0]));
  const flat = flatFigure(thin.data, offline.layout);
  const leftOut = [...offline.leftOut, ...thin.leftOut, ...flat.leftOut];
  if (flat.data.length === 0 && traces.length > 0) return { svg: "", leftOut, isDrawn: false };
  const shown = withoutControls(flat);
  const size = sizeOf(shown, options.width);
  const element = document.createElement("div");
  document.body.append(element);
  try {
    await plotly.newPlot(element, {
      data: flat.data,
      layout: {
        ...shown,
        ...size,
        ...narrowLayout(shown, options.width, size.height),
        template: shown["template"] ?? stillTemplate(options),
      },
      config: { staticPlot: true, _exportedPlot: true },
    });
    const panels = flat.panels
      .map((panel) => panelSvg(panel, element, plotlyColours, options, shown["template"] !== undefined))
      .join("");
    const svg = plotly.Snapshot.toSVG(element, "svg");
    // Words are measured by one font, whatever a figure asks for.
    const words = svg.replace(/font-family:[^;"]*/g, "font-family:DejaVu Sans");
    return {
      svg: words.replace('<g class="infolayer">', () => `${panels}<g class="infolayer">`),
      leftOut,
      isDrawn: true,
    };
  } finally {
    plotly.purge(element);
    element.remove();
  }
}

function withoutControls({ data, layout }: Pick<FlatFigure, "data" | "layout">): Fields {
  const plain = { rangeslider: { visible: false }, rangeselector: { visible: false } };
  // These have a slider unless told.
  const axes = data
    .filter(({ type }) => type === "candlestick" || type === "ohlc")
    .map(({ xaxis }) => (typeof xaxis === "string" ? xaxis.replace("x", "xaxis") : "xaxis"));
  const own = Object.entries(layout).flatMap(([name, value]) => {
    if (CONTROLS.has(name)) return [];
    return [[name, /^xaxis\d*$/.test(name) ? { ...fieldsOf(value), ...plain } : value] as const];
  });
  return { ...Object.fromEntries(axes.map((name) => [name, plain])), ...Object.fromEntries(own) };
}

/** What plotly makes of a figure: its scales and sizes. */
interface Drawn {
  readonly _fullData: readonly { readonly index: number; readonly marker: object }[];
  readonly _fullLayout: {
    readonly font: { readonly color: string };
    readonly _size: { readonly l: number; readonly t: number; readonly w: number; readonly h: number };
  };
}

function panelSvg(
  { panel, traces }: PlacedPanel,
  element: HTMLElement,
  plotlyColours: PlotlyColours,
  { theme }: StillOptions,
  hasTemplate: boolean,
): string {
  const { _fullData, _fullLayout } = element as unknown as Drawn;
  const { l, t, w, h } = _fullLayout._size;
  const { x, y } = panel.domain;
  const area: Area = {
    left: l + x[0] * w,
    top: t + (1 - y[1]) * h,
    width: (x[1] - x[0]) * w,
    height: (y[1] - y[0]) * h,
  };
  const colours = traces.map((index): ColourOf => {
    const { marker } = _fullData.find((trace) => trace.index === index)!;
    const plain = fieldsOf(marker)["color"];
    const scale =
      fieldsOf(marker)["colorscale"] === undefined && fieldsOf(marker)["coloraxis"] === undefined
        ? undefined
        : plotlyColours.scaleOf(marker);
    return (value) => {
      if (typeof value === "number" && scale !== undefined) return scale(value);
      return plotlyColours.rgb(
        typeof value === "string" ? value : typeof plain === "string" ? plain : "#0072b2",
      );
    };
  });
  // A figure with a template of its own has grounds of its own.
  const line = hasTemplate ? GRID : INKS[theme].line;
  return panel.draw(area, colours, { ink: _fullLayout.font.color, line });
}

/** Pixels. A figure that is given a width keeps its own form. */
function sizeOf(layout: Fields, wanted: number | undefined): { width: number; height: number } {
  const side = (name: string): number | undefined => {
    const value = layout[name];
    return typeof value === "number" && value > 0 ? value : undefined;
  };
  const width = side("width") ?? WIDTH;
  const height = side("height") ?? HEIGHT;
  if (wanted === undefined) return { width, height };
  return { width: wanted, height: Math.max(LEAST_HEIGHT, Math.round((height * wanted) / width)) };
}

/** The template of the page's theme with a ground, and the letters that stills are measured by. */
function stillTemplate({ theme }: StillOptions): unknown {
  const { ground, ink, line } = INKS[theme];
  const colours: Readonly<Record<string, string>> = {
    "--vscode-foreground": ink,
    "--vscode-contrastBorder": line,
    "--vscode-font-family": "DejaVu Sans",
  };
  const template = themeTemplate((name) => colours[name] ?? "", theme === "dark") as {
    readonly layout: object;
  };
  return {
    ...template,
    layout: {
      ...template.layout,
      paper_bgcolor: ground,
      plot_bgcolor: ground,
    },
  };
}
