/** What a figure would load from the network, taken out: pure. */

/** A figure as it is drawn, and what a reader is told of the rest. */
export interface OfflineFigure {
  readonly data: readonly unknown[];
  readonly layout: Readonly<Record<string, unknown>>;
  readonly config: Readonly<Record<string, unknown>>;
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

/** Traces and layouts that are drawn on maps, whose ground comes from the network. */
const ON_MAP = /geo$|mapbox$|map$/i;
const NOT_ON_MAP = new Set(["heatmap", "treemap"]);
const MAP_LAYOUT = /^(?:geo|mapbox|map)\d*$/;

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

/** A style inside of a text's tags; entities and escapes could hide an address in it. */
const STYLE_IN_TEXT = /(<[^>]*?\sstyle\s*=\s*)("[^"]*"?|'[^']*'?|[^\s>]*)/gi;

/**
 * A figure without what it would load: pictures and maps of elsewhere, styles with addresses in its texts, and settings that
 * send it or run something. Pictures that the figure holds itself (`data:`) stay.
 */
export function offlineFigure(figure: {
  readonly data: readonly unknown[];
  readonly layout?: Readonly<Record<string, unknown>>;
  readonly config?: Readonly<Record<string, unknown>>;
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
  const data = figure.data.filter((trace) => {
    const type = isPlain(trace) && typeof trace["type"] === "string" ? trace["type"] : "";
    const isMap = ON_MAP.test(type) && !NOT_ON_MAP.has(type);
    if (isMap)
      leftOut.add(`${/^[aeiou]/.test(type) ? "an" : "a"} ${type} trace, whose map comes from the network`);
    return !isMap;
  });
  const layout = Object.entries(figure.layout ?? {}).filter(([name]) => !MAP_LAYOUT.test(name));
  const drawn = {
    data: data.map((trace) => clean(trace)),
    layout: Object.fromEntries(layout.map(([name, value]) => [name, clean(value, name)])),
    config: Object.fromEntries(Object.entries(figure.config ?? {}).filter(([name]) => SETTINGS.has(name))),
  };
  return { ...drawn, leftOut: [...leftOut] };
}

function cleanText(text: string, key: string, leftOut: Set<string>): string | undefined {
  const what = Object.hasOwn(LOADED, key) ? LOADED[key] : undefined;
  if (
    what !== undefined &&
    /^[\s\u0000-\u001f]*(?:[a-z][a-z0-9+.-]*:|[/\\])|^pk\.|[./\\]/i.test(text) &&
    !isOwnPicture(text)
  ) {
    leftOut.add(what);
    return undefined;
  }
  if (!text.includes("<")) return text;
  return text.replace(STYLE_IN_TEXT, (tag: string, before: string, style: string) => {
    const value = style.replace(/^["']|["']$/g, "");
    if (/^[\w\s#.,:;%()-]*$/.test(value) && !/url|image|src/i.test(value)) return tag;
    leftOut.add("a style with an address");
    return `${before}""`;
  });
}

function isOwnPicture(address: string): boolean {
  return /^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i.test(address);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
