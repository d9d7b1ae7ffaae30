/** Plots by plotly.js, in the page's colours and as wide as the output. */
import { needsLargeBundle, needsOutlines } from "../../protocol/index.js";
import { h, type Mounted, type Renderer } from "../dom.js";
import { CONTROLS_HEIGHT, frameControls, hasControls } from "./frames.js";
import type { LoadPlotly, Plotly } from "./library.js";
import { offlineFigure, type OfflineFigure } from "./offline.js";
import { themeTemplate } from "./theme.js";

interface Figure {
  readonly data?: unknown;
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly frames?: unknown;
}

const DEFAULT_HEIGHT = 420;

/**
 * The renderer of `PLOTLY_MIME`. Nothing of a figure is loaded from the network; what it lacks therefore is told below it, as is
 * what plotly.js does not know.
 * @param load gives the library
 */
export function plotRenderer(load: LoadPlotly): Renderer {
  return async (element, payload) => {
    const figure = payload as Figure | null;
    if (!Array.isArray(figure?.data)) throw new Error("a plot needs an array of traces named data");
    const traces = figure.data as unknown[];
    const offline = offlineFigure({ ...figure, data: traces });
    const notes = leftOutNote(offline.leftOut);
    if (offline.data.length === 0 && traces.length > 0) {
      element.replaceChildren(...notes);
      return { dispose: () => undefined };
    }
    const plotly = await load({
      isLarge: needsLargeBundle(offline),
      hasOutlines: needsOutlines(offline),
    });
    const plot = h("div", { style: `width: 100%; height: ${heightOf(offline)}px` });
    // Plotly's own style sheet goes into the document, so this output has no shadow root.
    element.replaceChildren(plot, ...notes);
    return draw(plotly, plot, offline);
  };
}

function leftOutNote(leftOut: readonly string[]): readonly HTMLElement[] {
  return leftOut.length === 0
    ? []
    : [h("p", { class: "left-out", role: "note" }, `Left out of this plot: ${leftOut.join("; ")}.`)];
}

function heightOf({ layout, frames }: OfflineFigure): number {
  if (typeof layout["height"] === "number") return layout["height"];
  return DEFAULT_HEIGHT + (hasOurControls(layout, frames) ? CONTROLS_HEIGHT : 0);
}

function hasOurControls(layout: OfflineFigure["layout"], frames: OfflineFigure["frames"]): boolean {
  return frames.length > 0 && !hasControls(layout);
}

async function draw(plotly: Plotly, plot: HTMLElement, figure: OfflineFigure): Promise<Mounted> {
  const { data, layout, config, frames } = figure;
  const template = layout["template"] ?? currentTemplate(plot);
  const controls = hasOurControls(layout, frames) ? frameControls(frames) : {};
  await plotly.newPlot(plot, {
    data,
    layout: { autosize: true, ...layout, ...controls, template },
    config: { displaylogo: false, ...config },
    frames,
  });
  const removeWatch = watchContexts(plot);
  const resized = new ResizeObserver(() => void plotly.Plots.resize(plot));
  if (layout["width"] === undefined) resized.observe(plot);
  // VS Code changes a class of the body when the reader changes the colour theme.
  const themed = new MutationObserver(() => void plotly.relayout(plot, { template: currentTemplate(plot) }));
  if (layout["template"] === undefined) themed.observe(document.body, { attributeFilter: ["class"] });
  return {
    dispose() {
      removeWatch();
      resized.disconnect();
      themed.disconnect();
      plotly.purge(plot);
    },
  };
}

/** A browser keeps about 16 WebGL pictures and takes the oldest away without a word: this says so in their place. */
function watchContexts(plot: HTMLElement): () => void {
  const tell = (): void => {
    plot.removeEventListener("webglcontextlost", tell, true);
    const text =
      "The browser has taken this picture away: it keeps a few of this kind only. Run the cell or load the page again to see it.";
    plot.after(h("p", { class: "left-out", role: "note" }, text));
  };
  plot.addEventListener("webglcontextlost", tell, true);
  return () => {
    plot.removeEventListener("webglcontextlost", tell, true);
  };
}

function currentTemplate(element: HTMLElement): unknown {
  const style = getComputedStyle(element);
  return themeTemplate((name) => style.getPropertyValue(name), isDark(style));
}

/** Whether text here is light, which holds in VS Code and in pages with and without a colour scheme. */
function isDark(style: CSSStyleDeclaration): boolean {
  const [red = 0, green = 0, blue = 0] = (style.color.match(/[\d.]+/g) ?? []).map(Number);
  return 0.3 * red + 0.6 * green + 0.1 * blue > 128;
}
