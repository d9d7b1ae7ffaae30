import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, it } from "node:test";
import { decode } from "fast-png";
import type { Browser, Locator, Page } from "playwright-core";
import { reportScripts, type Notebook } from "../../src/notebook/index.js";
import { PLOTLY_MIME } from "../../src/protocol/index.js";
import { GALLERY, ON_TILES } from "../support/gallery.js";
import { launchChromium, noChromium, until } from "./support.js";

const notebookOf = (figures: readonly unknown[]): Notebook =>
  ({
    cells: figures.map((figure) => ({
      cell_type: "code",
      outputs: [{ output_type: "display_data", data: { [PLOTLY_MIME]: figure }, metadata: {} }],
    })),
  }) as unknown as Notebook;

/** A page like the HTML report, with the script that the report of these figures gets. */
async function report(browser: Browser, figures: readonly unknown[]): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 900, height: 700 } });
  page.on("pageerror", (error) => {
    throw error;
  });
  page.on("request", (request) => {
    assert.doesNotMatch(request.url(), /^https?:/);
  });
  const files = reportScripts(notebookOf(figures)).map((name) => readFile(`dist/renderers/${name}`, "utf8"));
  const script = (await Promise.all(files)).join("\n");
  const outputs = figures.map(
    (figure, i) =>
      `<div id="o${i}"><script type="${PLOTLY_MIME}" data-spinebook-output>${JSON.stringify(figure).replaceAll("<", "\\u003c")}</script></div>`,
  );
  // What makes functions from text is refused, as it is in reports.
  await page.setContent(
    `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:"><body>${outputs.join("")}<script type="module">${script.replaceAll("</script", "<\\/script")}</script>`,
  );
  await page.waitForFunction(
    (count) => document.querySelectorAll("[data-spinebook-mounted]").length === count,
    figures.length,
  );
  return page;
}

/** Shapes that an output's traces have drawn. */
function shapes(output: Element): number {
  const marks = [
    ".cartesianlayer .overplot *",
    ".polarlayer .frontplot *",
    ".smithlayer .scatterlayer *",
    ".ternarylayer .scatterlayer *",
    ".geolayer .choroplethlayer *, .geolayer .scatterlayer *",
    ".pielayer *, .sunburstlayer *, .treemaplayer *, .iciclelayer *, .funnelarealayer *",
    ".indicatorlayer *, .sankey *, .parcats *, .table *, .imagelayer image",
  ].join(", ");
  return [...output.querySelectorAll(marks)].filter(
    (element) =>
      element instanceof SVGGraphicsElement &&
      element.tagName !== "g" &&
      element.getBoundingClientRect().width > 0,
  ).length;
}

