import { Buffer } from "node:buffer";
import { parseHTML } from "linkedom";
import { Canvas } from "./canvas.js";

/**
 * A page without a browser, for libraries that draw by making SVG: what `window` is for them. It has elements, styles as attributes and
 * events, and no layout: nothing in it has a measured size.
 */
export function makeWindow(): object {
  const page = parseHTML("<!doctype html><html><head></head><body></body></html>");
  const { document } = page;
  // Its deprecated forms are of names that are no tags; these are taken as they come.
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  const create: (name: string, options?: object) => HTMLElement = document.createElement.bind(document);
  const createElement = (name: string, options?: object): HTMLElement => {
    const element = create(name, options);
    return name.toLowerCase() === "canvas" ? withContext(element) : element;
  };
  Object.assign(document, { createElement });
  return page;
}

/** A canvas element with what raster marks and colour ramps need of it. */
function withContext(element: HTMLElement): HTMLElement {
  const canvas = new Canvas();
  return Object.defineProperties(element, {
    width: accessor(canvas, "width"),
    height: accessor(canvas, "height"),
    getContext: { value: (kind: string) => (kind === "2d" ? canvas : null) },
    toDataURL: { value: () => `data:image/png;base64,${Buffer.from(canvas.toPng()).toString("base64")}` },
  });
}

function accessor(canvas: Canvas, side: "width" | "height"): PropertyDescriptor {
  return {
    get: () => canvas[side],
    set: (value: unknown) => {
      canvas[side] = Number(value);
    },
  };
}
