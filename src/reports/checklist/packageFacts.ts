import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { packageRoot } from "../../package/index.js";
import { checkedJson, recordOf } from "../../text/index.js";

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

const MANIFEST = v.object({
  version: v.string(),
  license: v.string(),
  description: v.string(),
  dependencies: recordOf(v.string()),
});

/** Packages that compute: the others show, read or write. */
const COMPUTING = ["onnxruntime-node", "@duckdb/node-api"];

/** Reads what the installed package says of itself, and the versions of the named ones of its dependencies. */
export async function readPackage(names: readonly string[] = COMPUTING): Promise<PackageFacts> {
  const root = packageRoot();
  const { value: manifest, problem } = checkedJson(
    await readFile(join(root, "package.json"), "utf8"),
    MANIFEST,
  );
  if (problem !== undefined)
    throw new Error(`Spinebook's own package.json is damaged (${problem}); install the package again.`);
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
    return checkedJson(text, v.object({ version: v.string() })).value?.version ?? asked;
  } catch {
    return asked;
  }
}
