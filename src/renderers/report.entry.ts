// The one script of an HTML report without plots.
import { startReport } from "./report.js";
import { spineRenderers } from "./spine.js";

startReport(spineRenderers);
