/** Small helpers around the DOM that every renderer uses. */
import type { RendererHost } from "./messaging.js";
import { STYLES } from "./styles.js";

/** Something on the page that can be taken away again. */
export interface Mounted {
  dispose(): void;
}

/** Draws a payload into an element; resolves when it can be seen, rejects with an error for the reader. */
export type Renderer = (element: HTMLElement, payload: unknown, host: RendererHost) => Promise<Mounted>;

type Child = Node | string;
type Attributes = Readonly<Record<string, string | number | boolean>>;

/** An element with attributes (`true` sets an empty one, `false` none) and children; text is never read as HTML. */
export function h<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) element.setAttribute(name, value === true ? "" : String(value));
  element.append(...children);
  return element;
}

/** A styled root inside `element` whose look the page's own style sheets cannot disturb. */
export function styledRoot(element: HTMLElement): HTMLElement {
  const host = h("div");
  const root = h("div", { class: "root" });
  host.attachShadow({ mode: "open" }).append(h("style", {}, STYLES), root);
  element.replaceChildren(host);
  return root;
}

/** Shows an error in place of an output. */
export function showError(element: HTMLElement, error: unknown): void {
  const message = error instanceof Error ? error.message : String(error);
  styledRoot(element).append(
    h("p", { class: "error", role: "alert" }, `This output cannot be drawn: ${message}`),
  );
}
