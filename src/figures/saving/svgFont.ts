import { readFile } from "node:fs/promises";
import { deflateSync } from "node:zlib";
import { createFont } from "fonteditor-core";
import { fontPath } from "../../stills/index.js";
import { drawnWords } from "./elements.js";

/** An SVG that holds the letters of the font that it is written in, so that it looks the same where DejaVu Sans is not installed. */
export async function withFont(svg: string): Promise<string> {
  const letters = [...new Set(drawnWords(svg))].map((letter) => letter.codePointAt(0)!).sort((a, b) => a - b);
  if (letters.length === 0) return svg;
  const font = createFont(await readFile(fontPath()), { type: "ttf", subset: letters }).write({
    type: "woff",
    deflate: (bytes) => [...deflateSync(Uint8Array.from(bytes))],
  });
  const url = `data:font/woff;base64,${Buffer.from(font as Uint8Array).toString("base64")}`;
  const style = `<style>@font-face{font-family:"DejaVu Sans";src:url(${url}) format("woff")}</style>`;
  return svg.replace(/^<svg[^>]*>/, (root) => root + style);
}
