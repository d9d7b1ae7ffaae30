import type { VariableInfo } from "../../protocol/index.js";
import { plainMarkdown, sizeText } from "./texts.js";

/** In which order variables are listed; by size the largest is first. */
export type VariableOrder = "name" | "size";

/** The variables in an order; those without a size come last, and equal ones by name. */
export function sortVariables(variables: readonly VariableInfo[], order: VariableOrder): VariableInfo[] {
  const byName = (a: VariableInfo, b: VariableInfo): number =>
    a.name.localeCompare(b.name, "en", { numeric: true, sensitivity: "base" });
  if (order === "name") return [...variables].sort(byName);
  return [...variables].sort((a, b) => (b.bytes ?? -1) - (a.bytes ?? -1) || byName(a, b));
}

/** `Float32Array [512]`. */
export function typeText({ type, shape }: VariableInfo): string {
  return shape === undefined ? type : `${type} [${shape.join(", ")}]`;
}

/** Type, size and preview in one line. */
export function variableSummary(variable: VariableInfo): string {
  const size = variable.bytes === undefined ? "" : sizeText(variable.bytes);
  return [typeText(variable), size, variable.preview].filter((part) => part !== "").join(" · ");
}

/** All that is known of a variable, as Markdown. */
export function variableTooltip(variable: VariableInfo): string {
  const size = variable.bytes === undefined ? [] : [`about ${sizeText(variable.bytes)}`];
  return [
    `**${plainMarkdown(variable.name)}**: ${plainMarkdown(typeText(variable))}`,
    ...size,
    plainMarkdown(variable.preview),
  ].join("\n\n");
}

const ICONS: Readonly<Record<string, string>> = {
  number: "symbol-number",
  bigint: "symbol-number",
  string: "symbol-string",
  boolean: "symbol-boolean",
  function: "symbol-method",
  class: "symbol-class",
  undefined: "symbol-null",
  null: "symbol-null",
  symbol: "symbol-key",
};

/** Name of the codicon for a variable: VS Code's own for its kind. */
export function variableIcon({ type, shape }: VariableInfo): string {
  return ICONS[type] ?? (shape === undefined ? "symbol-object" : "symbol-array");
}
