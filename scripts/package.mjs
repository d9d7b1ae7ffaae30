// `npm run package`: builds a VSIX for this platform into build/vsix/, with only that platform's native parts.
//   npm run package -- --target linux-arm64   for another platform: linux-x64, linux-arm64, darwin-arm64, win32-x64, win32-arm64
//   npm run package -- --all                  for all of them
//   npm run package -- --images-url URL       where docs/pictures are published, for the gallery's pictures
// The packager of VS Code's makers (@vscode/vsce) checks the manifest and writes the file; it is installed into
// build/tools, a folder of its own, as nothing else needs it.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { install, root, runProgram } from "./bootstrap.mjs";
import { nativePackage, stage, targets } from "./stage.mjs";

const PACKAGER = "@vscode/vsce@3.9.2";

const { values } = parseArgs({
  options: {
    target: { type: "string", multiple: true },
    all: { type: "boolean" },
    "images-url": { type: "string" },
    "no-build": { type: "boolean" },
  },
});

process.chdir(root);
const wanted = values.all ? targets : (values.target ?? [`${process.platform}-${process.arch}`]);
const unknown = wanted.find((target) => !targets.includes(target));
if (unknown !== undefined)
  stop(`There is no build for ${unknown}: onnxruntime has none. There are ${targets.join(", ")}.`);
install();
const packager = installPackager();
if (!values["no-build"] && runProgram(process.execPath, ["scripts/build.mjs"]) !== 0)
  stop("The build failed; see above.");
for (const target of wanted) process.stdout.write(`${pack(target)}\n`);

/** Stages and packs one platform's extension; returns the path of the VSIX. */
function pack(target) {
  const folder = join("build", "vsix", target);
  const { megabytes } = stage(target, folder, nativesOf(target));
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const file = resolve("build", "vsix", `spinebook-${target}-${version}.vsix`);
  process.stderr.write(`${target}: ${megabytes.toFixed(0)} MB unpacked, packing ...\n`);
  // The pictures of the README are shown from the web only; until their address is known the links stay as they are.
  const pictures = values["images-url"]
    ? ["--baseImagesUrl", values["images-url"], "--baseContentUrl", values["images-url"]]
    : ["--no-rewrite-relative-links"];
  const args = [
    packager,
    "package",
    "--target",
    target,
    "--out",
    file,
    "--allow-missing-repository",
    ...pictures,
  ];
  if (runProgram(process.execPath, args, { cwd: folder }) !== 0)
    stop(`${target} could not be packed; see above.`);
  return file;
}

/** The folder whose node_modules hold a platform's native part; fetched into build/natives for another platform. */
function nativesOf(target) {
  const name = nativePackage(target);
  if (existsSync(join("node_modules", name))) return ".";
  const folder = join("build", "natives");
  if (existsSync(join(folder, "node_modules", name))) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), `${JSON.stringify({ private: true })}\n`);
  const { version } = JSON.parse(
    readFileSync(join("node_modules", "@duckdb", "node-bindings", "package.json"), "utf8"),
  );
  process.stderr.write(`Installing ${name} into ${folder} ...\n`);
  const windows = process.platform === "win32";
  // Forced, because npm would refuse another platform's package.
  const args = ["install", `${name}@${version}`, "--force", "--ignore-scripts", "--no-audit", "--no-fund"];
  if (runProgram(windows ? "npm.cmd" : "npm", args, { cwd: folder, shell: windows }) !== 0)
    stop(`${name} could not be installed; it needs a package registry.`);
  return folder;
}

function installPackager() {
  const folder = join("build", "tools");
  const program = join(folder, "node_modules", "@vscode", "vsce", "vsce");
  if (existsSync(program)) return resolve(program);
  mkdirSync(folder, { recursive: true });
  const manifest = { private: true, allowScripts: { "@vscode/vsce-sign": false, keytar: false } };
  writeFileSync(join(folder, "package.json"), `${JSON.stringify(manifest)}\n`);
  process.stderr.write(`Installing ${PACKAGER} into ${folder} ...\n`);
  const windows = process.platform === "win32";
  const args = ["install", PACKAGER, "--ignore-scripts", "--no-audit", "--no-fund"];
  if (runProgram(windows ? "npm.cmd" : "npm", args, { cwd: folder, shell: windows }) !== 0)
    stop(`${PACKAGER} could not be installed; it needs a package registry.`);
  return resolve(program);
}

function stop(sentence) {
  process.stderr.write(`${sentence}\n`);
  process.exit(1);
}
