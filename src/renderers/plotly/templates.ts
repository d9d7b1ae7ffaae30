/** The templates that plotly's Python knows by name, in what makes them: colours of grounds, grids, words and series. */

interface Look {
  readonly paper: string;
  readonly plot: string;
  readonly ink: string;
  readonly grid: string;
  readonly zero?: string;
  readonly series: readonly string[];
  /** From the least value to the most. */
  readonly scale: readonly string[];
  readonly axis?: object;
}

type Fields = Readonly<Record<string, unknown>>;

const words = (list: string): readonly string[] => list.split(" ");
const PLOTLY_SERIES = words(
  "#636efa #EF553B #00cc96 #ab63fa #FFA15A #19d3f3 #FF6692 #B6E880 #FF97FF #FECB52",
);
const PLASMA = words("#0d0887 #46039f #7201a8 #9c179e #bd3786 #d8576b #ed7953 #fb9f3a #fdca26 #f0f921");
const VIRIDIS = words("#440154 #482878 #3e4989 #31688e #26828e #1f9e89 #35b779 #6ece58 #b5de2b #fde725");
const MAKO = words("#020419 #2f1739 #611e52 #961b5b #cb1a4f #ec4c3d #f4875f #f6bc99 #faeadc");
const TABLEAU = words("#1F77B4 #FF7F0E #2CA02C #D62728 #9467BD #8C564B #E377C2 #7F7F7F #BCBD22 #17BECF");
const DEEP = words("#4c72b0 #dd8452 #55a868 #c44e52 #8172b3 #937860 #da8bc3 #8c8c8c #ccb974 #64b5cd");
const GGPLOT = words("#F8766D #A3A500 #00BF7D #00B0F6 #E76BF3");

const plotly = { ink: "#2a3f5f", series: PLOTLY_SERIES, scale: PLASMA };
const LOOKS: Readonly<Record<string, Look>> = {
  plotly: { ...plotly, paper: "#ffffff", plot: "#e5ecf6", grid: "#ffffff" },
  plotly_white: { ...plotly, paper: "#ffffff", plot: "#ffffff", grid: "#ebf0f8" },
  plotly_dark: { ...plotly, paper: "#111111", plot: "#111111", ink: "#f2f5fa", grid: "#283442" },
  seaborn: { paper: "#ffffff", plot: "#eaeaf2", ink: "#242424", grid: "#ffffff", series: DEEP, scale: MAKO },
  ggplot2: { paper: "#ffffff", plot: "#ededed", ink: "#333333", grid: "#ffffff", series: GGPLOT, scale: words("#142c42 #5ab3f4"), axis: { ticks: "outside", tickcolor: "#333333" } },
  simple_white: { paper: "#ffffff", plot: "#ffffff", ink: "#242424", grid: "#e8e8e8", series: TABLEAU, scale: VIRIDIS, axis: { showgrid: false, showline: true, ticks: "outside", zeroline: false, linecolor: "#242424" } },
}; // prettier-ignore

/** Templates that change something of others. */
const CHANGES: Readonly<Record<string, Fields>> = {
  presentation: {
    layout: { font: { size: 18 } },
    data: { scatter: [{ line: { width: 3 }, marker: { size: 9 } }], pie: [{ automargin: true }] },
  },
  xgridoff: { layout: { xaxis: { showgrid: false, title: { standoff: 15 } } } },
  ygridoff: { layout: { yaxis: { showgrid: false, title: { standoff: 15 } } } },
  gridon: { layout: { xaxis: { showgrid: true }, yaxis: { showgrid: true } } },
  none: {},
};

/** Template of a name, or of names with `+` between them; `undefined` where one is not known. */
export function namedTemplate(name: string): unknown {
  const parts = name.split("+").map((part) => partOf(part.trim()));
  return parts.includes(undefined) ? undefined : parts.reduce<Fields>((all, part) => merged(all, part!), {});
}

function partOf(name: string): Fields | undefined {
  if (Object.hasOwn(LOOKS, name)) return templateOf(LOOKS[name]!);
  return Object.hasOwn(CHANGES, name) ? CHANGES[name] : undefined;
}

function templateOf({ paper, plot, ink, grid, series, scale, axis = {} }: Look): Fields {
  const plain = { gridcolor: grid, linecolor: grid, ...axis };
  const cartesian = { zerolinecolor: grid, automargin: true, ...plain };
  const steps = scale.map((colour, i) => [i / (scale.length - 1), colour]);
  const round = { bgcolor: plot, angularaxis: plain, radialaxis: plain };
  const solid = { ...plain, backgroundcolor: plot, zerolinecolor: grid, showbackground: true, gridwidth: 2 };
  return {
    layout: {
      paper_bgcolor: paper,
      plot_bgcolor: plot,
      font: { color: ink },
      colorway: series,
      colorscale: { sequential: steps, sequentialminus: steps },
      title: { x: 0.05 },
      xaxis: { ...cartesian, title: { standoff: 15 } },
      yaxis: { ...cartesian, title: { standoff: 15 } },
      polar: round,
      smith: { bgcolor: plot },
      ternary: { bgcolor: plot, aaxis: plain, baxis: plain, caxis: plain },
      scene: { xaxis: solid, yaxis: solid, zaxis: solid },
      geo: { bgcolor: paper, landcolor: plot, showland: true, lakecolor: paper, showlakes: true },
    },
    data: Object.fromEntries(
      ["heatmap", "contour", "surface", "histogram2d", "histogram2dcontour"].map((type) => [
        type,
        [{ colorscale: steps }],
      ]),
    ),
  };
}

/** Two templates, of which the second goes first. */
function merged(one: Fields, other: Fields): Fields {
  const entries = Object.entries(other).map(([name, value]) => {
    const before = one[name];
    return [name, isFields(before) && isFields(value) ? merged(before, value) : value] as const;
  });
  return { ...one, ...Object.fromEntries(entries) };
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
