import { checkedJson } from "../text/index.js";
import type { Schema } from "../text/index.js";

/**
 * What a `spinebook` command printed with `--json`.
 * @param what what the output is, at the beginning of a sentence
 * @throws Error with a sentence for people where it is something else
 */
export function commandOutput<T>(text: string, schema: Schema<T>, what: string): T {
  const { value, problem } = checkedJson(text, schema);
  if (problem === undefined) return value;
  throw new Error(
    `${what} cannot be understood (${problem}); the installed parts of Spinebook do not fit each other.`,
  );
}
