import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { packageRoot } from "../package/index.js";
import { initWasm, Resvg } from "@resvg/resvg-wasm";

/**
 * Draws an SVG as a PNG.
 * @param size times its own size, or its width in pixels
 * @throws Error when the SVG is not valid
 */
export async function svgToPng(
  svg: string,
  size: number | { readonly width: number } = 1,
): Promise<Uint8Array> {
  const font = await tools();
  const resvg = new Resvg(svg, {
    fitTo: typeof size === "number" ? { mode: "zoom", value: size } : { mode: "width", value: size.width },
    font: { fontBuffers: [font], defaultFontFamily: "DejaVu Sans", sansSerifFamily: "DejaVu Sans" },
  });
  try {
    return resvg.render().asPng();
  } finally {
    resvg.free();
  }
}

let loading: Promise<Uint8Array> | undefined;

/** Starts the rasteriser, once a process, and gives the font. */
function tools(): Promise<Uint8Array> {
  loading ??= (async () => {
    const wasm = createRequire(import.meta.url).resolve("@resvg/resvg-wasm/index_bg.wasm");
    await initWasm(readFile(wasm));
    return readFile(fontPath());
  })();
  return loading;
}

/** The font beside the built product; in a checkout that is not built, the package that it comes from. */
export function fontPath(): string {
  const places = ["dist/assets/DejaVuSans.ttf", "node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf"];
  const path = places.map((place) => join(packageRoot(), place)).find((candidate) => existsSync(candidate));
  if (path === undefined)
    throw new Error("Spinebook's font DejaVuSans.ttf is missing; install Spinebook again");
  return path;
}
