import { createRequire } from "node:module";
import { globals, Object } from "./primordials.js";
import { askingFrame } from "./stacks.js";

/**
 * `window` and `document` for cells, and for libraries that draw by making elements: Observable Plot, D3. Any other library finds none, as
 * in Node: many take a `window` for the sign that they run in a browser.
 */

/** Packages that make elements and ask for nothing else of a browser. */
const DRAWS = /[\\/]node_modules[\\/](?:d3|d3-[a-z-]+|@observablehq[\\/][a-z-]+|htl)[\\/]/;
const PACKAGE = /[\\/]node_modules[\\/]/;
let page: { readonly document: unknown } | undefined;

function thePage(): { readonly document: unknown } {
  const require = createRequire(import.meta.url);
  page ??= (require("../kernel/page.cjs") as { makeWindow: () => { document: unknown } }).makeWindow();
  return page;
}

/** Has the next cell that asks get a page without what earlier ones put into it. */
export function forgetPage(): void {
  page = undefined;
}

/** Whether the code that just now reads a global is a cell's, a file of the author's, or a library that draws. */
function isForDrawing(): boolean {
  const asks = askingFrame();
  return asks !== undefined && (!PACKAGE.test(asks) || DRAWS.test(asks));
}

/** Defines the two globals; each is made when it is first asked for, and may be assigned. */
export function definePageGlobals(): void {
  const define = (name: string, get: () => unknown): void => {
    Object.defineProperty(globals, name, {
      configurable: true,
      enumerable: false,
      get: () => (isForDrawing() ? get() : undefined),
      set: (value: unknown) => {
        Object.defineProperty(globals, name, { value, configurable: true, writable: true, enumerable: true });
      },
    });
  };
  define("window", thePage);
  define("document", () => thePage().document);
}
