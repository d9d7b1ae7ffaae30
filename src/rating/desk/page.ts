import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../package/index.js";

/** The page of a rating session: the renderer's script and a place for it. It holds nothing of the session itself. */
export const RATING_PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>Spinebook rating</title>
<style>
:root { color-scheme: light dark; }
body { margin: 16px; background: light-dark(#ffffff, #1e1e1e); }
</style>
</head>
<body>
<main id="rating"></main>
<noscript>Rating needs JavaScript.</noscript>
<script type="module" src="rating.js"></script>
</body>
</html>
`;

let script: Promise<Buffer> | undefined;

/** The page's script. @throws Error where the product is not built */
export function ratingScript(): Promise<Buffer> {
  script ??= readFile(join(packageRoot(), "dist", "renderers", "rating.js"));
  // It may be built later in the life of this process.
  script.catch(() => (script = undefined));
  return script;
}
