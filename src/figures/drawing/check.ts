/** Whether a still can be drawn of a figure: all that it says is known to the drawer. */
import type { DrawnFigure } from "./known.js";

type Rule = (value: unknown) => boolean;
/** What an object may hold: a rule for a value, keys of an object, or in a list the keys of each of its objects. */
interface Keys {
  readonly [key: string]: Rule | Keys | readonly [Keys];
}

const any: Rule = () => true;
const text: Rule = (value) => typeof value === "string";
const number: Rule = (value) => typeof value === "number" && Number.isFinite(value);
const amount: Rule = (value) => number(value) && (value as number) >= 0;
const flag: Rule = (value) => typeof value === "boolean";
const colour: Rule = (value) => text(value) && /^[#\w(),.% ]+$/.test(value as string);
const oneOf =
  (...values: readonly unknown[]): Rule =>
  (value) =>
    values.includes(value);
const either =
  (...rules: readonly Rule[]): Rule =>
  (value) =>
    rules.some((rule) => rule(value));
const list =
  (rule: Rule): Rule =>
  (value) =>
    Array.isArray(value) && value.every(rule);
const place = either(text, number);
const places = list(place);

const TITLE: Keys = { text, subtitle: { text } };
const LINE: Keys = { color: colour, width: number, dash: oneOf("solid", "dot", "dash") };
/** Of the interactive form alone. */
const POINTING: Keys = { hovertemplate: any, hoverinfo: any, customdata: any, cliponaxis: any };
const POINTS: Keys = {
  ...POINTING,
  ...{ type: any, name: text, x: places, opacity: number, showlegend: flag, text: either(text, list(text)) },
};

const TRACES: Readonly<Record<string, Keys>> = {
  scatter: {
    ...POINTS,
    y: places,
    mode: (value) =>
      text(value) && /^(?:lines|markers|text)(?:\+(?:lines|markers|text))*$/.test(value as string),
    textposition: (value) =>
      text(value) && /^(?:top|middle|bottom) (?:left|center|right)$/.test(value as string),
    line: LINE,
    marker: { size: either(number, list(number)), color: either(colour, list(colour)), opacity: number },
  },
  bar: {
    ...POINTS,
    y: list(amount),
    textposition: oneOf("inside", "outside"),
    insidetextanchor: oneOf("middle"),
    insidetextfont: { color: colour },
    textangle: oneOf(0),
    marker: { color: either(colour, list(colour)), line: LINE },
  },
  heatmap: {
    ...POINTING,
    ...{ type: any, name: text, x: places, y: places },
    z: list(list(either(number, oneOf(null)))),
    text: list(list(text)),
    texttemplate: oneOf("%{text}"),
    colorscale: list(
      (stop) => Array.isArray(stop) && number(stop[0]) && /^#[\da-f]{6}$/i.test(String(stop[1])),
    ),
    ...{ zmin: number, zmax: number, xgap: number, ygap: number, showscale: flag },
    colorbar: { title: TITLE, tickformat: oneOf(".0%") },
  },
};

/** What a trace must say itself: a still has no defaults for it. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  scatter: ["mode", "x", "y"],
  bar: ["x", "y"],
  heatmap: ["z", "x", "y", "colorscale", "zmin", "zmax"],
};

const AXIS: Keys = {
  type: oneOf("linear", "log", "category"),
  range: (value) => list(number)(value) && (value as readonly unknown[]).length === 2,
  autorange: oneOf("reversed"),
  rangemode: oneOf("tozero"),
  categoryarray: list(text),
  tickvals: list(number),
  ticktext: list(text),
  tickformat: oneOf(".0%"),
  dtick: number,
  title: TITLE,
  ...{ showgrid: flag, gridcolor: colour, zeroline: flag, zerolinecolor: colour },
  scaleanchor: oneOf("x", "y"),
  // How people zoom, and what plotly does with the room that equal units leave: a still has no such room.
  ...{ fixedrange: any, constrain: any },
};

const SHAPE: Keys = {
  type: oneOf("rect", "line"),
  ...{ xref: oneOf("x", "paper"), yref: oneOf("y", "paper"), layer: oneOf("above", "below") },
  ...{ x0: place, x1: place, y0: place, y1: place, fillcolor: colour, opacity: number, line: LINE },
};

const ANNOTATION: Keys = {
  ...{ text, x: place, y: place, xref: oneOf("x", "paper"), yref: oneOf("y", "paper") },
  ...{ xanchor: oneOf("left", "center", "right"), xshift: number, showarrow: oneOf(false), align: any },
};

const LAYOUT: Keys = {
  ...{ title: TITLE, xaxis: AXIS, yaxis: AXIS, shapes: [SHAPE], annotations: [ANNOTATION] },
  ...{ barmode: oneOf("group", "stack"), bargap: number },
  // Numbers that have no room in their bar are left out of every still.
  uniformtext: { minsize: any, mode: oneOf("hide") },
  showlegend: flag,
  // The order is that of a list from above down; a still has its legend in rows.
  legend: { title: TITLE, traceorder: oneOf("normal", "reversed") },
  // A still measures the words beside its area.
  margin: { r: any },
  ...{ width: number, height: number },
};

/**
 * The figure as the drawer takes it.
 * @throws Error that names each trace, key and value that stills do not know, so that nothing is left out in silence
 */
export function checkFigure(figure: {
  readonly data: readonly unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
}): DrawnFigure {
  const unknown = [
    ...figure.data.flatMap((trace, i) => unknownInTrace(trace, `data[${i}]`)),
    ...unknownIn(figure.layout, LAYOUT, "layout"),
  ];
  if (unknown.length > 0)
    throw new Error(
      `A still cannot be drawn of this figure: ${unknown.join("; ")} ${unknown.length === 1 ? "is" : "are"} not known to it. Say it otherwise, or teach it to src/figures/drawing (check.ts, known.ts).`,
    );
  return figure as unknown as DrawnFigure;
}

function unknownInTrace(trace: unknown, path: string): string[] {
  const type = String((trace as { readonly type?: unknown } | null)?.type);
  const keys = Object.hasOwn(TRACES, type) ? TRACES[type] : undefined;
  if (keys === undefined) return [`${path}.type "${type}"`];
  const missing = NEEDED[type]!.filter((name) => !(name in (trace as object)));
  return [...missing.map((name) => `${path} without ${name}`), ...unknownIn(trace, keys, path)];
}

function unknownIn(value: unknown, keys: Keys, path: string): string[] {
  if (typeof value !== "object" || value === null) return [`${path} ${JSON.stringify(value)}`];
  return Object.entries(value).flatMap(([name, part]: [string, unknown]) => {
    const known = Object.hasOwn(keys, name) ? keys[name] : undefined;
    const place = `${path}.${name}`;
    if (part === undefined) return [];
    if (known === undefined) return [place];
    if (typeof known === "function") return known(part) ? [] : [`${place} ${shortened(part)}`];
    if (!isList(known)) return unknownIn(part, known, place);
    if (!Array.isArray(part)) return [place];
    return part.flatMap((item, i) => unknownIn(item, known[0], `${place}[${i}]`));
  });
}

function isList(known: Keys | readonly [Keys]): known is readonly [Keys] {
  return Array.isArray(known);
}

function shortened(value: unknown): string {
  const words = typeof value === "function" ? "a function" : JSON.stringify(value);
  return words.length > 40 ? `${words.slice(0, 40)}…` : words;
}
