import { h, type Mounted } from "../dom.js";
import type { RatingLink } from "./link.js";
import { Pictures } from "./pictures.js";
import { RATING_STYLES } from "./styles.js";
import { createTool, type RatingLook } from "./tool.js";

/**
 * Puts the rating tool into a styled root. A grade is sent, and the next disc shown only when the kernel says that it is saved;
 * what cannot be saved stays on screen with the reason. Resolves when the first disc, or the reason why there is none, is shown.
 */
export async function createRating(root: HTMLElement, ask: RatingLink, look: RatingLook): Promise<Mounted> {
  const place = h("div", { class: "rating", role: "region", "aria-label": "Rating" });
  root.before(h("style", {}, RATING_STYLES));
  root.append(place);
  let tool: Mounted | undefined;
  let isOver = false;
  const open = async (): Promise<void> => {
    const answer = await ask({ type: "open" });
    if (isOver) return;
    if (answer.type === "about") {
      const made = createTool(place, answer.about, { ask, pictures: new Pictures(ask), look });
      tool = made;
      await made.follow(answer.state);
      return;
    }
    const message = answer.type === "failed" ? answer.message : "The kernel gave no session.";
    const again = h("button", { type: "button" }, "Try again");
    place.append(h("p", { class: "error", role: "alert" }, message));
    // A channel that is over stays over; a page's kernel may only be slow.
    if (look.fillsWindow) place.append(h("p", {}, again));
    again.addEventListener("click", () => {
      place.replaceChildren();
      void open();
    });
  };
  await open();
  return {
    dispose() {
      isOver = true;
      tool?.dispose();
      place.remove();
    },
  };
}
