import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { KernelClient } from "../../src/protocol/client.js";
import { spawnKernel } from "../../src/kernel/index.js";
import { TimedClient } from "./client.js";

/** What is measured: something that runs cells one after the other. */
export interface Subject {
  /** Process id of what was started. */
  readonly pid: number;
  /** Runs a cell to its end. */
  run(code: string): Promise<void>;
  /** Characters of output that have arrived so far. */
  streamed(): number;
  /** Completes at the end of `code`; absent where the subject cannot. */
  readonly complete?: (code: string) => Promise<readonly string[]>;
  close(): void;
}

/** A kernel of this comparison; `start` resolves as soon as it has been started, not when it answers. */
export interface Contender {
  readonly name: string;
  readonly start: () => Promise<Subject>;
}

/** All that can be started here: Spinebook by its own channel and by Jupyter's, plain Node, and the peers installed below `peers`. */
export function contenders(peers: string): Contender[] {
  const dist = resolve("dist");
  const tslab = join(peers, "node_modules", "tslab", "bin", "tslab");
  const deno = join(peers, "node_modules", ".bin", "deno");
  const settings = { fallbackPackages: {} };
  return [
    { name: "spinebook, own channel", start: () => Promise.resolve(startSpinebook(join(dist, "kernel"))) },
    jupyter("spinebook, Jupyter", (file) => [
      process.execPath,
      join(dist, "kernel", "jupyter.js"),
      file,
      JSON.stringify(settings),
    ]),
    ...(existsSync(tslab)
      ? [jupyter("tslab", (file) => [process.execPath, tslab, "kernel", "--config-path", file])]
      : []),
    ...(existsSync(deno) ? [jupyter("deno", (file) => [deno, "jupyter", "--kernel", "--conn", file])] : []),
    { name: "node (plain, its REPL)", start: () => Promise.resolve(startNode()) },
  ];
}

function jupyter(name: string, command: (file: string) => readonly string[]): Contender {
  return {
    name,
    start: async () => {
      const client = await TimedClient.start(command);
      return {
        pid: client.process.pid!,
        run: async (code) => {
          await client.execute(code);
        },
        streamed: () => client.streamed,
        complete: async (code) => {
          const reply = await client.request("complete_request", { code, cursor_pos: code.length });
          return reply["matches"] as readonly string[];
        },
        close: () => {
          client.close();
        },
      };
    },
  };
}

function startSpinebook(folder: string): Subject {
  let streamed = 0;
  let pid = 0;
  const kernel = spawnKernel({
    kernelPath: join(folder, "main.js"),
    cwd: process.cwd(),
    fallbackPackages: {},
  });
  const client = new KernelClient(kernel, (event) => {
    if (event.type === "stream") streamed += event.text.length;
  });
  const info = client.info();
  return {
    get pid() {
      return pid;
    },
    run: async (code) => {
      pid = (await info)!.pid;
      const outcome = await client.execute("bench", code);
      if (outcome.status !== "ok")
        throw new Error(`The cell failed: ${outcome.status} ${outcome.reason ?? ""}`);
    },
    streamed: () => streamed,
    close: () => {
      kernel.kill();
    },
  };
}
const PROMPT = "\u0001done\u0001";

/** Node's own REPL, fed by a pipe: a cell ends where the prompt comes back. */
function startNode(): Subject {
  const program = `require("node:repl").start({ prompt: ${JSON.stringify(PROMPT)}, terminal: false })`;
  const child: ChildProcess = spawn(process.execPath, ["-e", program], { stdio: ["pipe", "pipe", "ignore"] });
  let streamed = 0;
  let onPrompt: (() => void) | undefined;
  const next = (): Promise<void> => new Promise((done) => (onPrompt = done));
  let ready = next();
  child.stdout!.setEncoding("utf8").on("data", (text: string) => {
    streamed += text.length;
    if (text.endsWith(PROMPT)) onPrompt?.();
  });
  return {
    pid: child.pid!,
    run: async (code) => {
      await ready;
      ready = next();
      // The REPL takes lines: a cell is one.
      child.stdin!.write(`${code.replace(/\s*\n\s*/g, " ")}\n`);
      await ready;
    },
    streamed: () => streamed,
    close: () => {
      child.kill("SIGKILL");
    },
  };
}
