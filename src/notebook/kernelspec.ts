import { mkdir, readFile, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, posix, win32 } from "node:path";
import { writeAtomically } from "../package/index.js";
import * as v from "valibot";
import { checkedJson } from "../text/index.js";
import type { Schema } from "../text/index.js";
import type { JsonObject } from "./ipynb.js";
import { KERNEL_LOGO } from "./logo.js";

/** The name of the kernelspec that notebooks name in their metadata. */
export const KERNEL_NAME = "spinebook";

const DISPLAY_NAME = "Spinebook (TypeScript)";

/** What the program that Jupyter starts is told behind the connection file. */
export interface KernelSpecSettings {
  /** The built `dist/kernel/jupyter.js`. */
  readonly bridgePath: string;
  /** What people choose in Jupyter's menus. */
  readonly displayName?: string;
  /** The Node to run; this process' own by default. */
  readonly nodePath?: string;
  /** Package name -> path of an ES module, used where the notebook's folder has no such package. */
  readonly fallbackPackages: Readonly<Record<string, string>>;
  /** Package name -> declaration file, for completion. */
  readonly packageTypes?: Readonly<Record<string, string>>;
  /** A declaration file with the globals of cells, for completion. */
  readonly globals?: string;
}

/** Which of Jupyter's data folders is meant. */
export interface KernelsFolderOptions {
  /** An environment such as `/usr/local` or a Python's own; the user's folder without it. */
  readonly prefix?: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home folder. */
  readonly home?: string;
}

/** A kernelspec that cannot be installed or removed. */
export class KernelSpecError extends Error {
  override readonly name = "KernelSpecError";
}

/** The content of `kernel.json`. */
export function kernelSpec(settings: KernelSpecSettings): JsonObject {
  const { bridgePath, displayName = DISPLAY_NAME, nodePath = process.execPath } = settings;
  const { fallbackPackages, packageTypes, globals } = settings;
  return {
    argv: [
      nodePath,
      bridgePath,
      "{connection_file}",
      JSON.stringify({ fallbackPackages, packageTypes, globals }),
    ],
    display_name: displayName,
    language: "typescript",
    interrupt_mode: "message",
    metadata: { debugger: false },
  };
}

/** The folder that holds one folder per kernelspec, by the rules of Jupyter's own `jupyter --paths`. */
export function kernelsFolder({ prefix, env, platform, home = homedir() }: KernelsFolderOptions): string {
  const path = platform === "win32" ? win32 : posix;
  if (prefix !== undefined) return path.join(prefix, "share", "jupyter", "kernels");
  if (env["JUPYTER_DATA_DIR"]) return path.join(env["JUPYTER_DATA_DIR"], "kernels");
  if (platform === "darwin") return path.join(home, "Library", "Jupyter", "kernels");
  if (platform === "win32")
    return path.join(env["APPDATA"] ?? path.join(home, "AppData", "Roaming"), "jupyter", "kernels");
  const data = env["XDG_DATA_HOME"] ? env["XDG_DATA_HOME"] : path.join(home, ".local", "share");
  return path.join(data, "jupyter", "kernels");
}

/**
 * Writes `kernel.json` and the kernel's picture.
 * @param kernels The folder of {@link kernelsFolder}; made where it is missing.
 * @returns The kernelspec's own folder.
 * @throws KernelSpecError when the name is none for a kernel, or is that of another kernel.
 */
export async function installKernelSpec(
  kernels: string,
  name: string,
  settings: KernelSpecSettings,
): Promise<string> {
  const folder = specFolder(kernels, name);
  const present = await readSpec(folder);
  if (present && !isOurs(present))
    throw new KernelSpecError(
      `${folder} is another kernel, of the language ${languageOf(present)}; choose another name with --name.`,
    );
  await mkdir(folder, { recursive: true });
  await writeAtomically(join(folder, "logo-svg.svg"), KERNEL_LOGO);
  await writeAtomically(join(folder, "kernel.json"), `${JSON.stringify(kernelSpec(settings), null, 2)}\n`);
  return folder;
}

/**
 * Removes a kernelspec that {@link installKernelSpec} wrote.
 * @returns The folder that was removed.
 * @throws KernelSpecError when there is none, or it is another kernel.
 */
export async function removeKernelSpec(kernels: string, name: string): Promise<string> {
  const folder = specFolder(kernels, name);
  const present = await readSpec(folder);
  if (!present) throw new KernelSpecError(`There is no kernel "${name}" in ${kernels}.`);
  if (!isOurs(present))
    throw new KernelSpecError(
      `${folder} is another kernel, of the language ${languageOf(present)}; it is left alone.`,
    );
  await rm(folder, { recursive: true });
  return folder;
}

function specFolder(kernels: string, name: string): string {
  // Jupyter's own rule for names; a name of dots would leave the folder.
  if (!/^[a-z0-9][a-z0-9._-]*$/i.test(name))
    throw new KernelSpecError(
      `"${name}" is no name for a kernel; use letters, digits, ".", "-" and "_", with a letter or digit first.`,
    );
  return join(kernels, name.toLowerCase());
}

/** What is looked at of a `kernel.json`, which any program may have written. */
interface InstalledSpec {
  readonly argv?: readonly string[] | undefined;
  readonly language?: string | undefined;
}

const KERNEL_JSON: Schema<InstalledSpec> = v.object({
  argv: v.optional(v.array(v.string())),
  language: v.optional(v.string()),
});

/** The kernelspec in a folder; one that cannot be understood is an empty one, and none of ours. */
async function readSpec(folder: string): Promise<InstalledSpec | undefined> {
  try {
    const text = await readFile(join(folder, "kernel.json"), "utf8");
    return checkedJson(text, KERNEL_JSON).value ?? {};
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

function isOurs({ argv: [, program = ""] = [], language }: InstalledSpec): boolean {
  return language === "typescript" && /[/\\]kernel[/\\]jupyter\.js$/.test(program);
}

function languageOf({ language = "unknown" }: InstalledSpec): string {
  return language;
}
