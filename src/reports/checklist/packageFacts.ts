import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../../package/index.js";

/** What `package.json` and the process tell of the software. */
export interface PackageFacts {
  readonly version: string;
  readonly license: string;
  readonly description: string;
  /** Such as `v22.1.0`. */
  readonly node: string;
  /** Name and version of the packages that results rest on, installed where that can be read, else as asked for. */
  readonly packages: readonly (readonly [name: string, version: string])[];
}

/** Packages that compute: the others show, read or write. */
const COMPUTING = ["onnxruntime-node", "@duckdb/node-api"];

/** Reads what the installed package says of itself, and the versions of the named ones of its dependencies. */
export async function readPackage(names: readonly string[] = COMPUTING): Promise<PackageFacts> {
  const root = packageRoot();
  const manifest = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    readonly version: string;
    readonly license: string;
    readonly description: string;
    readonly dependencies: Readonly<Record<string, string>>;
  };
  const used = names.filter((name) => name in manifest.dependencies);
  return {
    version: manifest.version,
    license: manifest.license,
    description: manifest.description,
    node: process.version,
    packages: await Promise.all(
      used.map(async (name) => [name, await installed(root, name, manifest.dependencies[name]!)] as const),
    ),
  };
}

async function installed(root: string, name: string, asked: string): Promise<string> {
  try {
    const text = await readFile(join(root, "node_modules", name, "package.json"), "utf8");
    return (JSON.parse(text) as { readonly version: string }).version;
  } catch {
    return asked;
  }
}
