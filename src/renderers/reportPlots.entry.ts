// The one script of an HTML report with plots that plotly.js's cartesian bundle draws.
import { PLOTLY_MIME } from "../protocol/index.js";
import { plotRenderer } from "./plotly/index.js";
import { smallPlotly } from "./plotly/small.js";
import { startReport } from "./report.js";
import { spineRenderers } from "./spine.js";

startReport({ ...spineRenderers, [PLOTLY_MIME]: plotRenderer(() => smallPlotly) });
