/** What plotly.js takes for granted of a browser, for the thread that draws stills. */
import { createRequire } from "node:module";
import { svgPathProperties } from "svg-path-properties";
import { boxOf, lengthOf, placeOf, type Box, type Shape } from "./boxes.js";
import { fontMeasure } from "./metrics.js";

/** The names of a page that become the thread's own. */
const SHARED = [
  "document",
  "DOMParser",
  "Element",
  "HTMLElement",
  "SVGElement",
  "Node",
  "Event",
  "CustomEvent",
];

/**
 * Makes this thread a page for plotly.js: elements that know their boxes, no network, and time only for what is asked.
 * @param page the file of the page without a browser
 */
export function becomePage(page: string): void {
  const made = (
    createRequire(import.meta.url)(page) as { makeWindow(): Record<string, unknown> }
  ).makeWindow();
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  };
  define("window", globalThis);
  define("self", globalThis);
  for (const name of SHARED) define(name, made[name]);
  define("navigator", { userAgent: "", vendor: "", language: "en" });
  define("getComputedStyle", (element: { style?: object }) => ({
    getPropertyValue: () => "",
    ...element.style,
  }));
  define("requestAnimationFrame", (next: () => void) => setTimeout(next, 0));
  define("addEventListener", () => undefined);
  define("removeEventListener", () => undefined);
  define("XMLSerializer", Serializer);
  for (const name of ["fetch", "XMLHttpRequest", "WebSocket", "EventSource"]) define(name, undefined);
  withBoxes((made["Element"] as { prototype: object }).prototype);
  // Names of SVG's elements are in small letters in a browser, by which plotly.js knows texts: their lines had no places of their own.
  Object.defineProperty((made["SVGElement"] as { prototype: object }).prototype, "nodeName", {
    get(this: { readonly localName: string }) {
      return this.localName === "text" ? "text" : this.localName.toUpperCase();
    },
    configurable: true,
  });
}

class Serializer {
  serializeToString(node: { toString(): string }): string {
    // A browser takes an empty value for none, and leaves the property out; other readers take all that follows for wrong.
    return node
      .toString()
      .replace(/ style="[^"]*"/g, (style) => style.replace(/([";])(?:[\w-]+:\s*(?:;|(?=")))+/g, "$1"));
  }
}

function withBoxes(element: object): void {
  const measure = fontMeasure();
  const method = (value: (this: Shape) => unknown): PropertyDescriptor => ({ value, configurable: true });
  Object.defineProperties(element, {
    getBBox: method(function () {
      return boxOf(this, measure);
    }),
    getBoundingClientRect: method(function () {
      return withEdges(placeOf(this, measure));
    }),
    getTotalLength: method(function () {
      return pathOf(this).getTotalLength();
    }),
    getPointAtLength: {
      value(this: Shape, length: number) {
        return pathOf(this).getPointAtLength(length);
      },
      configurable: true,
    },
    getComputedTextLength: method(function () {
      return lengthOf(this, measure);
    }),
  });
}

function pathOf(element: Shape): InstanceType<typeof svgPathProperties> {
  return new svgPathProperties(element.getAttribute("d") ?? "");
}

function withEdges(box: Box): object {
  const { x, y, width, height } = box;
  return { ...box, left: x, top: y, right: x + width, bottom: y + height };
}
