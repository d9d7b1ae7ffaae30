// Builds everything with esbuild into dist/ (what ships) and, with --tests, the unit tests into build/test/.
// Plain Node; needs the packages of `npm ci`.
import { build } from "esbuild";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { external, filesBelow, nodeBundle } from "./nodeBundle.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
process.chdir(root);

async function buildProduct() {
  rmSync("dist", { recursive: true, force: true });
  const entries = {
    cli: "src/cli/main.ts",
    api: "src/api/index.ts",
    "phantom/worker": "src/phantom/worker.ts",
    "cohort/worker": "src/cohort/batch/worker.entry.ts",
    "stills/worker": "src/stills/worker.ts",
    "kernel/main": "src/kernel/run/main.ts",
    "kernel/thread": "src/kernel/run/thread.ts",
    "kernel/supervisor": "src/kernel/supervise/supervisor.ts",
    "kernel/compiler": "src/kernel/supervise/compiler.ts",
    "kernel/spawn": "src/kernel/spawn.ts",
    "kernel/language": "src/kernel/language/main.ts",
    "kernel/jupyter": "src/kernel/jupyter/main.ts",
  };
  const present = Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file)));
  await build({
    ...nodeBundle,
    entryPoints: present,
    outdir: "dist",
    splitting: true,
    chunkNames: "chunks/[name]-[hash]",
  });
  if (existsSync("src/extension/index.ts"))
    await build({
      ...nodeBundle,
      banner: {},
      format: "cjs",
      entryPoints: ["src/extension/index.ts"],
      outfile: "dist/extension.cjs",
    });
  // Loaded when a cell first asks for a document, at once: so it is CommonJS.
  await build({
    ...nodeBundle,
    banner: {},
    format: "cjs",
    sourcemap: false,
    minify: true,
    external: [...external, "canvas"],
    entryPoints: ["src/kernel/page/index.ts"],
    outfile: "dist/kernel/page.cjs",
  });
  await buildPlugin();
  const renderers = filesBelow("src/renderers", ".entry.ts");
  if (renderers.length > 0)
    await build({
      bundle: true,
      platform: "browser",
      target: "es2022",
      format: "esm",
      minify: true,
      entryPoints: Object.fromEntries(
        renderers.map((file) => [relative("src/renderers", file).replace(/\.entry\.ts$/, ""), file]),
      ),
      outdir: "dist/renderers",
      // plotly.js's own style is in its code; the style sheets it imports are those of maps, which are left out.
      loader: { ".css": "empty", ".glsl": "text" },
      define: { global: "globalThis" },
      logLevel: "warning",
    });
  writeOutlines();
  cpSync("src/kernel/globals.d.ts", "dist/kernel/globals.d.ts");
  writeRequire();
  mkdirSync("dist/assets", { recursive: true });
  cpSync("node_modules/dejavu-fonts-ttf/ttf/DejaVuSans.ttf", "dist/assets/DejaVuSans.ttf");
  copyMathFonts();
}

/**
 * The outlines of countries at 1:110 million, where plotly.js looks for them before it would ask the network; finer ones, which are
 * seven times as large, have their place taken.
 */
function writeOutlines() {
  // The file also names a global that Node has not.
  globalThis.window = {};
  const { topojson } = createRequire(import.meta.url)("plotly.js/dist/plotly-geo-assets.js");
  delete globalThis.window;
  const names = Object.keys(topojson).filter((name) => name.endsWith("_110m"));
  const kept = names.map((name) => `${JSON.stringify(name)}:${JSON.stringify(topojson[name])}`);
  const finer = names.map(
    (name) => `t[${JSON.stringify(name.replace("110m", "50m"))}]=t[${JSON.stringify(name)}];`,
  );
  writeFileSync(
    "dist/renderers/outlines.js",
    `{const t=(globalThis.PlotlyGeoAssets??={topojson:{}}).topojson;Object.assign(t,{${kept.join(",")}});${finer.join("")}}\n`,
  );
}

/** KaTeX's style sheet and fonts, which reports with formulas hold. */
function copyMathFonts() {
  const [from, to] = ["node_modules/katex/dist", "dist/assets/katex"];
  cpSync(join(from, "katex.min.css"), join(to, "katex.min.css"));
  for (const font of filesBelow(join(from, "fonts"), ".woff2")) cpSync(font, join(to, relative(from, font)));
}

/** What `require("spinebook")` gets: a sentence in place of Node's, which names a file of ours. */
function writeRequire() {
  const sentence =
    'spinebook is an ES module: write `import { grade } from "spinebook"` in a file that is one (.mjs, or "type": "module" in ' +
    'package.json), or `const { grade } = await import("spinebook")` in any other.';
  writeFileSync("dist/require.cjs", `throw new Error(${JSON.stringify(sentence)});\n`);
  writeFileSync(
    "dist/require.d.cts",
    `/** ${sentence} */\ndeclare const spinebook: never;\nexport = spinebook;\n`,
  );
}

/** The plugin of VS Code's own TypeScript server, which finds plugins only by name among an extension's packages. */
async function buildPlugin() {
  const folder = join("node_modules", "spinebook-cells");
  await build({
    ...nodeBundle,
    banner: {},
    format: "cjs",
    sourcemap: false,
    entryPoints: ["src/extension/language/plugin.ts"],
    outfile: join(folder, "index.js"),
    footer: { js: "module.exports = module.exports.makePlugin;" },
  });
  const { version, license } = JSON.parse(readFileSync("package.json", "utf8"));
  const manifest = { name: "spinebook-cells", version, license, main: "index.js" };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest, null, 2)}\n`);
}

/** The types of `spinebook` with their docstrings, for editors; made anew only where sources have changed. */
function buildTypes() {
  const args = ["node_modules/typescript/bin/tsc", "-p", "tsconfig.types.json"];
  return new Promise((resolve, reject) => {
    spawn(process.execPath, args, { stdio: "inherit" }).on("close", (code) => {
      if (code === 0) resolve();
      else reject(new Error("The types of src/api could not be made; see above."));
    });
  });
}

async function buildTests() {
  rmSync("build/test", { recursive: true, force: true });
  await build({
    ...nodeBundle,
    banner: {},
    format: "cjs",
    external: [...external, "mocha"],
    entryPoints: ["test/host/suite/index.ts"],
    outfile: "build/host-suite/index.cjs",
  });
  const entryPoints = [...filesBelow("test", ".test.ts"), ...filesBelow("bench", ".ts")];
  if (entryPoints.length > 0)
    await build({
      ...nodeBundle,
      entryPoints,
      outdir: "build",
      outbase: ".",
      splitting: true,
      chunkNames: "chunks/[name]-[hash]",
    });
}

const started = Date.now();
const types = buildTypes();
await buildProduct();
if (process.argv.includes("--tests")) await buildTests();
await types;
cpSync("build/types", "dist/types", { recursive: true });
process.stderr.write(`built in ${((Date.now() - started) / 1000).toFixed(1)} s\n`);
