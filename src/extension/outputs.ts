import type { KernelEvent, MimeBundle } from "../protocol/index.js";

/** The two fields of VS Code's `NotebookCellOutputItem`, free of `vscode` so that the mapping is a plain function. */
export interface OutputItem {
  readonly mime: string;
  readonly data: Uint8Array;
}

/** Binary types, which messages carry as base64; `image/svg+xml` is text. */
const binary = /^(image|audio|video)\/(?!svg\+xml$)|^application\/(octet-stream|pdf)$/;
const json = /^(application|text)\/([^;]*\+)?json$/;

const encoder = new TextEncoder();

/**
 * One item per mime type, in the bundle's order: VS Code itself prefers the richest type it has a renderer for. It prefers
 * JSON, as one line of text, to HTML; a tree of HTML says the same in a form to read, so the JSON is left out there.
 */
export function bundleItems(bundle: MimeBundle): OutputItem[] {
  return Object.entries(bundle)
    .filter(([mime]) => mime !== "application/json" || bundle["text/html"] === undefined)
    .map(([mime, value]) => ({ mime, data: encode(mime, value) }));
}

function encode(mime: string, value: unknown): Uint8Array {
  if (json.test(mime)) return encoder.encode(jsonText(value, "null"));
  const text = typeof value === "string" ? value : jsonText(value, "");
  return binary.test(mime) ? Uint8Array.from(Buffer.from(text, "base64")) : encoder.encode(text);
}

/** JSON of a value; functions and `undefined` have none, and get `otherwise`. */
function jsonText(value: unknown, otherwise: string): string {
  const text: unknown = JSON.stringify(value);
  return typeof text === "string" ? text : otherwise;
}

/** The thrown error as VS Code's error output wants it: its stack is shown as it is, colours included. */
export function errorOf(
  event: Pick<Extract<KernelEvent, { type: "error" }>, "ename" | "evalue" | "traceback">,
): Error {
  const error = new Error(event.evalue);
  error.name = event.ename;
  error.stack = event.traceback.length > 0 ? event.traceback.join("\n") : `${event.ename}: ${event.evalue}`;
  return error;
}
