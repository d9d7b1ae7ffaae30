/** A small figure of every trace type of plotly.js: what tests draw, and what the gallery shows. */

export interface GalleryFigure {
  readonly data: readonly object[];
  readonly layout: object;
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
const wave = (count: number): number[][] =>
  range(count).map((i) => range(count).map((j) => Math.sin(i / 2) * Math.cos(j / 2)));
const levels = ["L1-L2", "L2-L3", "L3-L4", "L4-L5", "L5-S1"];
const ages = [22, 31, 38, 45, 47, 52, 58, 63, 70, 76];
const grades = [1.6, 1.9, 2.4, 2.2, 2.9, 3.1, 3.4, 3.2, 4.1, 4.4];
const heights = [11.9, 11.2, 10.8, 11.0, 9.7, 9.9, 8.6, 8.9, 7.2, 6.5];

/** Places on a lattice of 6 by 6 by 6, and how far they are from its middle. */
const cube = range(216).map((i) => [i % 6, Math.floor(i / 6) % 6, Math.floor(i / 36)] as const);
const lattice = { x: cube.map(([x]) => x), y: cube.map(([, y]) => y), z: cube.map(([, , z]) => z) };
const reach = cube.map(([x, y, z]) => Math.hypot(x - 3, y - 3, z - 3));
const flow = { ...lattice, u: reach, v: reach.map((one) => one / 2), w: reach.map(() => 1) };

/** A bent net of 4 by 4 knots, which other traces lie on. */
const knots = range(16).map((i) => [i % 4, Math.floor(i / 4)] as const);
const net = {
  type: "carpet",
  a: knots.map(([a]) => a),
  b: knots.map(([, b]) => b),
  x: knots.map(([a, b]) => a + b / 3),
  y: knots.map(([a, b]) => b + a ** 2 / 6),
};

const tree = {
  labels: ["discs", "healthy", "degenerated", "bulging", "herniated"],
  parents: ["", "discs", "discs", "degenerated", "degenerated"],
  values: [30, 18, 12, 8, 4],
  branchvalues: "total",
};
const parts = { labels: ["grade 1", "grade 2", "grade 3", "grade 4"], values: [4, 9, 6, 3] };
const prices = {
  x: ["2024-01-01", "2024-01-02", "2024-01-03", "2024-01-04"],
  open: [1, 3, 2.6, 3.4],
  high: [4, 5, 3.6, 4.2],
  low: [0.5, 2, 2.2, 2.9],
  close: [3, 2.5, 3.4, 3.9],
};
const polar = { r: [1, 2, 3, 2, 1.5], theta: [0, 70, 140, 210, 290] };
const dimensions = [
  { label: "age", values: ages },
  { label: "grade", values: grades },
  { label: "height", values: heights },
];

const traces: Readonly<Record<string, readonly object[]>> = {
  bar: [{ x: levels, y: [2, 3, 5, 9, 7] }],
  barpolar: [polar],
  box: [
    { x: levels.flatMap((level) => [level, level, level]), y: [1, 2, 2, 1, 2, 3, 2, 3, 3, 3, 4, 5, 2, 3, 4] },
  ],
  candlestick: [prices],
  carpet: [net],
  choropleth: [{ locations: ["CHE", "FRA", "DEU", "ITA"], z: [1, 2, 3, 4] }],
  choroplethmap: [{ locations: ["CHE"], z: [1], geojson: { type: "FeatureCollection", features: [] } }],
  choroplethmapbox: [{ locations: ["CHE"], z: [1], geojson: { type: "FeatureCollection", features: [] } }],
  cone: [
    { x: [0, 1, 2, 0], y: [0, 1, 0, 2], z: [0, 0, 1, 1], u: [1, 1, 0, 1], v: [0, 1, 1, 0], w: [0, 0, 1, 2] },
  ],
  contour: [{ z: wave(9) }],
  contourcarpet: [net, { type: "contourcarpet", a: net.a, b: net.b, z: knots.map(([a, b]) => a * b) }],
  densitymap: [{ lat: [46, 47], lon: [7, 8], z: [1, 2] }],
  densitymapbox: [{ lat: [46, 47], lon: [7, 8], z: [1, 2] }],
  funnel: [{ y: ["studies", "readable", "graded"], x: [120, 104, 98] }],
  funnelarea: [parts],
  heatmap: [{ x: levels, y: ["reader A", "reader B"], z: [[1, 2, 2, 4, 3], [1, 1, 3, 4, 4]] }], // prettier-ignore
  histogram: [{ x: grades, xbins: { start: 1, end: 5, size: 1 } }],
  histogram2d: [{ x: ages, y: grades }],
  histogram2dcontour: [{ x: ages, y: grades }],
  icicle: [tree],
  image: [{ z: wave(6).map((row) => row.map((value) => [128 + 90 * value, 40, 200])) }],
  indicator: [
    { mode: "gauge+number+delta", value: 3.4, delta: { reference: 3 }, gauge: { axis: { range: [1, 5] } } },
  ],
  isosurface: [{ ...lattice, value: reach, isomin: 1, isomax: 2 }],
  mesh3d: [
    {
      x: [0, 1, 2, 1],
      y: [0, 2, 0, 1],
      z: [0, 0, 0, 2],
      i: [0, 0, 0, 1],
      j: [1, 2, 1, 2],
      k: [2, 3, 3, 3],
      intensity: [0, 1, 2, 3],
    },
  ],
  ohlc: [prices],
  parcats: [
    {
      dimensions: [
        { label: "level", values: ["L4-L5", "L5-S1", "L4-L5"] },
        { label: "Modic", values: [0, 1, 1] },
      ],
    },
  ],
  parcoords: [{ dimensions, line: { color: grades, showscale: true } }],
  pie: [parts],
  sankey: [
    {
      node: { label: ["T12-L1", "grade 2", "grade 3"] },
      link: { source: [0, 0], target: [1, 2], value: [8, 3] },
    },
  ],
  scatter: [{ x: ages, y: grades, mode: "markers", error_y: { array: ages.map(() => 0.2) } }],
  scatter3d: [
    { x: ages, y: grades, z: heights, mode: "markers", marker: { size: 6, color: grades, showscale: true } },
  ],
  scattercarpet: [net, { type: "scattercarpet", a: [1.2, 2.5], b: [1.5, 2], mode: "lines+markers" }],
  scattergeo: [{ lat: [46.9, 48.9], lon: [7.4, 2.3], mode: "markers" }],
  scattergl: [{ x: ages, y: heights, mode: "markers", marker: { size: 12 } }],
  scattermap: [{ lat: [46.9], lon: [7.4] }],
  scattermapbox: [{ lat: [46.9], lon: [7.4] }],
  scatterpolar: [{ ...polar, fill: "toself" }],
  scatterpolargl: [{ ...polar, mode: "markers", marker: { size: 12 } }],
  scattersmith: [{ real: [0.5, 1, 2], imag: [0.5, 1, 1] }],
  scatterternary: [{ a: [1, 2, 3], b: [2, 1, 1], c: [1, 1, 2], mode: "markers" }],
  splom: [{ dimensions, marker: { size: 7 } }],
  streamtube: [flow],
  sunburst: [tree],
  surface: [{ z: wave(16) }],
  table: [{ header: { values: ["level", "grade"] }, cells: { values: [levels, [2, 2, 3, 4, 4]] } }],
  treemap: [tree],
  violin: [{ y: grades, box: { visible: true } }],
  volume: [{ ...lattice, value: reach, isomin: 1, isomax: 3, opacity: 0.4 }],
  waterfall: [
    {
      x: ["first", "lost", "found", "last"],
      y: [9, -3, 2, 0],
      measure: ["absolute", "relative", "relative", "total"],
    },
  ],
};

/** By the type's name. */
export const GALLERY: Readonly<Record<string, GalleryFigure>> = Object.fromEntries(
  Object.entries(traces).map(([type, data]) => [
    type,
    { data: data.map((trace) => ({ type, ...trace })), layout: { title: { text: type }, height: 320 } },
  ]),
);

/** Types on maps of tiles, which come from a network. */
export const ON_TILES: readonly string[] =
  "choroplethmap choroplethmapbox densitymap densitymapbox scattermap scattermapbox".split(" ");
