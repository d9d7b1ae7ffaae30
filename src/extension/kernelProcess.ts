import { spawn, type ChildProcess } from "node:child_process";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { KernelChannel, KernelEvent } from "../protocol/index.js";

/** A kernel's child process, seen as the channel to it. */
export interface KernelProcess extends KernelChannel {
  /** Asks the kernel to end, and kills it where it does not; the channel's death listeners are told `reason` at once. */
  end(reason: string): Promise<void>;
}

/** How long a kernel may take to end by itself (its `exit` listeners run) before it is killed. */
const GRACE_MS = 1500;

export function startKernel(extensionFolder: string, notebookFolder: string): KernelProcess {
  const child = spawn(
    process.execPath,
    ["--no-force-async-hooks-checks", join(extensionFolder, "dist", "kernel", "main.js")],
    {
      cwd: notebookFolder,
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
      stdio: ["ignore", "ignore", "pipe", "pipe"],
    },
  );
  const pipe = child.stdio[3] as Duplex;
  const listeners: ((e: KernelEvent) => void)[] = [];
  const deaths: ((r: string) => void)[] = [];
  let dead = false;
  const die = (r: string) => {
    if (!dead) {
      dead = true;
      for (const d of deaths) d(r);
    }
  };
  let rest = "";
  pipe.setEncoding("utf8");
  pipe.on("data", (t: string) => {
    const lines = (rest + t).split("\n");
    rest = lines.pop()!;
    for (const l of lines) for (const f of listeners) f(JSON.parse(l) as KernelEvent);
  });
  pipe.on("error", () => undefined);
  child.on("exit", (code, signal) => die(`The kernel ended (${signal ?? code}).`));
  child.on("error", (e) => die(`The kernel could not be started: ${e.message}`));
  return {
    send: (r) => pipe.write(JSON.stringify(r) + "\n"),
    onEvent: (f) => listeners.push(f),
    onDeath: (f) => deaths.push(f),
    end: (reason) => {
      die(reason);
      child.kill("SIGKILL");
      return Promise.resolve();
    },
  };
}
