/** The thread that draws plotly's figures: it is a page without a browser, and may be ended where a figure takes too long. */
import { workerData, type MessagePort } from "node:worker_threads";
import { uniformGenerator } from "../numbers/index.js";
import { svgToPng } from "./png.js";
import { leftOutSentence, noteSheet, withSentence } from "./sheet.js";
import { becomePage } from "./window.js";
import type { Start, Still, StillRequest } from "./still.js";

interface Drawer {
  drawStill(figure: unknown, request: Omit<StillRequest, "figure" | "isPicture">): Promise<Still>;
}

const { port, flag, page, drawer: file } = workerData as Start;
// What libraries tell programmers is nothing for a cell's output.
console.log = console.warn = console.error = console.info = () => undefined;
const loading = load();

async function load(): Promise<Drawer> {
  becomePage(page);
  return (await import(file)) as Drawer;
}

async function draw({ figure, isPicture, ...request }: StillRequest): Promise<Still> {
  const drawer = await loading;
  // plotly.js gives names at random: the same figure is the same drawing.
  Math.random = uniformGenerator(1);
  const still = await drawer.drawStill(JSON.parse(figure), request);
  if (!isPicture) return still;
  const svg = told(still, request.theme);
  return { ...still, svg, png: await svgToPng(svg, 2) };
}

/** The drawing, and below it what is not in it. */
function told({ svg, leftOut, isDrawn }: Still, theme: StillRequest["theme"]): string {
  if (isDrawn && leftOut.length === 0) return svg;
  const sentence = leftOutSentence(leftOut);
  return isDrawn ? withSentence(svg, sentence, theme) : noteSheet(sentence, theme);
}

function answer(to: MessagePort, reply: unknown): void {
  to.postMessage(reply);
  Atomics.store(flag, 0, 1);
  Atomics.notify(flag, 0);
}

// A promise that plotly.js leaves behind is no reason to end.
process.on("unhandledRejection", () => undefined);
port.on("message", (request: StillRequest) => {
  draw(request).then(
    (still) => {
      answer(port, { still });
    },
    (thrown: unknown) => {
      answer(port, { problem: thrown instanceof Error ? thrown.message : String(thrown) });
    },
  );
});
