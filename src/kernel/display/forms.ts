import { Buffer } from "node:buffer";
import { types } from "node:util";
import type { MimeBundle } from "../../protocol/index.js";
import { Error, Symbol, TypeError } from "../run/primordials.js";
import { inspected, textOf } from "../run/safely.js";
import { plainJson } from "./portable.js";
import { jsonTree } from "./tree.js";

const DISPLAY = Symbol.for("Jupyter.display");

/** A value that shows itself in one given form. */
export interface Displayable {
  readonly [DISPLAY]: () => MimeBundle;
}

/** The forms in which text and bytes can be shown: `display(html("<b>bold</b>"))`, or as a cell's last value. */
export const forms = {
  html: (given: unknown) => {
    const text = textOf(given);
    return shown({ "text/html": text, "text/plain": textOfHtml(text) });
  },
  svg: (given: unknown) => shown({ "image/svg+xml": textOf(given), "text/plain": "SVG picture" }),
  markdown: (given: unknown) => {
    const text = textOf(given);
    return shown({ "text/markdown": text, "text/plain": text });
  },
  image: (bytes: Uint8Array, alternative = "Picture") => {
    if (!types.isUint8Array(bytes))
      throw new TypeError(
        `display.image takes the bytes of a picture (Buffer or Uint8Array), such as fs.readFileSync("a.png"); this is ${inspected(bytes, { depth: 0 }).slice(0, 80)}.`,
      );
    return shown({ [pictureType(bytes)]: Buffer.from(bytes).toString("base64"), "text/plain": alternative });
  },
  json: (value: unknown) => {
    // What JSON cannot hold is told now, in the cell that asks.
    const plain = plainJson(value) ?? null;
    return shown({
      "application/json": plain,
      "text/html": jsonTree(plain),
      "text/plain": inspected(plain, { depth: 4 }),
    });
  },
};

function shown(bundle: MimeBundle): Displayable {
  return { [DISPLAY]: () => bundle };
}

function textOfHtml(html: string): string {
  return html
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** The type of a picture, told by its first bytes. */
function pictureType(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 12)).toString("latin1");
  if (head.startsWith("\x89PNG")) return "image/png";
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("GIF8")) return "image/gif";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "image/webp";
  throw new Error("These bytes are no picture that can be shown; PNG, JPEG, GIF and WebP can.");
}
