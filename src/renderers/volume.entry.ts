import type { FromViewer } from "../protocol/index.js";
import { startPage } from "./volume/index.js";

/** What VS Code gives to a webview's page. */
declare function acquireVsCodeApi(): { postMessage(message: FromViewer): void };

const code = acquireVsCodeApi();
startPage(document.body, (message) => {
  code.postMessage(message);
});
