/** A small figure of every trace type of plotly.js. */
type Figures = Readonly<Record<string, { readonly data: readonly object[]; readonly layout?: object }>>;

const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const grid = (n: number): number[][] =>
  range(n).map((i) => range(n).map((j) => Math.sin(i / 2) * Math.cos(j / 2)));

/** Places and values on a lattice of n³ points. */
function lattice(n: number) {
  const places = range(n ** 3).map((i) => [i % n, Math.floor(i / n) % n, Math.floor(i / n ** 2)] as const);
  return {
    x: places.map(([x]) => x),
    y: places.map(([, y]) => y),
    z: places.map(([, , z]) => z),
    value: places.map(([x, y, z]) => Math.hypot(x - n / 2, y - n / 2, z - n / 2)),
  };
}

/** All that need no map. */
export function examples(): Figures {
  const xy = { x: [1, 2, 3], y: [2, 5, 3] };
  const names = {
    labels: ["all", "a", "b"],
    parents: ["", "all", "all"],
    values: [10, 6, 4],
    branchvalues: "total",
  };
  const parts = { labels: ["a", "b"], values: [6, 4] };
  const prices = {
    x: ["2024-01-01", "2024-01-02"],
    open: [1, 3],
    high: [4, 5],
    low: [0.5, 2],
    close: [3, 2.5],
  };
  const dimensions = [
    { label: "a", values: [1, 2, 3] },
    { label: "b", values: [3, 1, 2] },
  ];
  const polar = { r: [1, 2, 3], theta: [0, 90, 200] };
  const places = { x: [1, 2, 3, 1], y: [1, 3, 2, 2], z: [1, 2, 4, 3] };
  const { value, ...points } = lattice(6);
  const flow = { ...points, u: value, v: value.map((one) => one / 2), w: value.map(() => 1) };
  const knots = range(16).map((i) => [i % 4, Math.floor(i / 4)] as const);
  const net = {
    type: "carpet",
    a: knots.map(([a]) => a),
    b: knots.map(([, b]) => b),
    x: knots.map(([a, b]) => a + b / 3),
    y: knots.map(([a, b]) => b + a ** 2 / 6),
  };
  const traces: Readonly<Record<string, readonly object[]>> = {
    bar: [xy],
    barpolar: [polar],
    box: [{ y: [1, 2, 3, 4, 9] }],
    candlestick: [prices],
    carpet: [net],
    cone: [flow],
    contour: [{ z: grid(6) }],
    contourcarpet: [net, { type: "contourcarpet", a: net.a, b: net.b, z: knots.map(([a, b]) => a * b) }],
    funnel: [{ x: [9, 5, 2], y: ["a", "b", "c"] }],
    funnelarea: [parts],
    heatmap: [{ z: grid(4) }],
    histogram: [{ x: [1, 2, 2, 3] }],
    histogram2d: [xy],
    histogram2dcontour: [{ x: [1, 2, 2, 3, 2], y: [1, 2, 2, 3, 3] }],
    icicle: [names],
    image: [{ z: grid(4).map((row) => row.map((v) => [128 + 90 * v, 40, 200])) }],
    indicator: [{ mode: "gauge+number", value: 3, gauge: { axis: { range: [0, 5] } } }],
    isosurface: [{ ...points, value, isomin: 1, isomax: 2 }],
    mesh3d: [{ ...places, i: [0, 0], j: [1, 2], k: [2, 3] }],
    ohlc: [prices],
    parcats: [{ dimensions }],
    parcoords: [{ dimensions }],
    pie: [parts],
    sankey: [{ node: { label: ["a", "b", "c"] }, link: { source: [0, 0], target: [1, 2], value: [8, 2] } }],
    scatter: [xy],
    scatter3d: [places],
    scattercarpet: [net, { type: "scattercarpet", a: [1.2, 2.5], b: [1.5, 2], mode: "lines+markers" }],
    scattergl: [{ ...xy, mode: "markers", marker: { size: 20 } }],
    scatterpolar: [{ ...polar, fill: "toself" }],
    scatterpolargl: [{ ...polar, mode: "markers", marker: { size: 20 } }],
    scattersmith: [{ real: [0.5, 1, 2], imag: [0.5, 1, 1] }],
    scatterternary: [{ a: [1, 2], b: [2, 1], c: [1, 1], mode: "markers" }],
    splom: [{ dimensions, marker: { size: 12 } }],
    streamtube: [flow],
    sunburst: [names],
    surface: [{ z: grid(8) }],
    table: [
      {
        header: { values: ["a", "b"] },
        cells: {
          values: [
            [1, 2],
            [3, 4],
          ],
        },
      },
    ],
    treemap: [names],
    violin: [{ y: [1, 2, 3, 4, 9] }],
    volume: [{ ...points, value, isomin: 1, isomax: 3, opacity: 0.4 }],
    waterfall: [{ x: ["a", "b", "c"], y: [4, -2, 3] }],
  };
  return Object.fromEntries(
    Object.entries(traces).map(([type, data]) => [
      type,
      { data: data.map((trace) => ({ type, ...trace })), layout: { title: { text: type }, height: 300 } },
    ]),
  );
}

const MAPS =
  "choropleth choroplethmap choroplethmapbox densitymap densitymapbox scattergeo scattermap scattermapbox";

/** Those on maps. */
export const MAP_EXAMPLES: Figures = Object.fromEntries(
  MAPS.split(" ").map((type) => [
    type,
    { data: [{ type, lat: [1], lon: [2], locations: ["CHE"], z: [1] }], layout: {} },
  ]),
);
