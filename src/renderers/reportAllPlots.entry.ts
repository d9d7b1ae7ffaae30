// The one script of an HTML report with plots of any kind.
import { PLOTLY_MIME } from "../protocol/index.js";
import { plotRenderer } from "./plotly/index.js";
import { largePlotly } from "./plotly/large.js";
import { startReport } from "./report.js";
import { spineRenderers } from "./spine.js";

startReport({ ...spineRenderers, [PLOTLY_MIME]: plotRenderer(() => largePlotly) });
