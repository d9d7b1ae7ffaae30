import { h, showError, type Mounted } from "./dom.js";
import { mount, type Renderers } from "./mount.js";

/**
 * Finds every `<script type="MIME" data-spinebook-output>` (JSON inside) and draws it in its parent in place of the
 * still picture or table there. Where drawing fails, the still stays and the reason is shown below it. On paper the still
 * takes its place again: it is light, whole, and as wide as the page.
 */
export async function mountReport(document: Document, renderers: Renderers): Promise<void> {
  for (const script of document.querySelectorAll<HTMLScriptElement>("script[data-spinebook-output]")) {
    const folded = script.closest("details:not([open])");
    // Where nothing is shown there is no width to draw for.
    if (folded) folded.addEventListener("toggle", () => void mountOutput(script, renderers), { once: true });
    else await mountOutput(script, renderers);
  }
}

async function mountOutput(script: HTMLScriptElement, renderers: Renderers): Promise<void> {
  const parent = script.parentElement;
  if (!parent) return;
  const stills = [...parent.children].filter((child) => child.tagName !== "SCRIPT");
  const place = h("div", { "data-spinebook-mounted": true });
  parent.append(place);
  const mounted = await mountScript(place, script, renderers);
  if (!mounted) return;
  for (const still of stills) still.remove();
  printStill(script.ownerDocument, place, stills);
}

/** Draws the page's outputs as soon as all of them are there. */
export function startReport(renderers: Renderers): void {
  const start = (): void => void mountReport(document, renderers);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
}

/** Shows the still form instead of the drawn one while the page is printed; an output without one is printed as drawn. */
function printStill(document: Document, place: HTMLElement, stills: readonly Element[]): void {
  if (stills.length === 0) return;
  const page = document.defaultView;
  page?.addEventListener("beforeprint", () => {
    place.after(...stills);
    place.hidden = true;
  });
  page?.addEventListener("afterprint", () => {
    place.hidden = false;
    for (const still of stills) still.remove();
  });
}

async function mountScript(
  place: HTMLElement,
  script: HTMLScriptElement,
  renderers: Renderers,
): Promise<Mounted | undefined> {
  let payload: unknown;
  try {
    payload = JSON.parse(script.textContent);
  } catch {
    showError(place, new Error("its data in this file is damaged; write the report again"));
    return undefined;
  }
  return mount(place, script.type, payload, renderers);
}
