/** Whether a table goes on beyond its place, shown at its edges: many systems hide scroll bars until one scrolls. */
import { h, type Mounted } from "./dom.js";

/**
 * Puts what may be wider than its place into a frame that scrolls, with a shadow at each side to which it goes on.
 * @param label what a screen reader calls the frame
 */
export function scrollFrame(
  label: string,
  ...content: readonly HTMLElement[]
): Mounted & { element: HTMLElement } {
  const scroll = h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, ...content);
  const element = h("div", { class: "edges" }, scroll);
  const show = (): void => {
    const { scrollLeft, clientWidth, scrollWidth } = scroll;
    // Zoomed pages have fractions of pixels, which are no column.
    element.toggleAttribute("data-more-left", scrollLeft > 1);
    element.toggleAttribute("data-more-right", scrollLeft + clientWidth < scrollWidth - 1);
  };
  scroll.addEventListener("scroll", show, { passive: true });
  const resized = new ResizeObserver(show);
  for (const part of [scroll, ...content]) resized.observe(part);
  return {
    element,
    dispose() {
      resized.disconnect();
    },
  };
}
