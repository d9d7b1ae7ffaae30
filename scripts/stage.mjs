// Lays out what ships in the extension for one platform: a folder that runs by itself, without network or `npm install`.
// Plain Node; needs a built dist/.
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, sep } from "node:path";
import { root } from "./bootstrap.mjs";

/** The platforms that onnxruntime has a native part for, in the Marketplace's names. */
export const targets = ["linux-x64", "linux-arm64", "darwin-arm64", "win32-x64", "win32-arm64"];

/** Packages that dist/ imports at run time instead of holding them: native or WebAssembly parts, or large. */
const packages = {
  "onnxruntime-node": (path, { os, cpu }) =>
    !/^(script|src)\b/.test(path) && (!path.startsWith("bin/") || isBelow(`bin/napi-v6/${os}/${cpu}`, path)),
  // The tensors of onnxruntime-node; what browsers load stays out.
  "onnxruntime-common": (path) => !/^(dist\/esm|dist\/ort|lib)\b/.test(path),
  zeromq: (path, { os, cpu }) =>
    !/^(src|script|CMakeLists|vcpkg)/.test(path) &&
    (!path.startsWith("build/") || isBelow(`build/${os}/${cpu}`, path)),
  // The compiler's library and its declarations of the language; the commands and other languages' messages stay out.
  typescript: (path) =>
    /^(package\.json|LICENSE\.txt|ThirdPartyNoticeText\.txt|lib(\/(typescript\.js|lib\.[^/]*\.d\.ts))?)$/.test(
      path,
    ),
  "@types/node": () => true,
  "undici-types": () => true,
  // Made by our own build: the plugin of VS Code's TypeScript server.
  "spinebook-cells": () => true,
  "@resvg/resvg-wasm": () => true,
  // The WebAssembly builds that decode; encoders and builds in plain JavaScript stay out.
  "@cornerstonejs/codec-charls": isDecoder,
  "@cornerstonejs/codec-libjpeg-turbo-8bit": isDecoder,
  "@cornerstonejs/codec-openjpeg": isDecoder,
  // It has one build for both.
  "@cornerstonejs/codec-openjph": () => true,
  // DuckDB; the part of each platform is a package of its own.
  "@duckdb/node-api": () => true,
  "@duckdb/node-bindings": () => true,
  bullmq: (path) => !/^dist\/esm(\/|$)/.test(path),
  ioredis: () => true,
  // Its optional native part may lie within it; it does without.
  msgpackr: (path) => !/^node_modules(\/|$)/.test(path),
};

/** DuckDB's native part for a platform; npm installs only that of the machine it runs on. */
export function nativePackage(target) {
  return `@duckdb/node-bindings-${target}`;
}

/** Packages whose dependencies build or fetch their native part, which is there already. */
const installers = new Set(["onnxruntime-node", "zeromq"]);

/** Files and folders of the checkout that ship as they are. */
const files = [
  "dist",
  "bin",
  "models",
  "examples",
  "media",
  "snippets",
  "walkthrough",
  "notebooks/demo.ipynb",
  "notebooks/report-patient.ipynb",
  "notebooks/report-cohort.ipynb",
  "README.md",
  "docs/pictures",
  "CHANGELOG.md",
  "LICENSE",
];

/** Whether a file of a codec package is needed for decoding. */
function isDecoder(path) {
  return /^(package\.json|LICENSE|dist(\/\w+wasm_decode\.(js|wasm))?)$/.test(path);
}

/** Whether `path` is the folder, lies in it, or leads to it. */
function isBelow(folder, path) {
  return path === folder || path.startsWith(`${folder}/`) || folder.startsWith(`${path}/`);
}

/**
 * @param {string} target one of `targets`
 * @param {string} folder where the extension is laid out; emptied first
 * @param {string} natives folder with the `node_modules` that hold `nativePackage(target)`
 * @returns {{ megabytes: number, packages: string[] }} what it weighs, and the packages in it
 */
