import { createRequire } from "node:module";
import type ts from "typescript";
import { loadWithCodeCache } from "./codeCache.js";

/** TypeScript, as the kernel's bundles import it: `import ts from "typescript"` is this file there (`scripts/nodeBundle.mjs`). */
export default loadWithCodeCache(
  createRequire(import.meta.url).resolve("typescript"),
  "typescript",
) as typeof ts;
