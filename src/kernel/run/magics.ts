import { spawn } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { CELL_MAGICS, LINE_MAGICS } from "../compile/magicNames.js";
import { stamped } from "./context.js";
import { forms } from "../display/forms.js";
import { Error, Object, performance, Promise, String } from "./primordials.js";
import type { Run } from "./run.js";
import { measure } from "./timing.js";

type Write = (run: Run, name: "stdout" | "stderr", text: string) => void;

/** What the kernel needs to carry out a cell's magics. */
export interface MagicTools {
  readonly folder: string;
  readonly write: Write;
  readonly show: (value: unknown) => void;
}

/** The magics of one run, by the names under which compiled code calls them. */
export function magicsFor(run: Run, { folder, write, show }: MagicTools) {
  const print = (text: string): void => {
    write(run, "stdout", `${text}\n`);
  };
  return {
    npm: (line: string) => runNpm(run, folder, line, write),
    env: (line: string): void => {
      print(environment(line));
    },
    lsmagic: (): void => {
      print(
        [...Object.values(LINE_MAGICS), ...Object.values(CELL_MAGICS)]
          .filter((text) => text !== "")
          .join("\n"),
      );
    },
    shell: (name: string, line: string, script: string) => runShell(run, folder, name, line, script, write),
    show: (name: string, text: string): void => {
      show(forms[name as "html" | "svg" | "markdown"](text));
    },
    timeit: async (body: () => unknown): Promise<void> => {
      print(await measure(body));
    },
    timed: async (body: () => unknown): Promise<void> => {
      const started = performance.now();
      const value = await body();
      print(`${((performance.now() - started) / 1000).toFixed(3)} s`);
      if (value !== undefined) show(value);
    },
    time: (): void => {
      run.timedFrom = performance.now();
    },
  };
}

/** `%env`: the names of all variables, `%env NAME`: one, `%env NAME=VALUE`: sets it. Values of all would say too much. */
function environment(line: string): string {
  const text = line.trim();
  if (text === "") return Object.keys(process.env).sort().join("\n");
  const split = text.indexOf("=");
  if (split === -1) {
    const value = process.env[text];
    return value === undefined ? `${text} is not set.` : `${text}=${value}`;
  }
  const [name, value] = [text.slice(0, split).trim(), text.slice(split + 1).trim()];
  process.env[name] = value.replace(/^(["'])(.*)\1$/, "$2");
  return `${name}=${process.env[name]}`;
}

/** Runs npm in the notebook's folder, which gets a package.json of its own where it has none. */
async function runNpm(run: Run, folder: string, line: string, write: Write): Promise<void> {
  const manifest = path.join(folder, "package.json");
  // Without one npm would go up and install into whatever project lies above.
  if (!existsSync(manifest)) writeFileSync(manifest, '{\n  "private": true\n}\n');
  const words = splitWords(line);
  const silent = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const windows = process.platform === "win32";
  const args = [...words, ...silent].map((word) => (windows && /[\s&|<>^]/.test(word) ? `"${word}"` : word));
  await runProgram(run, "npm", args, { folder, write, shell: windows });
}

/** Words as a shell splits them: at spaces that stand in no quotes. */
function splitWords(line: string): string[] {
  return (line.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? []).map((word) => word.replace(/["']/g, ""));
}

const SHELLS: Readonly<Record<string, readonly string[]>> = {
  bash: ["bash"],
  sh: ["sh"],
  cmd: ["cmd", "/Q", "/D"],
  powershell: [process.platform === "win32" ? "powershell" : "pwsh", "-NoProfile", "-Command", "-"],
};

async function runShell(
  run: Run,
  folder: string,
  name: string,
  line: string,
  script: string,
  write: Write,
): Promise<void> {
  const [program, ...options] = SHELLS[name]!;
  const posix = name === "bash" || name === "sh";
  const args = posix ? ["-s", "-", ...splitWords(line)] : [...options, ...splitWords(line)];
  await runProgram(run, program!, args, { folder, write, input: script, shell: false });
}

interface ProgramOptions {
  readonly folder: string;
  readonly write: Write;
  readonly input?: string;
  readonly shell: boolean;
}

/**
 * Runs a program whose output is the cell's; an interrupt ends it with all that it started.
 * @throws Error when it cannot be started or fails
 */
function runProgram(
  run: Run,
  program: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const posix = process.platform !== "win32";
    const child = spawn(program, args, {
      cwd: options.folder,
      stdio: ["pipe", "pipe", "pipe"],
      shell: options.shell,
      windowsHide: true,
      // A process group of its own, so that an interrupt reaches what a shell has started too.
      detached: posix,
    });
    const stop = (): void => {
      if (child.pid === undefined) return;
      if (posix) process.kill(-child.pid, "SIGKILL");
      else spawn("taskkill", ["/pid", String(child.pid), "/T", "/F"]);
    };
    run.abort.signal.addEventListener("abort", stop);
    for (const name of ["stdout", "stderr"] as const) {
      child[name].setEncoding("utf8");
      child[name].on(
        "data",
        stamped(run, (text: string) => {
          options.write(run, name, text);
        }),
      );
    }
    // A program that ends without reading its input breaks the pipe: its exit tells how it fared.
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
    child.on("error", (error: NodeJS.ErrnoException) => {
      reject(
        new Error(
          error.code === "ENOENT" ? `${program} was not found on this machine's PATH.` : error.message,
        ),
      );
    });
    child.on("close", (code, signal) => {
      run.abort.signal.removeEventListener("abort", stop);
      if (code === 0) resolve();
      else
        reject(
          new Error(
            `${program} ended with ${code === null ? `the signal ${signal ?? "?"}` : `exit code ${code}`}.`,
          ),
        );
    });
  });
}
