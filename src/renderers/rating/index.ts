/** The rating tool: keys, region and state are pure; stage, panel, tool and view touch the page; the link carries questions to the kernel. */
import { RATING_TARGET } from "../../protocol/index.js";
import { h, styledRoot, type Mounted } from "../dom.js";
import { payloadOf, RATING } from "../forms.js";
import type { RendererHost } from "../messaging.js";
import { channelLink } from "./link.js";
import { createRating } from "./view.js";

export * from "./box.js";
export * from "./keys.js";
export { channelLink, pageLink, type RatingLink } from "./link.js";
export { caseState, isChanged, reduceCase, type CaseAction, type CaseState } from "./state.js";
export type { RatingLook } from "./tool.js";
export { createRating } from "./view.js";

/** Renderer of `RATING_MIME`. Without a kernel, as in a report, it says how far the session was. */
export async function renderRating(
  element: HTMLElement,
  data: unknown,
  host: RendererHost,
): Promise<Mounted> {
  const payload = payloadOf(data, RATING, "this rating session has");
  const root = styledRoot(element);
  if (!host.openChannel) {
    const words = `${payload.done} of ${payload.total} discs were done when the cell ran. Run it in a notebook to go on.`;
    root.append(h("h3", {}, payload.title), h("p", { class: "muted" }, words));
    return { dispose: () => undefined };
  }
  const channel = host.openChannel(RATING_TARGET, { session: payload.session });
  const tool = await createRating(root, channelLink(channel), { fillsWindow: false });
  return {
    dispose() {
      tool.dispose();
      channel.close();
    },
  };
}
