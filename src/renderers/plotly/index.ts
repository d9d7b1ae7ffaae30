/** Plots by plotly.js's cartesian bundle, in the page's colours and as wide as the output. */
import Plotly from "plotly.js/dist/plotly-cartesian.min.js";
import { h, type Mounted } from "../dom.js";
import { offlineFigure } from "./offline.js";
import { themeTemplate } from "./theme.js";

interface Figure {
  readonly data?: unknown;
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
}

const DEFAULT_HEIGHT = 420;

/** Renderer of `PLOTLY_MIME`. Nothing of a figure is loaded from the network; what it lacks therefore is told below it. */
export async function renderPlot(element: HTMLElement, payload: unknown): Promise<Mounted> {
  const figure = payload as Figure | null;
  if (!Array.isArray(figure?.data)) throw new Error("a plot needs an array of traces named data");
  const { data, layout, config, leftOut } = offlineFigure({ ...figure, data: figure.data as unknown[] });
  const height = typeof layout.height === "number" ? layout.height : DEFAULT_HEIGHT;
  // Plotly's own style sheet goes into the document, so this output has no shadow root.
  const plot = h("div", { style: `width: 100%; height: ${height}px` });
  element.replaceChildren(plot);
  if (leftOut.length > 0)
    element.append(h("p", { class: "left-out" }, `Left out of this plot: ${leftOut.join("; ")}.`));
  const template = layout.template ?? currentTemplate(plot);
  await Plotly.newPlot(
    plot,
    data,
    { autosize: true, ...layout, template },
    { displaylogo: false, ...config },
  );

  const resized = new ResizeObserver(() => void Plotly.Plots.resize(plot));
  if (layout.width === undefined) resized.observe(plot);
  // VS Code changes a class of the body when the reader changes the colour theme.
  const themed = new MutationObserver(() => void Plotly.relayout(plot, { template: currentTemplate(plot) }));
  if (layout.template === undefined) themed.observe(document.body, { attributeFilter: ["class"] });
  return {
    dispose() {
      resized.disconnect();
      themed.disconnect();
      Plotly.purge(plot);
    },
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
