import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import {
  installKernelSpec,
  kernelsFolder,
  kernelSpec,
  KernelSpecError,
  removeKernelSpec,
} from "../../src/notebook/kernelspec.js";

const SETTINGS = {
  bridgePath: "/opt/spinebook/dist/kernel/jupyter.js",
  fallbackPackages: { spinebook: "/opt/api.js" },
};

async function inFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "spinebook-kernelspec-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const isSpecError = (says: RegExp) => (error: unknown) =>
  error instanceof KernelSpecError && says.test(error.message);

describe("the kernelspec", () => {
  it("starts the bridge with the connection file and its settings", () => {
    const spec = kernelSpec(SETTINGS);
    const argv = spec["argv"] as string[];
    assert.deepEqual(argv.slice(0, 3), [process.execPath, SETTINGS.bridgePath, "{connection_file}"]);
    assert.deepEqual(JSON.parse(argv[3]!), { fallbackPackages: SETTINGS.fallbackPackages });
    // Jupyter replaces words in braces.
    assert.ok(!/\{\w+\}/.test(argv[3]!));
    assert.equal(spec["language"], "typescript");
    assert.equal(spec["interrupt_mode"], "message");
    assert.deepEqual(spec["metadata"], { debugger: false });
    assert.equal(spec["display_name"], "Spinebook (TypeScript)");
    assert.equal(kernelSpec({ ...SETTINGS, displayName: "Mine" })["display_name"], "Mine");
  });

  it("goes where Jupyter looks", () => {
    const folder = (platform: NodeJS.Platform, env: Record<string, string> = {}, prefix?: string): string =>
      kernelsFolder({ platform, env, home: "/home/a", ...(prefix === undefined ? {} : { prefix }) });
    assert.equal(folder("linux"), "/home/a/.local/share/jupyter/kernels");
    assert.equal(folder("linux", { XDG_DATA_HOME: "/data" }), "/data/jupyter/kernels");
    assert.equal(folder("darwin"), "/home/a/Library/Jupyter/kernels");
    assert.equal(
      folder("win32", { APPDATA: "C:\\Users\\a\\AppData\\Roaming" }),
      "C:\\Users\\a\\AppData\\Roaming\\jupyter\\kernels",
    );
    assert.equal(folder("linux", { JUPYTER_DATA_DIR: "/j", XDG_DATA_HOME: "/data" }), "/j/kernels");
    assert.equal(
      folder("linux", { JUPYTER_DATA_DIR: "/j" }, "/usr/local"),
      "/usr/local/share/jupyter/kernels",
    );
  });

  it("is written, written again and removed", () =>
    inFolder(async (kernels) => {
      const folder = await installKernelSpec(join(kernels, "deep"), "Spine-2", SETTINGS);
      assert.equal(folder, join(kernels, "deep", "spine-2"));
      assert.deepEqual((await readdir(folder)).sort(), ["kernel.json", "logo-svg.svg"]);
      assert.match(await readFile(join(folder, "logo-svg.svg"), "utf8"), /^<svg [\s\S]*<\/svg>\n$/);
      await installKernelSpec(join(kernels, "deep"), "spine-2", { ...SETTINGS, displayName: "Other" });
      const spec = JSON.parse(await readFile(join(folder, "kernel.json"), "utf8")) as {
        display_name: string;
      };
      assert.equal(spec.display_name, "Other");
      assert.equal(await removeKernelSpec(join(kernels, "deep"), "spine-2"), folder);
      assert.deepEqual(await readdir(join(kernels, "deep")), []);
      await assert.rejects(
        removeKernelSpec(join(kernels, "deep"), "spine-2"),
        isSpecError(/no kernel "spine-2"/),
      );
    }));

  it("leaves other kernels alone, and takes only names of kernels", () =>
    inFolder(async (kernels) => {
      await mkdir(join(kernels, "python3"));
      const file = join(kernels, "python3", "kernel.json");
      await writeFile(file, '{"argv":["python"],"language":"python"}');
      await assert.rejects(installKernelSpec(kernels, "python3", SETTINGS), isSpecError(/language python/));
      await assert.rejects(removeKernelSpec(kernels, "python3"), isSpecError(/left alone/));
      assert.match(await readFile(file, "utf8"), /python/);
      for (const name of ["", "..", "a/b", "a b"])
        await assert.rejects(installKernelSpec(kernels, name, SETTINGS), isSpecError(/no name for a kernel/));
    }));
});
