import ts from "typescript";
import type { CellModule } from "./project.js";

/** A docstring as Markdown: its text, then its tags, one paragraph each. */
export function documentationOf(
  parts: readonly ts.SymbolDisplayPart[] | undefined,
  tags: readonly ts.JSDocTagInfo[] | undefined,
): string {
  return [linked(parts), ...(tags ?? []).map(tagText)].filter((paragraph) => paragraph !== "").join("\n\n");
}

/** A signature without the words by which TypeScript tells that a prelude imported the name. */
export function signatureOf(parts: readonly ts.SymbolDisplayPart[] | undefined, cell: CellModule): string {
  const text = ts.displayPartsToString([...(parts ?? [])]);
  const match = /^\(alias\) ([^]*)\nimport ([\w$\u0080-\uffff]+)$/.exec(text);
  const plain = match && cell.link.imports.has(match[2]!) ? match[1]! : text;
  return withoutModulePaths(plain, () => undefined);
}

/**
 * A text in which a type of a cell is written by its name instead of by a path: `import("/…/a.ipynb?cell-3").Grade` becomes
 * `Grade`, or `Grade (cell 3)` where `cellNumber` gives one.
 */
export function withoutModulePaths(text: string, cellNumber: (key: number) => number | undefined): string {
  return text.replace(
    /import\("[^"]*\?cell-(\d+)(?:\.ts)?"\)\.([\w$.]+)/g,
    (_, key: string, name: string) => {
      const number = cellNumber(Number(key));
      return number === undefined ? name : `${name} (cell ${number})`;
    },
  );
}

function tagText({ name, text }: ts.JSDocTagInfo): string {
  const body = linked(text);
  if (body === "") return `*@${name}*`;
  if (name === "example" && !body.includes("```")) return `*@example*\n\`\`\`typescript\n${body}\n\`\`\``;
  const parameter = text?.find(({ kind }) => kind === "parameterName")?.text;
  if (parameter !== undefined && body.startsWith(parameter))
    return `*@${name}* \`${parameter}\` — ${body.slice(parameter.length).replace(/^[\s–—-]+/, "")}`;
  return `*@${name}* — ${body}`;
}

/** Text in which `{@link name}` is `name` in code type, and `{@link address words}` a link. */
function linked(parts: readonly ts.SymbolDisplayPart[] | undefined): string {
  const text = ts.displayPartsToString([...(parts ?? [])]);
  return text.replace(
    /\{@link(?:code|plain)?\s+([^\s|}]+)(?:[\s|]+([^}]*))?\}/g,
    (_, goal: string, words?: string) => {
      const label = words?.trim();
      if (/^https?:/.test(goal)) return `[${label ? label : goal}](${goal})`;
      return `\`${label ? label : goal}\``;
    },
  );
}
