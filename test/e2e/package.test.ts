// The package as npm packs it, in an empty project beside the packages that it depends on.
import { createPackageFromTarballData, checkPackage } from "@arethetypeswrong/core";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, describe, it } from "node:test";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const windows = process.platform === "win32";

describe("the package", () => {
  let project: string;
  let tarball: string;
  let files: readonly { readonly path: string }[];

  before(() => {
    project = mkdtempSync(join(tmpdir(), "package-"));
    const args = ["pack", "--ignore-scripts", "--json", "--pack-destination", project];
    const packed = spawnSync(windows ? "npm.cmd" : "npm", args, { encoding: "utf8", shell: windows });
    assert.equal(packed.status, 0, packed.stderr);
    const [made] = JSON.parse(packed.stdout) as { filename: string; files: { path: string }[] }[];
    files = made!.files;
    tarball = join(project, made!.filename);
    const modules = join(project, "node_modules");
    mkdirSync(join(modules, "spinebook"), { recursive: true });
    const unpacked = spawnSync("tar", [
      "-xzf",
      tarball,
      "--strip-components=1",
      "-C",
      join(modules, "spinebook"),
    ]);
    assert.equal(unpacked.status, 0);
    // What npm would install from a registry.
    for (const name of readdirSync("node_modules"))
      if (!name.startsWith(".") && name !== "spinebook-cells")
        symlinkSync(resolve("node_modules", name), join(modules, name), windows ? "junction" : "dir");
    writeFileSync(join(project, "package.json"), '{ "private": true }\n');
  });
  after(() => {
    rmSync(project, { recursive: true, force: true });
  });

  /** Runs a program of the project's. */
  function run(file: string, text: string): { status: number | null; stdout: string; stderr: string } {
    writeFileSync(join(project, file), text);
    return spawnSync(process.execPath, [file], { cwd: project, encoding: "utf8" });
  }

  it("holds what it needs and nothing of the workshop", () => {
    const folders = new Set(files.map(({ path }) => path.split("/")[0]));
    assert.deepEqual([...folders].sort(), [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "bin",
      "dist",
      "examples",
      "models",
      "notebooks",
      "package.json",
    ]);
    const paths = files.map(({ path }) => path);
    assert.ok(paths.filter((path) => path.endsWith(".safetensors")).length >= 4);
    assert.deepEqual(
      paths.filter((path) => path.endsWith(".map")),
      [],
    );
  });

  it("is imported by an ES module", () => {
    const { status, stdout, stderr } = run(
      "program.mjs",
      `import { makePhantoms, loadSeries, grade } from "spinebook";
const [study] = await makePhantoms("phantoms", { seed: 3, studies: 1 });
const graded = await grade(await loadSeries(study.dicom));
console.log(graded.discs.map(({ level }) => level).join());
`,
    );
    assert.equal(status, 0, stderr);
    assert.match(stdout, /L4-L5/);
  });

  it("tells a CommonJS program how it is imported", () => {
    const { status, stderr } = run("program.cjs", `require("spinebook");\n`);
    assert.equal(status, 1);
    assert.match(stderr, /spinebook is an ES module: write `import \{ grade \} from "spinebook"`/);
    const late = run("late.cjs", `import("spinebook").then(({ about }) => console.log(typeof about));\n`);
    assert.deepEqual([late.status, late.stdout], [0, "function\n"]);
  });

  for (const [module, moduleResolution] of [
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ] as const)
    it(`has types for TypeScript's resolution "${moduleResolution}"`, () => {
      writeFileSync(
        join(project, "typed.mts"),
        `import { grade, loadSeries, statistics, type GradedSpine } from "spinebook";
const graded: GradedSpine = await grade(await loadSeries("study"));
const levels: string[] = graded.discs.map(({ level }) => level);
const rho: number = statistics.spearman([1, 2], [1, 2]);
console.log(levels, rho);
`,
      );
      const options = {
        module,
        moduleResolution,
        target: "es2022",
        strict: true,
        noEmit: true,
        skipLibCheck: true,
        types: ["node"],
      };
      writeFileSync(
        join(project, "tsconfig.json"),
        JSON.stringify({ compilerOptions: options, files: ["typed.mts"] }),
      );
      const compiler = resolve("node_modules/typescript/bin/tsc");
      const { status, stdout } = spawnSync(process.execPath, [compiler, "-p", "."], {
        cwd: project,
        encoding: "utf8",
      });
      assert.equal(status, 0, stdout);
    });

  it("has a command that grades", () => {
    const command = join("node_modules", "spinebook", "bin", "spinebook.js");
    const [made, graded] = [
      ["phantom", "studies", "--seed", "5"],
      ["grade", join("studies", "study-001", "dicom"), "--json"],
    ].map((args) => spawnSync(process.execPath, [command, ...args], { cwd: project, encoding: "utf8" }));
    assert.equal(made!.status, 0, made!.stderr);
    assert.equal(graded!.status, 0, graded!.stderr);
    assert.ok((JSON.parse(graded!.stdout) as { discs: unknown[] }).discs.length >= 5);
  });

  it("passes publint", async () => {
    const bytes = readFileSync(tarball);
    const { messages } = await publint({
      pack: { tarball: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) },
    });
    const manifest = JSON.parse(readFileSync("package.json", "utf8")) as Record<string, unknown>;
    assert.deepEqual(
      messages.map((message) => formatMessage(message, manifest)),
      [],
    );
  });

  it("has the right types by @arethetypeswrong", async () => {
    const { problems = [] } = (await checkPackage(
      createPackageFromTarballData(new Uint8Array(readFileSync(tarball))),
    )) as { problems?: readonly { kind: string; resolutionKind?: string }[] };
    // Node 10 knows neither ES modules nor this package.
    assert.deepEqual(
      problems.filter(({ resolutionKind }) => resolutionKind !== "node10"),
      [],
    );
  });
});