export function stage(target, folder, natives = root) {
  const [os, cpu] = target.split("-");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of files) {
    if (!existsSync(join(root, name))) continue;
    copy(join(root, name), join(folder, name), (path) => !path.endsWith(".map"));
  }
  const names = closure(Object.keys(packages));
  for (const name of names) {
    const keep = packages[name] ?? (() => true);
    const from = join(root, "node_modules", name);
    copy(from, join(folder, "node_modules", name), (path) => !isLitter(path) && keep(path, { os, cpu }));
    if (installers.has(name)) withoutInstaller(join(folder, "node_modules", name, "package.json"), names);
  }
  const native = nativePackage(target);
  copy(
    join(natives, "node_modules", native),
    join(folder, "node_modules", native),
    (path) => !isLitter(path),
  );
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest(names), null, 2)}\n`);
  writeFileSync(join(folder, "THIRD-PARTY.txt"), notices());
  return { megabytes: sizeOf(folder) / 1e6, packages: names };
}

/** Packages with all that they depend on, but for what only their installation needs. */
function closure(names, known = new Set()) {
  for (const name of names) {
    if (known.has(name)) continue;
    known.add(name);
    const { dependencies = {} } = readManifest(name);
    if (!installers.has(name)) closure(Object.keys(dependencies), known);
  }
  return [...known].sort();
}

function readManifest(name) {
  return JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
}

/** Its dependencies serve its installation only, but for those that ship. */
function withoutInstaller(path, names) {
  const { scripts, dependencies, ...rest } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify({ ...rest, dependencies: pick(dependencies, names) }, null, 2));
}

/** The extension's manifest without what only a checkout needs. */
function manifest(names) {
  const whole = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const {
    devDependencies,
    optionalDependencies,
    peerDependencies,
    peerDependenciesMeta,
    scripts,
    allowScripts,
    files: _,
    bin,
    exports,
    ...rest
  } = whole;
  const versions = Object.fromEntries(names.map((name) => [name, readManifest(name).version]));
  return { ...rest, bin, exports, dependencies: versions };
}

function pick(object, keys) {
  return Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]]));
}

/** Tests, sources and documentation of packages, which nobody reads there; licences stay. */
function isLitter(path) {
  return (
    /(^|\/)(test|tests|__tests__|docs?|examples?|\.github)(\/|$)/i.test(path) ||
    /\.(map|md|ts\.txt|tsbuildinfo|c|cc|h|hpp)$/i.test(path) ||
    /(^|\/)node_modules\/\.bin(\/|$)/.test(path)
  );
}

/** Copies a file, or of a folder what `keep` says by its path within it, with forward slashes. */
function copy(from, to, keep) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, {
    recursive: true,
    dereference: true,
    filter: (path) =>
      path === from ||
      keep(
        path
          .slice(from.length + 1)
          .split(sep)
          .join("/"),
      ),
  });
}

/** Name, version and licence text of every package whose code ships, in dist/ or beside it. */
function notices() {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")).packages;
  const entries = Object.entries(lock)
    .filter(([path, { dev, devOptional, optional }]) => path !== "" && !dev && !devOptional && !optional)
    .map(([path]) => path);
  const bundled = [
    "plotly.js",
    "buffer",
    "base64-js",
    "ieee754",
    "vscode-languageclient",
    "dejavu-fonts-ttf",
  ].map((name) => `node_modules/${name}`);
  const texts = [...new Set([...entries, ...bundled])].sort().flatMap((path) => {
    const folder = join(root, path);
    if (!existsSync(join(folder, "package.json"))) return [];
    const { name, version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
    const text =
      file !== undefined && statSync(join(folder, file)).isFile()
        ? readFileSync(join(folder, file), "utf8")
        : "";
    return [`${name} ${version} (${license ?? "see below"})\n\n${text.trim()}\n`];
  });
  return `Spinebook contains code of these packages.\n\n${texts.join(`\n${"-".repeat(80)}\n\n`)}`;
}

function sizeOf(path) {
  const info = statSync(path);
  if (!info.isDirectory()) return info.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}
