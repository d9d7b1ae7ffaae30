/** The webview's page: shows what the extension sends and tells it what the reader wants. */
import type { FromViewer, ToViewer } from "../../protocol/index.js";
import { h } from "../dom.js";
import { STYLES } from "../styles.js";
import { parseNifti } from "./nifti.js";
import { VIEWER_STYLES } from "./styles.js";
import { createVolumeViewer, type VolumeViewer } from "./viewer.js";

/** Fills `body` and listens to the extension's messages until the page ends. */
export function startPage(body: HTMLElement, send: (message: FromViewer) => void): void {
  const root = adoptedRoot(body);
  let viewer: VolumeViewer | undefined;

  function clear(): void {
    viewer?.dispose();
    viewer = undefined;
    root.replaceChildren();
  }

  function say(text: string, wrong: boolean): void {
    clear();
    root.append(
      h("p", wrong ? { class: "error", role: "alert" } : { class: "notice", role: "status" }, text),
    );
  }

  function showVolume({ bytes, series, title, problems }: Extract<ToViewer, { type: "volume" }>): void {
    clear();
    const onDetect = (): void => {
      send({ type: "detect" });
    };
    try {
      viewer = createVolumeViewer(root, parseNifti(bytes), { series, title, problems, onDetect });
    } catch (error) {
      say(`This volume cannot be shown. ${sentence(error)}`, true);
    }
  }

  function receive(message: ToViewer): void {
    switch (message.type) {
      case "loading":
        say("Reading the images …", false);
        break;
      case "failed":
        say(message.message, true);
        break;
      case "volume":
        showVolume(message);
        break;
      case "spine":
        try {
          viewer?.showSpine(message.spine);
        } catch (error) {
          viewer?.spineFailed(sentence(error));
        }
        break;
      case "spineFailed":
        viewer?.spineFailed(message.message);
        break;
    }
  }

  window.addEventListener("message", ({ data }: MessageEvent<ToViewer>) => {
    receive(data);
  });
  send({ type: "ready" });
}

function sentence(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A root whose style sheet is adopted: the page's Content-Security-Policy refuses style elements. */
function adoptedRoot(body: HTMLElement): HTMLElement {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLES + VIEWER_STYLES);
  const host = h("div", { class: "host" });
  const root = h("main", { class: "root" });
  const shadow = host.attachShadow({ mode: "open" });
  shadow.adoptedStyleSheets = [sheet];
  shadow.append(root);
  body.replaceChildren(host);
  return root;
}
