import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import process from "node:process";
import { Script } from "node:vm";
import { codeCacheFolder } from "../package/index.js";

/**
 * Loads a large CommonJS file with the code that V8 made of it the last time, kept in the user's cache folder: TypeScript is ready in
 * half the time. Node's own `module.enableCompileCache` is younger than Node 20, and keeps nothing of functions that are compiled when
 * they are first called. Anything wrong with the cache only means that the file is compiled anew.
 */

/** When the code is kept, after loading (ms): what the first texts needed is compiled by then. */
const KEPT_AFTER = 1500;
/** Caches that are kept of one file: of several versions of Node, and several options, beside one another. */
const MOST_KEPT = 6;
const DIGEST = 32;

/** Where the code of a file is kept: its path, size and date, the version of Node and its options make the name, as V8 refuses others'. */
export function codeCachePath(folder: string, file: string, prefix: string): string {
  const { size, mtimeMs } = statSync(file);
  const { version, arch, execArgv, env } = process;
  const key = [file, size, mtimeMs, version, arch, process.versions.v8, ...execArgv, env.NODE_OPTIONS].join(
    "\n",
  );
  return join(folder, `${prefix}-${createHash("sha256").update(key).digest("hex").slice(0, 16)}.bin`);
}

const digestOf = (data: Buffer): Buffer => createHash("sha256").update(data).digest();

/** What {@link writeCodeCache} wrote; undefined where it is absent or damaged (V8 itself does not look). */
export function readCodeCache(path: string): Buffer | undefined {
  try {
    const file = readFileSync(path);
    const data = file.subarray(DIGEST);
    return digestOf(data).equals(file.subarray(0, DIGEST)) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a cache beside earlier ones of its prefix, of which the newest stay. @throws what the file system throws */
export function writeCodeCache(path: string, prefix: string, data: Buffer): void {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, Buffer.concat([digestOf(data), data]), { mode: 0o600 });
  renameSync(draft, path);
  const age = (name: string): number => Date.now() - statSync(join(folder, name)).mtimeMs;
  readdirSync(folder)
    .filter((name) => name.startsWith(`${prefix}-`))
    .sort((a, b) => age(a) - age(b))
    .slice(MOST_KEPT)
    .forEach((name) => {
      rmSync(join(folder, name), { force: true });
    });
}

/** Where caches are kept; none where they are not wanted (`NODE_DISABLE_COMPILE_CACHE`). */
function folderOfUser(): string | undefined {
  return process.env.NODE_DISABLE_COMPILE_CACHE ? undefined : codeCacheFolder();
}

/** A file's text as the body of a function of what CommonJS gives it. */
function wrapped(text: string): string {
  return `(function (exports, require, module, __filename, __dirname) {${text}\n})`;
}

/** The exports of a CommonJS file, as `require` gives them. @param folder of the caches; the user's unless given */
export function loadWithCodeCache(file: string, prefix: string, folder = folderOfUser()): unknown {
  if (folder === undefined) return createRequire(file)(file);
  const path = codeCachePath(folder, file, prefix);
  const cachedData = readCodeCache(path);
  const script = new Script(wrapped(readFileSync(file, "utf8")), { filename: file, cachedData });
  const module = { exports: {} };
  const run = script.runInThisContext() as (...globals: unknown[]) => void;
  run.call(module.exports, module.exports, createRequire(file), module, file, dirname(file));
  if (cachedData === undefined || script.cachedDataRejected === true)
    setTimeout(() => {
      try {
        writeCodeCache(path, prefix, script.createCachedData());
      } catch {
        // A full disk, a folder that may not be written: the next process compiles again.
      }
    }, KEPT_AFTER).unref();
  return module.exports;
}
