/** Traces that plotly.js draws by WebGL, which no page without a browser has, as what can be drawn as SVG: pure. */
import { COLOURWAY } from "../theme.js";
import { fieldsOf, numbersOf, type Fields, type Panel } from "./panel.js";
import { parallelPanel } from "./parallel.js";
import { isDrawnInSpace, scenePanel } from "./scene.js";
import { splomPlots } from "./splom.js";

/** A panel, and the traces of plotly's, by their index, that hold the scales and legends of its own traces. */
export interface PlacedPanel {
  readonly panel: Panel;
  readonly traces: readonly number[];
}

export interface FlatFigure {
  readonly data: readonly Fields[];
  readonly layout: Fields;
  readonly panels: readonly PlacedPanel[];
  readonly leftOut: readonly string[];
}

/** Types that have a form in SVG under another name. */
const TWINS: Readonly<Record<string, string>> = { scattergl: "scatter", scatterpolargl: "scatterpolar" };
const IN_SPACE = new Set("scatter3d surface mesh3d cone streamtube isosurface volume".split(" "));
/** Fields by which marks tell their colours and the scale of these. */
const SCALE =
  "color colorscale cmin cmax cmid cauto autocolorscale reversescale showscale colorbar coloraxis".split(" ");
/** Axes of what is not seen. */
const UNSEEN = 99;

export function flatFigure(given: readonly Fields[], layout: Fields): FlatFigure {
  const data: Fields[] = [];
  const panels: PlacedPanel[] = [];
  const leftOut = new Set<string>();
  const scenes = new Map<string, Fields[]>();
  const colours = colourway(layout);
  let axes: Fields = {};
  given.forEach((trace, index) => {
    const type = typeof trace["type"] === "string" ? trace["type"] : "scatter";
    if (type === "splom") {
      const plots = splomPlots(trace, index, colours[index % colours.length]!);
      data.push(...plots.data);
      axes = { ...axes, ...plots.axes };
    } else if (type === "parcoords") {
      panels.push({ panel: parallelPanel(trace), traces: [data.length] });
      data.push(scaleHolder(trace, { colorscale: "Viridis", ...fieldsOf(trace["line"]) }));
    } else if (!IN_SPACE.has(type)) {
      data.push({ ...trace, type: TWINS[type] ?? type });
    } else if (isDrawnInSpace(trace)) {
      const scene = typeof trace["scene"] === "string" ? trace["scene"] : "scene";
      scenes.set(scene, [...(scenes.get(scene) ?? []), trace]);
    } else {
      leftOut.add(`the ${type} trace, which only a browser draws`);
    }
  });
  for (const [name, traces] of scenes) {
    const first = data.length;
    panels.push({
      panel: scenePanel(traces, fieldsOf(layout[name])),
      traces: traces.map((_, i) => first + i),
    });
    data.push(...traces.map((trace) => scaleHolder(trace, colouredPart(trace))));
  }
  return { data, layout: layoutOf(layout, axes, panels.length > 0), panels, leftOut: [...leftOut] };
}

/** Colours of traces that say none, in their order. */
function colourway(layout: Fields): readonly string[] {
  const template = fieldsOf(fieldsOf(layout["template"])["layout"]);
  const given = [layout["colorway"], template["colorway"]].find(
    (list) => Array.isArray(list) && list.length > 0,
  );
  return (given as readonly string[] | undefined) ?? COLOURWAY;
}

/** A trace that is not seen itself, with the name and the scale of one that is drawn here. */
function scaleHolder(trace: Fields, coloured: Fields): Fields {
  const given = SCALE.flatMap((field) => (coloured[field] === undefined ? [] : [[field, coloured[field]]]));
  const { name, legendgroup, legendrank } = trace;
  // As plotly has it: of all these, scatters alone are in a legend unless told.
  const showlegend = trace["showlegend"] ?? (trace["type"] === "scatter3d" ? undefined : false);
  return {
    type: "scatter",
    mode: "markers",
    x: [null],
    y: [null],
    xaxis: `x${UNSEEN}`,
    yaxis: `y${UNSEEN}`,
    ...(name === undefined ? {} : { name }),
    ...(legendgroup === undefined ? {} : { legendgroup }),
    ...(legendrank === undefined ? {} : { legendrank }),
    ...(showlegend === undefined ? {} : { showlegend }),
    marker: Object.fromEntries(given) as Fields,
  };
}

/** The part of a trace in space that says its colours. */
function colouredPart(trace: Fields): Fields {
  const type = trace["type"];
  if (type === "scatter3d") {
    const marker = fieldsOf(trace["marker"]);
    return marker["color"] === undefined ? fieldsOf(trace["line"]) : marker;
  }
  const values =
    type === "surface"
      ? (trace["surfacecolor"] ?? trace["z"])
      : type === "cone"
        ? speeds(trace)
        : trace["intensity"];
  const numbers = Array.isArray(values) ? (values as unknown[]).flat() : undefined;
  const color = numbers ?? trace["color"];
  return { showscale: numbers !== undefined, ...trace, color };
}

function speeds(trace: Fields): unknown {
  const [u, v, w] = ["u", "v", "w"].map((name) => numbersOf(trace[name]));
  return u!.map((value, i) => Math.hypot(value, v![i] ?? 0, w![i] ?? 0));
}

function layoutOf(layout: Fields, axes: Fields, hasPanels: boolean): Fields {
  const named = Object.entries(axes).map(([name, axis]) => [
    name,
    { ...fieldsOf(axis), ...fieldsOf(layout[name]) },
  ]);
  const hidden = { visible: false, fixedrange: true, range: [0, 1] };
  const unseen = hasPanels
    ? {
        [`xaxis${UNSEEN}`]: { ...hidden, anchor: `y${UNSEEN}` },
        [`yaxis${UNSEEN}`]: { ...hidden, anchor: `x${UNSEEN}` },
      }
    : {};
  const rest = Object.entries(layout).filter(([name]) => !/^scene\d*$/.test(name));
  return Object.fromEntries([...rest, ...named, ...Object.entries(unseen)]) as Fields;
}
