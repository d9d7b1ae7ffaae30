/** Colours for plots that do not say their own. */

/** Reads a CSS variable; empty when it is not set. */
export type ReadVariable = (name: string) => string;

/** Okabe and Ito's palette without black: told apart by people with colour-vision deficiency, on light and dark. */
export const COLOURWAY = ["#0072b2", "#e69f00", "#009e73", "#cc79a7", "#56b4e9", "#d55e00", "#b3a414"];

const CLEAR = "rgba(0,0,0,0)";

const OPAQUE = { leaf: { opacity: 1 } };

/** A plotly template: what the plot's own layout says goes before it. @param dark whether the page is dark */
export function themeTemplate(read: ReadVariable, dark: boolean): unknown {
  const colour = (name: string, light: string, night: string): string => {
    const value = read(name).trim();
    return value === "" ? (dark ? night : light) : value;
  };
  const text = colour("--vscode-foreground", "#1f2328", "#d7dbe0");
  const line = colour("--vscode-contrastBorder", dark ? "#454a52" : "#d0d7de", dark ? "#454a52" : "#d0d7de");
  const axis = { gridcolor: line, linecolor: line, zerolinecolor: line, automargin: true };
  const round = { gridcolor: line, linecolor: text };
  const net = { gridcolor: line, linecolor: text, startlinecolor: text, endlinecolor: text };
  const edges = { coastlinecolor: text, countrycolor: line, subunitcolor: line, framecolor: line };
  return {
    layout: {
      paper_bgcolor: CLEAR,
      plot_bgcolor: CLEAR,
      font: { color: text, family: read("--vscode-font-family") || "system-ui, sans-serif" },
      colorway: COLOURWAY,
      hoverlabel: {
        bgcolor: colour("--vscode-editorHoverWidget-background", "#ffffff", "#25292e"),
        bordercolor: line,
        font: { color: colour("--vscode-editorHoverWidget-foreground", text, text) },
      },
      xaxis: axis,
      yaxis: axis,
      polar: { bgcolor: CLEAR, angularaxis: round, radialaxis: round },
      geo: {
        bgcolor: CLEAR,
        landcolor: dark ? "#2d333b" : "#eaeef2",
        lonaxis: round,
        lataxis: round,
        ...edges,
      },
      smith: { bgcolor: CLEAR, realaxis: round, imaginaryaxis: round },
      ternary: { bgcolor: CLEAR, aaxis: round, baxis: round, caxis: round },
    },
    data: {
      table: [
        {
          header: { fill: { color: CLEAR }, line: { color: line } },
          cells: { fill: { color: CLEAR }, line: { color: line } },
        },
      ],
      carpet: [{ aaxis: net, baxis: net }],
      waterfall: [{ connector: { line: { color: text } } }],
      indicator: [{ gauge: { bordercolor: text } }],
      // plotly.js would choose by the paper's colour, which is clear here, and words by colours that are not seen through.
      sankey: [{ link: { color: dark ? "rgba(255,255,255,0.2)" : "rgba(0,0,0,0.2)" } }],
      ...(dark ? { sunburst: [OPAQUE], icicle: [OPAQUE] } : {}),
    },
  };
}
