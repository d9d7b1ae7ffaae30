import { parseArgs } from "node:util";
import type { ParseArgsConfig } from "node:util";
import { localPath } from "../imaging/index.js";
import { nearest } from "./nearest.js";

/** Where a command writes, and where the package's built files are. */
export interface CommandContext {
  /** The package's folder, which holds `dist/`. */
  readonly packageRoot: string;
  /** Writes a line to stdout: results only. */
  readonly out: (line: string) => void;
  /** Writes a line to stderr: progress, warnings, hints. */
  readonly log: (line: string) => void;
  /** Aborted when the user presses Ctrl+C. */
  readonly signal: AbortSignal;
}

/** One command of `spinebook`. */
export interface Command {
  readonly name: string;
  /** One line for the table of commands. */
  readonly summary: string;
  /** The text of `spinebook NAME --help`. */
  readonly usage: string;
  /** A call that works, for those who got it wrong. */
  readonly example: string;
  /** Runs the command with the arguments behind its name and resolves to the exit code. */
  run(args: readonly string[], context: CommandContext): Promise<number>;
}

/** Arguments that a command cannot use; `main` adds where to find help, and exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** The options of a command, as `parseArgs` takes them. `path`: the value is a file or folder, to read or to write. */
type Options = Readonly<
  Record<string, NonNullable<ParseArgsConfig["options"]>[string] & { readonly path?: "read" | "written" }>
>;

/**
 * Parses a command's arguments: its options, and the things to work on. Where a path is given it may be a `file:` address
 * or start with `~`, also where no shell has seen it, as in `--html=~/report.html`.
 * @param what What each positional argument is, for the error message.
 * @param several Whether the last of them may be given several times.
 * @throws UsageError
 */
export function parseArguments<T extends Options>(
  args: readonly string[],
  options: T,
  what: readonly string[],
  several = false,
) {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
      strict: true,
    });
    const missing = what[positionals.length];
    if (missing !== undefined) throw new UsageError(`Name ${missing}.`);
    const extra = positionals[what.length];
    if (extra !== undefined && !several)
      throw new UsageError(
        `"${extra}" is one argument too many; name ${what.length === 0 ? "options" : what.join(" and ")} only.`,
      );
    return { values: withLocalPaths(values, options), positionals: positionals.map(localPath) };
  } catch (error) {
    if (error instanceof Error && "code" in error && String(error.code).startsWith("ERR_PARSE_ARGS"))
      throw new UsageError(
        `${error.message.split(/\.\s/)[0]!.replace(/\.?$/, ".")}${didYouMean(error.message, options)}`,
      );
    throw error;
  }
}

/**
 * The values with paths of this machine for those that are paths.
 * @throws UsageError for a written file named "-": elsewhere that is stdout, which here has the names of what was written
 */
function withLocalPaths<V extends object>(values: V, options: Options): V {
  const local = Object.entries(values).map(([name, value]: [string, unknown]) => {
    const { path } = options[name] ?? {};
    if (path === "read" && Array.isArray(value))
      return [name, value.map((one: unknown) => (typeof one === "string" ? localPath(one) : one))];
    if (path === undefined || typeof value !== "string") return [name, value];
    if (path === "written" && value === "-")
      throw new UsageError(
        `--${name} takes the name of a file and "-" is none: what is written does not go to stdout; name a file.`,
      );
    return [name, localPath(value)];
  });
  return Object.fromEntries(local) as V;
}

/** The option that an unknown one was most likely meant to be. */
function didYouMean(message: string, options: object): string {
  const unknown = /Unknown option '--?([^']+)'/.exec(message)?.[1];
  const near = unknown === undefined ? undefined : nearest(unknown, Object.keys(options));
  return near === undefined ? "" : ` Did you mean --${near}?`;
}

/** As {@link parseArguments}, for a command that works on exactly one thing. */
export function parseCommand<T extends Options>(args: readonly string[], options: T, what: string) {
  const { values, positionals } = parseArguments(args, options, [what]);
  return { values, path: positionals[0]! };
}

/**
 * `--spacing`: mm between the pixels of a picture, or "auto" to have them estimated; `undefined` when it was not given.
 * @throws UsageError for anything else
 */
export function parseSpacing(text: string | undefined): number | "auto" | undefined {
  return text === "auto" ? text : parseMillimetres("--spacing", text);
}

/**
 * A length in mm given as an option, `undefined` when it was not given.
 * @throws UsageError when it is not a positive number.
 */
export function parseMillimetres(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value) || value <= 0)
    throw new UsageError(`"${text}" is no length; give ${option} in mm, such as ${option} 0.5.`);
  return value;
}
