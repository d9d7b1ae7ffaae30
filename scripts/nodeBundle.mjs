// How what runs in Node is bundled, by the build, the watcher and the fuzzer alike. Plain Node, no packages.
import { existsSync, readdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Packages that stay outside the bundles: native parts, or too large to be worth copying. */
export const external = [
  "onnxruntime-node",
  "@tensorflow/*",
  "@resvg/resvg-wasm",
  "@cornerstonejs/*",
  "@duckdb/*",
  "bullmq",
  "ioredis",
  "esbuild",
  "playwright-core",
  "vscode",
  "zeromq",
];

/** esbuild's options. */
export const nodeBundle = {
  bundle: true,
  platform: "node",
  target: "node20",
  format: "esm",
  sourcemap: "linked",
  external,
  // Loading TypeScript's nine megabytes is most of a kernel's start: it comes through a cache of compiled code.
  alias: { typescript: join(root, "src/kernel/typescript.ts") },
  // dicom-parser and protobufjs are CommonJS and call require() for Node's own modules.
  banner: {
    js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
  },
  logLevel: "warning",
};

/** Every file below `folder` whose name ends with `suffix`, sorted. */
export function filesBelow(folder, suffix) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .flatMap((name) => {
      const path = join(folder, name);
      return statSync(path).isDirectory() ? filesBelow(path, suffix) : path.endsWith(suffix) ? [path] : [];
    })
    .sort();
}
