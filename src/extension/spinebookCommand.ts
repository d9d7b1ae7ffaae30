import { spawn } from "node:child_process";
import { join } from "node:path";

/** What the `spinebook` command is called with. */
export interface CommandOptions {
  /** Ends the process. */
  readonly signal?: AbortSignal;
  /** Variables of its environment beside VS Code's own, such as those of the user's settings. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Told each line that the command logs, such as its progress. */
  readonly onLog?: (line: string) => void;
}

/** A `spinebook` command that failed; the message is its own sentence for people. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * Runs the `spinebook` command of this extension in a process of its own, on the Node that VS Code itself runs on: analysis
 * code never runs in the extension host.
 *
 * @returns what it wrote to standard output
 * @throws CommandError when it fails, cannot be started or is stopped by the signal
 */
export function runSpinebook(
  extensionFolder: string,
  args: readonly string[],
  { signal, environment = {}, onLog }: CommandOptions = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(extensionFolder, "bin", "spinebook.js"), ...args], {
      env: { ...process.env, ...environment, ELECTRON_RUN_AS_NODE: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      windowsHide: true,
      ...(signal === undefined ? {} : { signal }),
    });
    let output = "";
    let log = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log += text;
      if (onLog) for (const line of text.split("\n")) if (line.trim() !== "") onLog(line);
    });
    child.on("error", (error) => {
      reject(
        new CommandError(
          signal?.aborted ? "It was stopped." : `The spinebook command cannot be started: ${error.message}.`,
        ),
      );
    });
    child.on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new CommandError(lastLine(log) ?? `The spinebook command ended with code ${code}.`));
    });
  });
}

/** The command's own complaint is the last thing that it says. */
function lastLine(log: string): string | undefined {
  const line = log.trim().split("\n").at(-1)?.trim();
  return line === undefined || line === "" ? undefined : line.replace(/^spinebook( \w+)?: /, "");
}
