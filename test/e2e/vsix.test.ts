/** What ships in the extension: its contents are listed here, so that nothing comes in unseen. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { pathToFileURL } from "node:url";

interface Staged {
  readonly megabytes: number;
  readonly packages: readonly string[];
}

interface StageScript {
  readonly targets: readonly string[];
  nativePackage(target: string): string;
  stage(target: string, folder: string): Staged;
}

/** Everything at the top of the extension's folder. */
const TOP = [
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "THIRD-PARTY.txt",
  ..."bin dist docs examples media models node_modules notebooks package.json snippets walkthrough".split(
    " ",
  ),
];

/** Packages beside dist/, all that it does not bundle. */
const PACKAGES = [
  "@cornerstonejs/codec-charls",
  "@cornerstonejs/codec-libjpeg-turbo-8bit",
  "@cornerstonejs/codec-openjpeg",
  "@cornerstonejs/codec-openjph",
  "@duckdb/node-api",
  "@duckdb/node-bindings",
  "@ioredis/commands",
  "@resvg/resvg-wasm",
  "@types/node",
  "bullmq",
  "cluster-key-slot",
  "cron-parser",
  "debug",
  "denque",
  "detect-libc",
  "ioredis",
  "luxon",
  "ms",
  "msgpackr",
  "node-abort-controller",
  "onnxruntime-common",
  "onnxruntime-node",
  "redis-errors",
  "semver",
  "spinebook-cells",
  "standard-as-callback",
  "tslib",
  "typescript",
  "undici-types",
  "zeromq",
];

/** Megabytes of the laid out folder; the file itself is a third of it. */
const LIMIT = 210;

function filesBelow(folder: string, prefix = ""): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? filesBelow(path, `${prefix}${name}/`) : [`${prefix}${name}`];
  });
}

describe("the extension as it ships", () => {
  const folder = mkdtempSync(join(tmpdir(), "spinebook-vsix-"));
  const target = `${process.platform}-${process.arch}`;
  let script: StageScript;
  let staged: Staged;
  before(async () => {
    script = (await import(pathToFileURL(resolve("scripts", "stage.mjs")).href)) as StageScript;
    assert.ok(script.targets.includes(target), `there is no extension for ${target}`);
    staged = script.stage(target, folder);
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it("holds these files and packages and no others", () => {
    assert.deepEqual(readdirSync(folder).sort(), [...TOP].sort());
    assert.deepEqual(staged.packages, PACKAGES);
    assert.ok(staged.megabytes < LIMIT, `${staged.megabytes} MB`);
  });

  it("holds native parts of its platform alone, and nothing that only a package's makers need", () => {
    const files = filesBelow(folder);
    assert.ok(files.some((file) => file.startsWith(`node_modules/${script.nativePackage(target)}/`)));
    const others = ["linux", "darwin", "win32"].filter((os) => os !== process.platform);
    const foreign = files.filter(
      (file) => /\.(node|so|dylib|dll)/.test(file) && others.some((os) => file.includes(`/${os}/`)),
    );
    const superfluous = files.filter(
      (file) =>
        /\.(map|tsbuildinfo)$/.test(file) ||
        /(^|\/)(tests?|__tests__|\.github|\.bin)\//.test(file) ||
        /^(src|test|bench)\//.test(file),
    );
    assert.deepEqual([foreign, superfluous], [[], []]);
  });

  it("names every package that it holds, with its licence, none of which binds who uses it", () => {
    const notices = readFileSync(join(folder, "THIRD-PARTY.txt"), "utf8");
    const own = ["spinebook-cells"];
    const unnamed = staged.packages.filter((name) => !own.includes(name) && !notices.includes(`${name} `));
    assert.deepEqual(unnamed, []);
    assert.doesNotMatch(notices, /^\S+ \S+ \((A?GPL|LGPL)[^)]*\)$/m);
  });
});
