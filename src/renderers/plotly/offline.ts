/** What a figure would load from the network, and what no bundle draws, taken out: pure. */
import { traceKind } from "../../protocol/index.js";
import { drawnFrames } from "./frames.js";
import { withFormulas } from "./formulas.js";
import { namedTemplate } from "./templates.js";
import { upgraded } from "./upgrade.js";

/** A figure as it is drawn, and what a reader is told of the rest. */
export interface OfflineFigure {
  readonly data: readonly unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
  readonly frames: readonly Readonly<Record<string, unknown>>[];
  /** Such as `a picture from the network`, each once. */
  readonly leftOut: readonly string[];
}

/** Fields whose address is loaded, and what a reader would call what comes from there. */
const LOADED: Readonly<Record<string, string>> = {
  source: "a picture from the network",
  geojson: "a map from the network",
  topojsonURL: "a map from the network",
  style: "a map from the network",
  sources: "a map from the network",
  accesstoken: "a map from the network",
};

/** Layouts of maps of tiles, which come from the network. */
const MAP_LAYOUT = /^(?:mapbox|map)\d*$/;

/** Settings of a figure's own that change how it is handled on the reader's machine only. */
const SETTINGS = new Set([
  "autosizable",
  "displayModeBar",
  "doubleClick",
  "locale",
  "modeBarButtonsToRemove",
  "responsive",
  "scrollZoom",
  "showAxisDragHandles",
  "showTips",
  "staticPlot",
]);

/** Fields whose words may hold formulas. */
const WORDS = new Set(["text", "title", "name", "ticktext", "label", "labels"]);

/** A style inside of a text's tags; entities and escapes could hide an address in it. */
const STYLE_IN_TEXT = /(<[^>]*?\sstyle\s*=\s*)("[^"]*"?|'[^']*'?|[^\s>]*)/gi;

/**
 * A figure without what it would load: pictures and maps of elsewhere, styles with addresses in its texts, and settings that
 * send it or run something. Pictures that the figure holds itself (`data:`) stay. Traces that no bundle draws are left out too:
 * plotly.js would draw them as scatters.
 */
export function offlineFigure(figure: {
  readonly data: readonly unknown[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly frames?: unknown;
}): OfflineFigure {
  const leftOut = new Set<string>();
  const clean = (value: unknown, key = ""): unknown => {
    if (typeof value === "string") return cleanText(value, key, leftOut);
    if (Array.isArray(value)) return value.map((item: unknown) => clean(item, key));
    // Typed arrays and the like hold no text.
    if (!isPlain(value)) return value;
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, item]) => {
        const kept = clean(item, name);
        return kept === undefined && item !== undefined ? [] : [[name, kept]];
      }),
    );
  };
  const traces = figure.data.map((trace) => {
    const reason = reasonAgainst(trace);
    if (reason !== undefined) leftOut.add(reason);
    return { trace, isDrawn: reason === undefined };
  });
  let drawnTraces = 0;
  const kept = traces.map(({ isDrawn }) => (isDrawn ? drawnTraces++ : -1));
  const layout = Object.entries(figure.layout ?? {}).filter(([name]) => !MAP_LAYOUT.test(name));
  if (
    layout.some(
      ([name, value]) => /^geo\d*$/.test(name) && isPlain(value) && Number(value["resolution"]) === 50,
    )
  )
    leftOut.add("outlines of countries finer than 1:110 million");
  const drawn = {
    data: traces.filter(({ isDrawn }) => isDrawn).map(({ trace }) => upgraded(clean(trace))),
    layout: upgraded(Object.fromEntries(layout.map(([name, value]) => [name, clean(value, name)]))),
    config: Object.fromEntries(Object.entries(figure.config ?? {}).filter(([name]) => SETTINGS.has(name))),
    frames: drawnFrames(upgraded(clean(figure.frames)), kept),
  };
  const { template, ...plainLayout } = drawn.layout as Readonly<Record<string, unknown>>;
  if (typeof template !== "string") return { ...drawn, layout: drawn.layout as Plain, leftOut: [...leftOut] };
  if (template === "none") return { ...drawn, layout: plainLayout, leftOut: [...leftOut] };
  // plotly.js itself knows no names: they are plotly's Python's.
  const named = namedTemplate(template);
  if (named === undefined) leftOut.add(`the template "${template}", which is not known by name`);
  const withTemplate = named === undefined ? plainLayout : { ...plainLayout, template: named };
  return { ...drawn, layout: withTemplate, leftOut: [...leftOut] };
}

type Plain = Readonly<Record<string, unknown>>;

/** Nodes of a flow. plotly.js makes as many as the largest number says, until memory ends. */
const MOST_NODES = 10_000;

/** The largest number by which links name a node. */
function largestNode(link: unknown): number {
  if (!isPlain(link)) return 0;
  const ends = [link["source"], link["target"]].flatMap((list) =>
    Array.isArray(list) || ArrayBuffer.isView(list) ? Array.from(list as unknown as ArrayLike<unknown>) : [],
  );
  return ends.reduce<number>((largest, end) => Math.max(largest, Number(end) || 0), 0);
}

/** Why a trace is not drawn; `undefined` for one that is. */
function reasonAgainst(trace: unknown): string | undefined {
  if (!isPlain(trace)) return "what is no trace";
  const { type } = trace;
  const kind = traceKind(type);
  if (kind === "tiles") {
    const name = String(type);
    return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name} trace, whose map comes from the network`;
  }
  if (type === "sankey" && largestNode(trace["link"]) > MOST_NODES)
    return `a sankey trace with more than ${MOST_NODES.toLocaleString("en")} nodes`;
  return kind === "unknown"
    ? `a trace of the type ${JSON.stringify(type)}, which plotly.js does not know`
    : undefined;
}

function cleanText(text: string, key: string, leftOut: Set<string>): string | undefined {
  const what = Object.hasOwn(LOADED, key) ? LOADED[key] : undefined;
  if (
    what !== undefined &&
    (key === "geojson" || /^[\s\u0000-\u001f]*(?:[a-z][a-z0-9+.-]*:|[/\\])|^pk\.|[./\\]/i.test(text)) &&
    !isOwnPicture(text)
  ) {
    leftOut.add(what);
    return undefined;
  }
  const words = written(text, key, leftOut);
  if (!words.includes("<")) return words;
  return words.replace(STYLE_IN_TEXT, (tag: string, before: string, style: string) => {
    const value = style.replace(/^["']|["']$/g, "");
    if (/^[\w\s#.,:;%()-]*$/.test(value) && !/url|image|src/i.test(value)) return tag;
    leftOut.add("a style with an address");
    return `${before}""`;
  });
}

/** Words with their formulas written out: what plotly.js loads for them comes from the network. */
function written(text: string, key: string, leftOut: Set<string>): string {
  if (!WORDS.has(key) || !text.includes("$")) return text;
  const words = withFormulas(text);
  if (words === undefined) leftOut.add("a formula, which stands as it was typed");
  return words ?? text;
}

function isOwnPicture(address: string): boolean {
  return /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i.test(address);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
