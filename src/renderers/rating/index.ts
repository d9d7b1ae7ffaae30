/** The rating tool: keys, region and state are pure; stage, panel, tool and view touch the page; the link carries questions to the kernel. */
import { RATING_TARGET, type RatingPayload } from "../../protocol/index.js";
import { h, styledRoot, type Mounted } from "../dom.js";
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
  const payload = data as RatingPayload;
  if ((payload.version as number) !== 1)
    throw new Error(
      `this rating session has version ${String(payload.version)}, but only version 1 is known: update Spinebook`,
    );
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
