/** How the rating display asks the kernel: two ways behind one function. */
import type { RatingAnswer, RatingQuestion } from "../../protocol/index.js";
import { ratingAnswer } from "../forms.js";
import { asker, PATIENCE, type DisplayChannel } from "../messaging.js";

/** Carries a question to the kernel and its answer back; a question that cannot be carried is answered by `failed`. */
export type RatingLink = (question: RatingQuestion) => Promise<RatingAnswer>;

const SILENT: RatingAnswer = {
  type: "failed",
  message: "The kernel does not answer. What was saved is safe; run the cell again and open its page anew.",
};
const OVER: RatingAnswer = {
  type: "failed",
  message: "The kernel no longer knows this session. What was saved is safe: run the cell again to go on.",
};

/** Asks by requests to the server that the page came from. */
export function pageLink(address: string): RatingLink {
  return async (question) => {
    try {
      const response = await fetch(address, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(question),
        signal: AbortSignal.timeout(PATIENCE),
      });
      return response.ok ? (ratingAnswer(await response.json()) ?? SILENT) : OVER;
    } catch {
      return SILENT;
    }
  };
}

/** Asks by a channel of the front end's. */
export function channelLink(channel: DisplayChannel): RatingLink {
  const ask = asker(channel);
  return async (body) => {
    const reply = await ask({ body });
    if (typeof reply === "string") return reply === "over" ? OVER : SILENT;
    return ratingAnswer(reply["body"]) ?? SILENT;
  };
}
