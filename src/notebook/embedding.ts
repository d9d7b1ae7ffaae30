import { jsonText } from "./storable.js";

/** JSON for the inside of a `<script type="application/...">` element: no `<` is left that could end it. */
export function jsonForScript(value: unknown): string {
  return (jsonText(value) ?? "null").replaceAll("<", "\\u003c");
}

/**
 * A program for the inside of a `<script>` element. `</script` and `<!--` stand only in its texts and patterns (esbuild
 * writes neither as operators), where these escapes mean the same.
 */
export function codeForScript(code: string): string {
  return code.replace(/<\/(?=script)/gi, "<\\/").replaceAll("<!--", "\\x3c!--");
}

/** Terminal output as plain text: without colour codes, and with only what the last carriage return of a line left. */
export function plainTerminalText(text: string): string {
  const uncoloured = text.replace(
    /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g,
    "",
  );
  return uncoloured
    .replaceAll("\r\n", "\n")
    .split("\n")
    .map((line) => line.slice(line.replace(/\r+$/, "").lastIndexOf("\r") + 1).replaceAll("\r", ""))
    .join("\n");
}
