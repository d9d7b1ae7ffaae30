import type { ActivationFunction } from "vscode-notebook-renderer";
import { PLOTLY_MIME } from "../protocol/index.js";
import { activation } from "./mount.js";
import { renderPlot } from "./plotly/index.js";

export const activate: ActivationFunction = activation({ [PLOTLY_MIME]: renderPlot });
