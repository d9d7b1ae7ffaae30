import type { RatingState } from "../../protocol/index.js";
import { h } from "../dom.js";

/** The head of the tool: which disc is shown, and how far the session is, in words and as a bar. */
export function createHead(title: string) {
  const where = h("span", { class: "count" });
  const counts = h("span", { class: "muted" });
  const fill = h("i");
  const bar = h(
    "div",
    { class: "bar", role: "progressbar", "aria-label": "Discs done", "aria-valuemin": 0 },
    fill,
  );
  return {
    elements: [h("div", { class: "head" }, h("h3", {}, title), where, counts), bar],

    /** Names the disc that is shown, from 0, and its level where the reader may know it; `undefined` for none. */
    at(position: number | undefined, level?: string): void {
      const name = level === undefined ? "" : `, ${level}`;
      where.textContent = position === undefined ? "" : `Disc ${position + 1}${name}`;
    },

    /** Shows how many discs are done. */
    follow({ total, graded, skipped }: RatingState): void {
      const done = graded + skipped;
      counts.textContent = `${done} of ${total} done${skipped > 0 ? `, ${skipped} not gradable` : ""}`;
      fill.style.width = `${(100 * done) / total}%`;
      bar.setAttribute("aria-valuemax", String(total));
      bar.setAttribute("aria-valuenow", String(done));
    },
  };
}
