/** The channel between the rating display and the kernel: two ways behind one interface. */
import type { Numbered, RatingAnswer, RatingQuestion } from "../../protocol/index.js";
import type { DisplayChannel } from "../messaging.js";

/** Carries questions to the kernel and answers back; a question that cannot be carried is answered by `failed`. */
export interface RatingLink {
  send(question: Numbered<RatingQuestion>): void;
  onMessage(listener: (answer: Numbered<RatingAnswer>) => void): void;
}

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
  const listeners: ((answer: Numbered<RatingAnswer>) => void)[] = [];
  const post = async (body: RatingQuestion): Promise<RatingAnswer> => {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return response.ok ? ((await response.json()) as RatingAnswer) : OVER;
  };
  return {
    send({ number, body }) {
      void post(body)
        .catch(() => SILENT)
        .then((answer) => {
          for (const listener of listeners) listener({ number, body: answer });
        });
    },
    onMessage(listener) {
      listeners.push(listener);
    },
  };
}

/** Asks by a channel of the front end's. */
export function channelLink(channel: DisplayChannel): RatingLink {
  const listeners: ((answer: Numbered<RatingAnswer>) => void)[] = [];
  const open = new Set<number>();
  let isOver = false;
  const tell = (number: number, body: RatingAnswer): void => {
    open.delete(number);
    for (const listener of listeners) listener({ number, body });
  };
  channel.onMessage((data) => {
    const { number, body } = data as unknown as Numbered<RatingAnswer>;
    tell(number, body);
  });
  channel.onClose(() => {
    isOver = true;
    for (const number of [...open]) tell(number, OVER);
  });
  return {
    send(question) {
      open.add(question.number);
      if (isOver)
        queueMicrotask(() => {
          tell(question.number, OVER);
        });
      else channel.send({ ...question });
    },
    onMessage(listener) {
      listeners.push(listener);
    },
  };
}

/** Pairs each question with its answer. */
export function asker(link: RatingLink): (question: RatingQuestion) => Promise<RatingAnswer> {
  const waiting = new Map<number, (answer: RatingAnswer) => void>();
  let count = 0;
  link.onMessage(({ number, body }) => {
    waiting.get(number)?.(body);
    waiting.delete(number);
  });
  return (body) =>
    new Promise((resolve) => {
      const number = ++count;
      waiting.set(number, resolve);
      link.send({ number, body });
    });
}
