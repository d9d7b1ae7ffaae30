import { join } from "node:path";
import { packageRoot } from "../package/index.js";

/** The folder with the trained weights: `SPINEBOOK_MODELS` where set, else the package's own. */
export function modelsFolder(): string {
  return process.env.SPINEBOOK_MODELS ?? join(packageRoot(), "models");
}
