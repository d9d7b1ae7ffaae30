import vm from "node:vm";
import { Error, Number, Object, SyntaxError } from "./primordials.js";
import { errorMessage, isInstance, propertyOf } from "./safely.js";

/**
 * Compiled code as a script of the main context.
 * @throws SyntaxError for what TypeScript lets pass and the engine refuses, such as a faulty regular expression; its stack
 *   names the place in the script alone, not the compiled line, which no author has written.
 */
export function scriptOf(code: string, filename: string): vm.Script {
  try {
    return new vm.Script(code, {
      filename,
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
  } catch (error) {
    throw isInstance(error, SyntaxError) ? withPlace(error, filename) : error;
  }
}

/** Node puts `FILE:LINE`, the line and a mark under its column before the stack of such an error. */
function withPlace(error: SyntaxError, filename: string): Error {
  const stack = propertyOf(error, "stack");
  const [head = "", , mark = ""] = typeof stack === "string" ? stack.split("\n") : [];
  const line = Number(head.slice(head.lastIndexOf(":") + 1));
  const frames =
    Number.isInteger(line) && line > 0 ? `\n    at ${filename}:${line}:${mark.indexOf("^") + 1 || 1}` : "";
  const message = errorMessage(error);
  return Object.defineProperty(new SyntaxError(message), "stack", {
    value: `SyntaxError: ${message}${frames}`,
    configurable: true,
    writable: true,
  });
}
