import { UsageError } from "./command.js";
import type { Command, CommandContext } from "./command.js";
import { COMMANDS } from "./commands/index.js";

/** Error classes of the language itself: when one of them gets here, the fault is in Spinebook. */
const LANGUAGE_ERRORS = new Set([
  "Error",
  "AggregateError",
  "EvalError",
  "RangeError",
  "ReferenceError",
  "SyntaxError",
  "TypeError",
  "URIError",
]);

/** What the operating system's error codes mean to someone who named a file. */
const SYSTEM_ERRORS: Readonly<Record<string, string>> = {
  ENOENT: "is not there",
  EACCES: "may not be opened by you",
  EPERM: "may not be changed by you",
  EISDIR: "is a folder",
  ENOTDIR: "is not inside of a folder",
  EEXIST: "is there already",
  ENOSPC: "cannot be written: the disk is full",
  EROFS: "cannot be written: the disk is read-only",
  EMFILE: "cannot be opened: too many files are open",
};

/**
 * The `spinebook` command.
 * @param args The arguments behind `spinebook`.
 * @returns The exit code: 0 done, 1 failed, 2 wrong usage.
 */
export async function main(args: readonly string[], context: CommandContext): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === "help" || name === "--help" || name === "-h") {
    const asked = COMMANDS.find((command) => command.name === rest[0]);
    (name === undefined ? context.log : context.out)(asked?.usage ?? overview());
    return name === undefined ? 2 : 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    context.log(`spinebook: there is no command "${name}"; "spinebook help" lists them.`);
    return 2;
  }
  if (rest.includes("--help") || rest.includes("-h")) {
    context.out(command.usage);
    return 0;
  }
  try {
    return await command.run(rest, context);
  } catch (error) {
    return report(error, command, context);
  }
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "spinebook COMMAND ... - lumbar spine MRI, read and graded. Research use only. Not a medical device.",
    "",
    ...lines,
    "",
    '"spinebook COMMAND --help" explains a command.',
  ].join("\n");
}

/** One sentence for an error that people can do something about; the stack too for one that is our fault. */
function report(error: unknown, command: Command, { log }: CommandContext): number {
  if (error instanceof UsageError) {
    log(`spinebook ${command.name}: ${error.message} "spinebook ${command.name} --help" explains it.`);
    return 2;
  }
  if (error instanceof Error && isExpected(error)) {
    log(`spinebook ${command.name}: ${sentence(error)}`);
    return 1;
  }
  log(`spinebook ${command.name}: this is a fault in Spinebook; please report it with what follows.`);
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}

/** Errors with a code and errors of a class of ours are meant for people; Node's `ERR_...` codes are programming errors. */
function isExpected(error: Error): boolean {
  if ("code" in error && typeof error.code === "string") return !error.code.startsWith("ERR_");
  return error.name.endsWith("Error") && !LANGUAGE_ERRORS.has(error.name);
}

function sentence(error: Error): string {
  const { code, path } = error as NodeJS.ErrnoException;
  const meaning = code === undefined ? undefined : SYSTEM_ERRORS[code];
  return meaning !== undefined && path !== undefined ? `${path} ${meaning}.` : error.message;
}
