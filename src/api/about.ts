import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuredThreads, runtimeInUse } from "../engine/index.js";
import { readPackage } from "../reports/index.js";
import { modelsFolder } from "../analysis/index.js";
import { packageRoot } from "../figures/index.js";

/** A place that Spinebook writes to by itself. */
export interface WrittenPlace {
  readonly what: string;
  readonly where: string;
}

/** What runs here, on what, where it writes, and whom it talks to. */
export interface About {
  readonly version: string;
  /** Such as `v20.20.2`. */
  readonly node: string;
  /** Such as `linux x64`. */
  readonly platform: string;
  /** Name -> version of the packages that read and compute. */
  readonly packages: Readonly<Record<string, string>>;
  /** What networks are computed with; `threads` 0 means as many as there are cores. */
  readonly backend: { readonly name: string; readonly device: string; readonly threads: number };
  /** The folder of the package and that of the weights. */
  readonly folders: { readonly package: string; readonly models: string };
  /** Besides the outputs that a user names. */
  readonly writes: readonly WrittenPlace[];
  /** True: no part of Spinebook opens a connection that its user did not name. */
  readonly offline: true;
  readonly network: string;
}

const PACKAGES = ["onnxruntime-node", "@duckdb/node-api", "dicom-parser", "typescript"];

const NETWORK =
  "Offline: nothing is sent, looked up or fetched. Only what a user names is connected to (the queue of a batch), and the rating tool listens on this machine alone. onnxruntime's telemetry is switched off" +
  (process.platform === "win32"
    ? "; on Windows its trace events go to the system's own event tracing, which only the system's privacy settings govern."
    : ".");

/**
 * Versions, backend, the folders that are written to, and that Spinebook is offline.
 *
 * @example await about()
 */
export async function about(): Promise<About> {
  const { version, node, packages } = await readPackage(PACKAGES);
  const { name, device } = runtimeInUse();
  return {
    version,
    node,
    platform: `${process.platform} ${process.arch}`,
    packages: Object.fromEntries(packages),
    backend: { name, device, threads: configuredThreads() },
    folders: { package: packageRoot(), models: modelsFolder() },
    writes: [
      {
        what: "drafts of viewers and of `bench`, removed when they end",
        where: join(tmpdir(), "spinebook-*"),
      },
      {
        what: "a cohort's log, and what a batch keeps to go on",
        where: "beside the cohort's file, by its name",
      },
      { what: "what a file's writing has not finished yet", where: "beside the output, by its name" },
      {
        what: "in VS Code: lists and small pictures of the studies seen last",
        where: "the folder that VS Code gives the extension",
      },
    ],
    offline: true,
    network: NETWORK,
  };
}

/** The same as lines of text for people. */
export function aboutText(facts: About): string {
  const { backend, folders } = facts;
  const threads = backend.threads === 0 ? "as many threads as cores" : `${backend.threads} threads`;
  return [
    `Spinebook ${facts.version}. Research use only. Not a medical device.`,
    "",
    `Node       ${facts.node}, ${facts.platform}`,
    `Packages   ${Object.entries(facts.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    `Networks   ${backend.name} on ${backend.device}, ${threads}`,
    `Package    ${folders.package}`,
    `Weights    ${folders.models}`,
    "",
    "It writes the outputs that are named, and:",
    ...facts.writes.map(({ what, where }) => `  ${what}: ${where}`),
    "",
    facts.network,
  ].join("\n");
}