/** Pixels in colour: axes and texts are grey. */
async function colouredPixels(output: Locator): Promise<number> {
  const { data, channels } = decode(await output.screenshot());
  let count = 0;
  for (let i = 0; i < data.length; i += channels) {
    const [red, green, blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
    if (Math.max(red, green, blue) - Math.min(red, green, blue) > 60) count++;
  }
  return count;
}

describe("plots in a real browser", { skip: noChromium }, () => {
  let browser: Browser;
  before(async () => {
    browser = await launchChromium(["--use-angle=swiftshader", "--enable-unsafe-swiftshader"]);
  });
  after(() => browser.close());

  it("draws every trace type of plotly.js, or says in its place why not", async () => {
    const { traces } = JSON.parse(await readFile("node_modules/plotly.js/dist/plot-schema.json", "utf8")) as {
      traces: Readonly<Record<string, unknown>>;
    };
    const all = GALLERY;
    assert.deepEqual(Object.keys(all).sort(), Object.keys(traces).sort());
    // A few at a time: a browser keeps about 16 pictures of WebGL.
    const names = Object.keys(all);
    for (let at = 0; at < names.length; at += 8) {
      const some = names.slice(at, at + 8);
      const page = await report(
        browser,
        some.map((name) => all[name]),
      );
      for (const [i, name] of some.entries()) {
        const output = page.locator(`#o${i}`);
        if (ON_TILES.includes(name)) {
          const note = await output.locator(".left-out").textContent();
          assert.match(note ?? "", new RegExp(`${name} trace, whose map comes from the network`));
          assert.equal(await output.locator("svg").count(), 0);
          continue;
        }
        await until(`something drawn by ${name}`, async () => {
          assert.equal(await output.locator(".left-out").count(), 0, name);
          return (
            (await output.evaluate(shapes)) > 0 ||
            (await colouredPixels(output.locator(".plot-container"))) > 100
          );
        });
      }
      await page.close();
    }
  });

  it("embeds of plotly.js only what a report needs", () => {
    const plot = (type: string) => ({ data: [{ type }], layout: {} });
    const { sankey, bar } = { sankey: plot("sankey"), bar: plot("bar") };
    assert.deepEqual(reportScripts(notebookOf([])), ["report.js"]);
    assert.deepEqual(reportScripts(notebookOf([bar, plot("scattermap"), plot("nosuch")])), [
      "reportPlots.js",
    ]);
    assert.deepEqual(reportScripts(notebookOf([bar, plot("scattergeo")])), [
      "outlines.js",
      "reportAllPlots.js",
    ]);
    assert.deepEqual(reportScripts(notebookOf([bar, sankey])), ["reportAllPlots.js"]);
    assert.deepEqual(reportScripts(notebookOf([{ ...bar, frames: [sankey] }])), ["reportAllPlots.js"]);
  });

  it("tells an unknown type and a template by name, draws the rest, and titles that are plain text", async () => {
    const line = { x: [1, 2], y: [3, 4] };
    const page = await report(browser, [
      { data: [{ type: "nosuch", ...line }], layout: { title: { text: "never" } } },
      {
        data: [{ type: "nosuch", ...line }, line],
        layout: { title: "a plain title", xaxis: { title: "an axis" }, template: "mine" },
      },
    ]);
    const [alone, beside] = [page.locator("#o0"), page.locator("#o1")];
    assert.match((await alone.textContent()) ?? "", /Left out of this plot: a trace of the type "nosuch"/);
    assert.equal(await alone.locator("svg").count(), 0);
    await beside.locator("svg .gtitle", { hasText: "a plain title" }).waitFor();
    await beside.locator("svg .xtitle", { hasText: "an axis" }).waitFor();
    assert.equal(await beside.locator(".scatterlayer .trace").count(), 1);
    assert.match((await beside.textContent()) ?? "", /"nosuch".*"mine"/);
    await page.close();
  });

  it("has the outlines of countries within, and asks no network for finer ones", async () => {
    const places = { type: "scattergeo", lat: [46.9], lon: [7.4] };
    const page = await report(browser, [
      { data: [places], layout: { geo: { scope: "europe", resolution: 50, showcountries: true } } },
      { data: [{ type: "choropleth", locationmode: "USA-states", locations: ["CA", "TX"], z: [1, 2] }] },
      { data: [{ type: "choropleth", geojson: "counties", locations: ["a"], z: [1] }, places] },
    ]);
    assert.equal(await page.locator("#o0 .geolayer .countries path").count(), 1);
    assert.match(
      (await page.locator("#o0").textContent()) ?? "",
      /outlines of countries finer than 1:110 million/,
    );
    await page.locator("#o1 .choroplethlayer path").nth(1).waitFor();
    assert.match((await page.locator("#o2").textContent()) ?? "", /a map from the network/);
    await page.locator("#o2 .geolayer .scatterlayer path").first().waitFor();
    await page.close();
  });

  it("plays frames", async () => {
    const bars = (height: number) => [{ type: "bar", y: [height, 1] }];
    const frames = [4, 9].map((height) => ({
      data: bars(height),
      layout: { title: { text: `height ${height}` } },
    }));
    const page = await report(browser, [
      {
        data: [{ type: "scattermap" }, ...bars(2)],
        layout: { yaxis: { range: [0, 10] } },
        frames: frames.map((frame) => ({ ...frame, traces: [1] })),
      },
    ]);
    const bar = page.locator("#o0 .barlayer .point path").first();
    const height = async () => (await bar.boundingBox())!.height;
    await bar.waitFor();
    const first = await height();
    await page.locator("#o0 .updatemenu-button", { hasText: "Play" }).click();
    await page.locator("#o0 .gtitle", { hasText: "height 9" }).waitFor();
    await until("the last frame", async () => (await height()) > 4 * first);
    await page.close();
  });

  it("draws packed numbers, also in lists and in two dimensions", async () => {
    const packed = (values: Float32Array | BigInt64Array, dtype: string) => ({
      dtype,
      bdata: Buffer.from(values.buffer).toString("base64"),
    });
    const six = packed(Float32Array.of(1, 2, 3, 4, 5, 6), "f4");
    const page = await report(browser, [
      {
        data: [
          {
            mode: "markers",
            x: packed(BigInt64Array.of(1n, 2n, 3n), "i8"),
            y: packed(Float32Array.of(1, 4, 9), "f4"),
          },
        ],
      },
      { data: [{ type: "heatmap", z: { ...six, shape: "2, 3" }, texttemplate: "%{z}" }] },
      { data: [{ type: "heatmap", z: [six, six], texttemplate: "%{z}" }] },
      { data: [{ x: [1], y: { dtype: "f4", bdata: "AAA=" } }] },
    ]);
    assert.equal(await page.locator("#o0 .points path").count(), 3);
    await page.locator("#o1 .heatmap-label").nth(5).waitFor();
    await page.locator("#o2 .heatmap-label").nth(11).waitFor();
    assert.match(
      (await page.locator("#o3").getByRole("alert").textContent()) ?? "",
      /packed numbers are damaged/,
    );
    await page.close();
  });

  it("in VS Code loads the large bundle only for a figure that needs it", async () => {
    const page = await browser.newPage();
    const loaded: string[] = [];
    await page.route("http://vscode.test/**", async (route) => {
      const { pathname } = new URL(route.request().url());
      loaded.push(pathname);
      if (pathname === "/") await route.fulfill({ contentType: "text/html", body: "<!doctype html><body>" });
      else
        await route.fulfill({
          contentType: "text/javascript",
          body: await readFile(`dist/renderers${pathname}`),
        });
    });
    await page.goto("http://vscode.test/");
    const draw = (figure: unknown) =>
      page.evaluate(
        async ({ figure, mime }) => {
          const address = "http://vscode.test/plotly.js";
          const { activate } = (await import(address)) as {
            activate: (context: object) => {
              renderOutputItem(item: object, element: Element): Promise<void>;
            };
          };
          const place = document.createElement("div");
          document.body.replaceChildren(place);
          await activate({}).renderOutputItem({ id: "1", mime, json: () => figure }, place);
        },
        { figure, mime: PLOTLY_MIME },
      );
    await draw(GALLERY["bar"]);
    await page.locator(".barlayer .point").first().waitFor();
    assert.ok(!loaded.includes("/plotlyLarge.js"));
    await draw(GALLERY["sankey"]);
    await page.locator(".sankey-link").first().waitFor();
    assert.ok(loaded.includes("/plotlyLarge.js") && !loaded.includes("/outlines.js"));
    await draw(GALLERY["choropleth"]);
    await page.locator(".choroplethlayer path").first().waitFor();
    await page.close();
  });
});
