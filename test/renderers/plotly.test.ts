import assert from "node:assert/strict";
import test from "node:test";
import { offlineFigure } from "../../src/renderers/plotly/offline.js";
import { upgraded } from "../../src/renderers/plotly/upgrade.js";

const AT = "https://evil.example/";

test("a figure that loads nothing is drawn as it is", () => {
  const figure = {
    data: [
      {
        type: "scatter",
        x: Float64Array.of(1, 2),
        y: [1, null],
        name: 'L4 <b style="color: #c00">x</b> & a/b',
      },
      { type: "heatmap", z: [[1]], colorscale: "Blues" },
      { type: "image", source: "data:image/png;base64,QUJD" },
      { type: "sankey", link: { source: [0, 1], target: [1, 2] } },
    ],
    layout: {
      title: { text: "a: b/c" },
      images: [{ source: "data:image/svg+xml,%3Csvg/%3E", x: 0 }],
      annotations: [{ text: `<a href="${AT}">source</a>` }],
      font: { style: "italic" },
    },
    config: { displayModeBar: false },
  };
  assert.deepEqual(offlineFigure(figure), { ...figure, frames: [], leftOut: [] });
});

test("pictures, maps and styles of elsewhere are left out and named, wherever they stand", () => {
  const { data, layout, leftOut } = offlineFigure({
    data: [
      { type: "image", source: `${AT}1`, x0: 0 },
      {
        type: "scatter",
        text: [`<span style="cursor:url(${AT}2)">t</span>`, `<span style='fill:u&#114;l(${AT}3)'>t</span>`],
      },
      {
        type: "scatter",
        name: `<span style=mask:\\75rl(${AT}4)>t</span><b style="mask-image: image-set('${AT}5' 1x)`,
      },
      { type: "choroplethmapbox", geojson: `${AT}6` },
      { type: "densitymap" },
      { type: "scattermap" },
    ],
    layout: {
      images: [
        { source: `${AT}7` },
        { source: "//evil.example/8" },
        { source: " https://evil.example/9" },
        { source: "data:text/html,x" },
      ],
      template: { layout: { images: [{ source: "a/b.png" }] } },
      mapbox: { style: "open-street-map", accesstoken: "pk.x" },
      map2: { style: "basic" },
    },
  });
  const drawn = JSON.stringify([data, layout]);
  assert.doesNotMatch(drawn, /evil\.example|data:text|a\/b\.png|pk\.x|open-street/);
  assert.equal(data.length, 3);
  assert.deepEqual([...leftOut].sort(), [
    "a choroplethmapbox trace, whose map comes from the network",
    "a densitymap trace, whose map comes from the network",
    "a picture from the network",
    "a scattermap trace, whose map comes from the network",
    "a style with an address",
  ]);
});

test("settings that would send the figure or put HTML into the page are not taken over", () => {
  const { config } = offlineFigure({
    data: [],
    config: {
      scrollZoom: true,
      plotlyServerURL: AT,
      showLink: true,
      showSendToCloud: true,
      topojsonURL: AT,
      mapboxAccessToken: "pk.x",
      modeBarButtonsToAdd: [{ icon: { svg: "<svg onload=x>" } }],
    },
  });
  assert.deepEqual(config, { scrollZoom: true });
});

test("titles that are plain text become objects, except in the author's own data", () => {
  assert.deepEqual(
    upgraded({
      title: "a",
      titlefont: { size: 9 },
      scene: { xaxis: { title: 5 } },
      updatemenus: [{ buttons: [{ args: [{ "xaxis.title": "b" }] }] }],
      customdata: [{ title: "own" }],
      meta: { title: "own" },
      yaxis: { title: { text: "c" } },
    }),
    {
      title: { text: "a", font: { size: 9 } },
      scene: { xaxis: { title: { text: "5" } } },
      updatemenus: [{ buttons: [{ args: [{ "xaxis.title": { text: "b" } }] }] }],
      customdata: [{ title: "own" }],
      meta: { title: "own" },
      yaxis: { title: { text: "c" } },
    },
  );
});
