// The one script of an HTML report: all renderers, started as soon as the page is there.
import { PLOTLY_MIME } from "../protocol/index.js";
import { renderPlot } from "./plotly/index.js";
import { mountReport } from "./report.js";
import { spineRenderers } from "./spine.js";

const start = (): void => void mountReport(document, { ...spineRenderers, [PLOTLY_MIME]: renderPlot });
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
else start();
