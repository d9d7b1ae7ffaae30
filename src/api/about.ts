import { tmpdir } from "node:os";
import { join } from "node:path";
import { configuredEngine, configuredThreads, EngineError, engineInUse } from "../engine/index.js";
import { readPackage } from "../reports/index.js";
import { modelsFolder } from "../analysis/index.js";
import { codeCacheFolder, packageRoot } from "../package/index.js";

/** A place that Spinebook writes to by itself. */
export interface WrittenPlace {
  readonly what: string;
  readonly where: string;
}

/** What networks are computed with. */
export interface Backend {
  /** `onnxruntime`, or of TensorFlow.js `tfjs-node-gpu`, `tfjs-node` or, in plain JavaScript, `tfjs`. */
  readonly name: string;
  /** `cpu`, `webgpu` or `gpu`; `none` where the engine that was asked for is not installed. */
  readonly device: string;
  /** Of TensorFlow.js; onnxruntime's is among the packages. */
  readonly version?: string;
  /** 0 means as many as there are cores. */
  readonly threads: number;
  /** Why it is not what was asked for. */
  readonly problem?: string;
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
  /** What networks are computed with. */
  readonly backend: Backend;
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

/** The engine asked for; one that is not installed is told, not thrown. */
async function backendInUse(): Promise<Backend> {
  const engine = configuredEngine();
  try {
    const used = await engineInUse(engine);
    return { ...used, threads: used.name === "tfjs" ? 1 : configuredThreads() };
  } catch (error) {
    if (!(error instanceof EngineError)) throw error;
    return { name: engine, device: "none", threads: configuredThreads(), problem: error.message };
  }
}

/**
 * Versions, backend, the folders that are written to, and that Spinebook is offline.
 *
 * @throws EngineError where `SPINEBOOK_ENGINE` names no engine
 * @example await about()
 */
export async function about(): Promise<About> {
  const { version, node, packages } = await readPackage(PACKAGES);
  return {
    version,
    node,
    platform: `${process.platform} ${process.arch}`,
    packages: Object.fromEntries(packages),
    backend: await backendInUse(),
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
        what: "what Node makes of the compiler's own code, to start kernels sooner (at most 20 MB; not with NODE_DISABLE_COMPILE_CACHE=1)",
        where: codeCacheFolder() ?? "nowhere: there is no home folder",
      },
      {
        what: "in VS Code: lists and small pictures of the studies seen last",
        where: "the folder that VS Code gives the extension",
      },
    ],
    offline: true,
    network: NETWORK,
  };
}

/** `onnxruntime on cpu, as many threads as cores`, and what is wrong with it. */
function backendText({ name, version, device, threads, problem }: Backend): string {
  const what = [name, version ?? []].flat().join(" ");
  if (device === "none") return `${what}: ${problem ?? ""}`;
  const many = threads === 0 ? "as many threads as cores" : `${threads} thread${threads === 1 ? "" : "s"}`;
  return `${what} on ${device}, ${many}${problem === undefined ? "" : `; ${problem}`}`;
}

/** The same as lines of text for people. */
export function aboutText(facts: About): string {
  const { backend, folders } = facts;
  return [
    `Spinebook ${facts.version}. Research use only. Not a medical device.`,
    "",
    `Node       ${facts.node}, ${facts.platform}`,
    `Packages   ${Object.entries(facts.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(", ")}`,
    `Networks   ${backendText(backend)}`,
    `Package    ${folders.package}`,
    `Weights    ${folders.models}`,
    "",
    "It writes the outputs that are named, and:",
    ...facts.writes.map(({ what, where }) => `  ${what}: ${where}`),
    "",
    facts.network,
  ].join("\n");
}
