import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { checkedJson } from "../text/index.js";
import { UsageError } from "./command.js";
import type { Command, CommandContext } from "./command.js";
import { COMMANDS } from "./commands/index.js";
import { isExpected, sentenceOf } from "./errors.js";
import { nearest } from "./nearest.js";

/** Options that stand in a command's place. */
const OPTIONS = ["--help", "--version"];

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
  if (name === "--version" || name === "-v" || name === "version") {
    context.out(await version(context.packageRoot));
    return 0;
  }
  const command = COMMANDS.find((candidate) => candidate.name === name);
  if (!command) {
    const isOption = name.startsWith("-");
    const near = nearest(name, isOption ? OPTIONS : COMMANDS.map((candidate) => candidate.name));
    const hint = near === undefined ? "" : ` Did you mean "spinebook ${near}"?`;
    const kind = isOption ? "option" : "command";
    context.log(`spinebook: there is no ${kind} "${name}".${hint} "spinebook help" lists them.`);
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

async function version(packageRoot: string): Promise<string> {
  const manifest = await readFile(join(packageRoot, "package.json"), "utf8");
  const { value, problem } = checkedJson(manifest, v.object({ version: v.string() }));
  if (problem === undefined) return value.version;
  throw new Error(`Spinebook's own package.json is damaged (${problem}); install the package again.`);
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  const lines = COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`);
  return [
    "spinebook COMMAND ... - lumbar spine MRI, read and graded. Research use only. Not a medical device.",
    "",
    ...lines,
    "",
    '"spinebook COMMAND --help" explains a command, "spinebook --version" tells the version.',
  ].join("\n");
}

/** One sentence for an error that people can do something about; the stack too for one that is our fault. */
function report(error: unknown, command: Command, { log }: CommandContext): number {
  if (error instanceof UsageError) {
    log(
      `spinebook ${command.name}: ${error.message} "spinebook ${command.name} --help" explains it. Example: ${command.example}`,
    );
    return 2;
  }
  if (error instanceof Error && isExpected(error)) {
    log(`spinebook ${command.name}: ${sentenceOf(error)}`);
    return 1;
  }
  log(`spinebook ${command.name}: this is a fault in Spinebook; please report it with what follows.`);
  log(error instanceof Error ? (error.stack ?? error.message) : String(error));
  return 1;
}
