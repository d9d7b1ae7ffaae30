import type { ActivationFunction } from "vscode-notebook-renderer";
import { activation } from "./mount.js";
import { spineRenderers } from "./spine.js";

export const activate: ActivationFunction = activation(spineRenderers);
