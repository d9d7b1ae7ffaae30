/**
 * plotly.js with every trace type that needs no network: its own full bundle is half as large again, for maps of tiles, which would
 * have no ground here. Outlines of countries lie in a file of their own, `outlines.js`. Where there is a strict form of a trace it is taken: the others make functions from text, which the reports'
 * content security policy forbids.
 */
import bar from "plotly.js/lib/bar";
import barpolar from "plotly.js/lib/barpolar";
import box from "plotly.js/lib/box";
import candlestick from "plotly.js/lib/candlestick";
import carpet from "plotly.js/lib/carpet";
import choropleth from "plotly.js/lib/choropleth";
import cone from "plotly.js/lib/cone";
import contour from "plotly.js/lib/contour";
import contourcarpet from "plotly.js/lib/contourcarpet";
import funnel from "plotly.js/lib/funnel";
import funnelarea from "plotly.js/lib/funnelarea";
import heatmap from "plotly.js/lib/heatmap";
import histogram from "plotly.js/lib/histogram";
import histogram2d from "plotly.js/lib/histogram2d";
import histogram2dcontour from "plotly.js/lib/histogram2dcontour";
import icicle from "plotly.js/lib/icicle";
import image from "plotly.js/lib/image";
import indicator from "plotly.js/lib/indicator";
import isosurface from "plotly.js/lib/isosurface";
import mesh3d from "plotly.js/lib/mesh3d";
import ohlc from "plotly.js/lib/ohlc";
import parcats from "plotly.js/lib/parcats";
import parcoords from "plotly.js/src/traces/parcoords/strict";
import pie from "plotly.js/lib/pie";
import sankey from "plotly.js/lib/sankey";
import scatter3d from "plotly.js/lib/scatter3d";
import scattercarpet from "plotly.js/lib/scattercarpet";
import scattergeo from "plotly.js/lib/scattergeo";
import scattergl from "plotly.js/src/traces/scattergl/strict";
import scatterpolar from "plotly.js/lib/scatterpolar";
import scatterpolargl from "plotly.js/src/traces/scatterpolargl/strict";
import scattersmith from "plotly.js/lib/scattersmith";
import scatterternary from "plotly.js/lib/scatterternary";
import splom from "plotly.js/src/traces/splom/strict";
import streamtube from "plotly.js/lib/streamtube";
import sunburst from "plotly.js/lib/sunburst";
import surface from "plotly.js/lib/surface";
import table from "plotly.js/lib/table";
import treemap from "plotly.js/lib/treemap";
import violin from "plotly.js/lib/violin";
import volume from "plotly.js/lib/volume";
import waterfall from "plotly.js/lib/waterfall";
import calendars from "plotly.js/lib/calendars";
import core from "plotly.js/lib/core";
import Color from "plotly.js/src/components/color";
import Colorscale from "plotly.js/src/components/colorscale";
import type { Plotly, PlotlyColours } from "./library.js";

const plotly = core as Plotly & { register(parts: readonly unknown[]): void };
plotly.register([
  bar,
  barpolar,
  box,
  candlestick,
  carpet,
  choropleth,
  cone,
  contour,
  contourcarpet,
  funnel,
  funnelarea,
  heatmap,
  histogram,
  histogram2d,
  histogram2dcontour,
  icicle,
  image,
  indicator,
  isosurface,
  mesh3d,
  ohlc,
  parcats,
  parcoords,
  pie,
  sankey,
  scatter3d,
  scattercarpet,
  scattergeo,
  scattergl,
  scatterpolar,
  scatterpolargl,
  scattersmith,
  scatterternary,
  splom,
  streamtube,
  sunburst,
  surface,
  table,
  treemap,
  violin,
  volume,
  waterfall,
  calendars,
]);

export const largePlotly: Plotly = plotly;

export const plotlyColours: PlotlyColours = {
  scaleOf: (Colorscale as { makeColorScaleFuncFromTrace: PlotlyColours["scaleOf"] })
    .makeColorScaleFuncFromTrace,
  rgb: (Color as { rgb: PlotlyColours["rgb"] }).rgb,
};
