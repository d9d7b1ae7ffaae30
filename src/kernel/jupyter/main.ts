/** Entry of Jupyter's kernel process, `dist/kernel/jupyter.js`: CONNECTION_FILE SETTINGS (JSON). */
import process from "node:process";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { checkedJson, numberBetween, recordOf } from "../../text/index.js";
import type { Schema } from "../../text/index.js";
import { Bridge } from "./bridge.js";
import { ConnectionError, readConnection } from "./connection.js";
import { watchParent } from "./parentProcess.js";

/** What the kernelspec hands over. */
interface BridgeSettings {
  readonly fallbackPackages: Readonly<Record<string, string>>;
  /** `main.js` beside this file by default. */
  readonly kernelPath?: string;
  /** `language.js` beside this file by default. */
  readonly languagePath?: string;
  /** Package name -> declaration file, for completion. */
  readonly packageTypes?: unknown;
  /** A declaration file with the globals of cells, for completion; `globals.d.ts` beside this file by default. */
  readonly globals?: unknown;
  /** The limit of the kernel's JavaScript heap in MB. */
  readonly memoryLimit?: number;
}

const BRIDGE_SETTINGS: Schema<Partial<BridgeSettings>> = v.object({
  fallbackPackages: v.optional(recordOf(v.string())),
  kernelPath: v.optional(v.string()),
  languagePath: v.optional(v.string()),
  packageTypes: v.optional(v.unknown()),
  globals: v.optional(v.unknown()),
  memoryLimit: v.optional(numberBetween(1)),
});

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const log = (line: string): void => {
  process.stderr.write(`spinebook: ${line}\n`);
};

/** Ends with a sentence on stderr, which Jupyter shows in its log. */
function stop(sentence: string): never {
  log(sentence);
  process.exit(1);
}

function readSettings(text: string | undefined): BridgeSettings {
  if (text === undefined) return { fallbackPackages: {} };
  const { value, problem } = checkedJson(text, BRIDGE_SETTINGS);
  if (problem !== undefined)
    stop(
      `The settings behind the connection file are not as they should be: ${problem}; install the kernel again.`,
    );
  return { fallbackPackages: {}, ...value };
}

async function start(): Promise<void> {
  const [path, settingsText] = process.argv.slice(2);
  if (path === undefined) stop("Jupyter starts this program with the path of a connection file.");
  const connection = readConnection(path);
  const { kernelPath, languagePath, packageTypes, globals, memoryLimit, fallbackPackages } =
    readSettings(settingsText);
  const cwd = process.cwd();
  const bridge = new Bridge({
    connection,
    spawn: { kernelPath: kernelPath ?? beside("main.js"), cwd, fallbackPackages, memoryLimit },
    assistant: {
      languagePath: languagePath ?? beside("language.js"),
      cwd,
      settings: { packageTypes, globals: globals ?? beside("globals.d.ts") },
    },
    log,
    onEnd: () => process.exit(0),
  });
  process.on("SIGINT", () => void bridge.interrupt());
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, () => void bridge.end());
  watchParent(() => void bridge.end());
  await bridge.open();
}

try {
  await start();
} catch (error) {
  if (error instanceof ConnectionError) stop(error.message);
  stop(`The sockets could not be opened: ${error instanceof Error ? error.message : String(error)}`);
}
