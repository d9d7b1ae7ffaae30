/** What plotly takes for granted, written out: a user's figure leaves it unsaid, and our drawer knows no defaults. */

type Fields = Readonly<Record<string, unknown>>;

/** A figure as plotly takes it. */
export interface PlotlyFigure {
  readonly data: readonly object[];
  readonly layout?: object;
}

/** Whether a value has the form of plotly's figures. */
export function isPlotlyFigure(value: unknown): value is PlotlyFigure {
  const { data, layout = {} } = (value ?? {}) as { readonly data?: unknown; readonly layout?: unknown };
  return Array.isArray(data) && data.every(isObject) && isObject(layout);
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Points up to which plotly marks those of a line. */
const MARKED_POINTS = 20;

/** Plotly's own scale for values of one sign, `Viridis`, in nine steps. */
const VIRIDIS = [
  "#440154",
  "#482878",
  "#3e4a89",
  "#31688e",
  "#26828e",
  "#1f9e89",
  "#35b779",
  "#6ece58",
  "#fde725",
].map((colour, i, all) => [i / (all.length - 1), colour] as const);

/**
 * The figure with its defaults: types and modes of traces, numbers of points, axes of names, titles that are plain text, lists that are
 * typed arrays.
 */
export function withDefaults({ data, layout = {} }: PlotlyFigure): {
  readonly data: readonly Fields[];
  readonly layout: Fields;
} {
  const traces = data.map((trace) => traceOf(trace as Fields));
  const { title, xaxis, yaxis, ...rest } = layout as Fields;
  const hasCells = traces.some(({ type }) => type === "heatmap");
  const isCovered = hasCells || traces.some(({ type }) => type === "bar");
  return {
    data: traces,
    layout: {
      ...rest,
      ...(title === undefined ? {} : { title: titled(title) }),
      xaxis: axisOf(
        xaxis,
        traces.map(({ x }) => x),
        isCovered,
      ),
      yaxis: axisOf(
        yaxis,
        traces.map(({ y }) => y),
        hasCells,
      ),
    },
  };
}

function titled(title: unknown): unknown {
  return typeof title === "string" ? { text: title } : title;
}

/** Lists of what are typed arrays; everything else as it stands. */
function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) && !(value instanceof DataView)
    ? Array.from(value as unknown as ArrayLike<unknown>)
    : value;
}

function traceOf(given: Fields): Fields {
  const trace: Fields = Object.fromEntries(
    Object.entries(given).map(([name, value]) => [name, plain(value)]),
  );
  const { type = "scatter" } = trace;
  if (type === "heatmap") return heatmapOf(trace);
  const [x, y] = [trace.x, trace.y];
  const count = Array.isArray(x) ? x.length : Array.isArray(y) ? y.length : 0;
  const numbers = Array.from({ length: count }, (_, i) => i);
  const mode = count < MARKED_POINTS ? "lines+markers" : "lines";
  return {
    ...(type === "scatter" ? { mode } : {}),
    ...trace,
    type,
    x: x ?? numbers,
    y: y ?? numbers,
  };
}

function heatmapOf(trace: Fields): Fields {
  const rows = Array.isArray(trace.z) ? trace.z.map(plain) : [];
  const values = rows.flat().filter((value) => typeof value === "number");
  const across = Array.isArray(rows[0]) ? rows[0].length : 0;
  const names = (count: number): string[] => Array.from({ length: count }, (_, i) => String(i));
  return {
    colorscale: VIRIDIS,
    zmin: values.reduce((a, b) => Math.min(a, b), Infinity),
    zmax: values.reduce((a, b) => Math.max(a, b), -Infinity),
    ...trace,
    z: rows,
    x: trace.x ?? names(across),
    y: trace.y ?? names(rows.length),
  };
}

/** An axis; of categories where names lie along it, or where bars or cells stand on it at equal steps, which our drawer puts side by side. */
function axisOf(given: unknown, places: readonly unknown[], isCovered: boolean): unknown {
  if (given !== undefined && !isObject(given)) return given;
  const { title, ...axis } = given ?? {};
  const lists = places.filter((list) => Array.isArray(list)) as unknown[][];
  const isNamed = lists.flat().some(isName);
  const isCategory = isNamed || (isCovered && lists.every(isEven));
  return {
    ...(isCategory ? { type: "category" } : {}),
    ...axis,
    ...(title === undefined ? {} : { title: titled(title) }),
  };
}

/** A text that plotly takes for neither a number nor a date. */
function isName(value: unknown): boolean {
  return typeof value === "string" && Number.isNaN(Number(value)) && !/^\d{4}-\d\d/.test(value);
}

/** Whether numbers ascend by equal steps; so do the names of a heatmap's rows that were not told. */
function isEven(list: readonly unknown[]): boolean {
  const numbers = list.map(Number);
  const step = numbers.length > 1 ? numbers[1]! - numbers[0]! : 1;
  return step > 0 && numbers.every((value, i) => Math.abs(value - numbers[0]! - i * step) < 1e-6 * step);
}
