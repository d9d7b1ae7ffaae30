/** Jupyter's `complete_request` and `inspect_request`, answered by the language process. */
import type { QueryColumns } from "../../protocol/index.js";
import type { CompletionItem, Hover } from "vscode-languageserver/node";
import { LanguageProcess, type LanguageOptions } from "./language.js";
import { calleeEnd, toCodePoints, toOffset, toUnits, wordStart } from "./textPositions.js";
import type { JsonObject } from "./wire.js";

/** How many executed cells completion knows; with more, the oldest are forgotten. */
const REMEMBERED_CELLS = 500;

export type AssistantOptions = LanguageOptions;

/** Answers what stands at a place in a cell, from the cells that ran so far; without a language process it knows nothing. */
export class CodeAssistant {
  private readonly cells = new Map<string, string>();
  private readonly language: LanguageProcess;
  private last: Promise<unknown> = Promise.resolve();

  constructor(options: AssistantOptions) {
    this.language = new LanguageProcess(options);
  }

  /** Adds a cell that ran well; one that ran before counts as it ran last. */
  remember(cellId: string, code: string): void {
    if (code.trim() === "") return;
    this.cells.delete(cellId);
    this.cells.set(cellId, code);
    if (this.cells.size > REMEMBERED_CELLS) this.cells.delete(this.cells.keys().next().value!);
  }

  /** Takes a query that a cell has run. */
  learn(query: QueryColumns): void {
    this.language.learn(query);
  }

  /** Forgets the cells: their variables are gone. */
  forget(): void {
    this.cells.clear();
  }

  /**
   * The content of a `complete_reply`.
   * @param cursor In code points; the end of the code by default.
   */
  async complete(code: string, cursor = Number.POSITIVE_INFINITY): Promise<JsonObject> {
    const offset = toUnits(code, cursor);
    const items = await this.inTurn(() => this.language.complete([...this.cells.values()], code, offset));
    return completeReply(code, offset, items);
  }

  /** The content of an `inspect_reply`; see {@link complete}. */
  async inspect(code: string, cursor = Number.POSITIVE_INFINITY): Promise<JsonObject> {
    const offset = toUnits(code, cursor);
    // Front ends ask behind a name, within its call's parentheses, or on it.
    const places = [offset, offset - 1, (calleeEnd(code, offset) ?? 0) - 1];
    for (const place of new Set(places.filter((at) => at >= 0))) {
      const hover = await this.inTurn(() => this.language.hover([...this.cells.values()], code, place));
      const markdown = hover ? hoverText(hover.contents) : "";
      if (markdown !== "")
        return {
          status: "ok",
          found: true,
          data: { "text/plain": plainText(markdown), "text/markdown": markdown },
          metadata: {},
        };
    }
    return { status: "ok", found: false, data: {}, metadata: {} };
  }

  /** Ends the language process. */
  close(): void {
    this.language.close();
  }

  /** One question after another: each changes the text that the language process looks at. */
  private inTurn<T>(ask: () => Promise<T>): Promise<T> {
    const turn = this.last.then(ask);
    this.last = turn.catch(() => undefined);
    return turn;
  }
}

interface Match {
  readonly item: CompletionItem;
  /** What it replaces begins here, in UTF-16 units. */
  readonly start: number;
  readonly text: string;
}

/**
 * The content of a `complete_reply`: the items that continue what stands before the cursor. Jupyter has one range for
 * all matches, so that each is lengthened to the longest.
 */
export function completeReply(code: string, offset: number, items: readonly CompletionItem[]): JsonObject {
  const word = wordStart(code, offset);
  const matches = items
    .map((item) => matchOf(item, code, word))
    .filter(({ item, start }) => continues(item, code.slice(start, offset)))
    .sort((a, b) => order(sortText(a.item), sortText(b.item)));
  const start = Math.min(word, ...matches.map((match) => match.start));
  const whole = matches.map((match) => code.slice(start, match.start) + match.text);
  const range = { start: toCodePoints(code, start), end: toCodePoints(code, offset) };
  const unique = [...new Map(whole.map((text, i) => [text, matches[i]!.item]))];
  return {
    status: "ok",
    matches: unique.map(([text]) => text),
    cursor_start: range.start,
    cursor_end: range.end,
    metadata: {
      _jupyter_types_experimental: unique.map(([text, { kind, detail }]) => ({
        ...range,
        text,
        type: KINDS[kind ?? 0] ?? "<unknown>",
        ...(detail === undefined ? {} : { signature: detail }),
      })),
    },
  };
}

/** Names of LSP's kinds of completion items, as Jupyter's front ends know them; the position is LSP's number. */
const KINDS = [
  "<unknown>",
  "text",
  "method",
  "function",
  "constructor",
  "field",
  "variable",
  "class",
  "interface",
  "module",
  "property",
  "unit",
  "value",
  "enum",
  "keyword",
  "snippet",
  "color",
  "file",
  "reference",
  "folder",
  "enum member",
  "constant",
  "struct",
  "event",
  "operator",
  "type",
];

function matchOf(item: CompletionItem, code: string, word: number): Match {
  const { textEdit, insertText, insertTextFormat, label } = item;
  const start = textEdit
    ? toOffset(code, ("range" in textEdit ? textEdit.range : textEdit.insert).start)
    : word;
  // A snippet's placeholders are for editors that know them.
  return { item, start, text: insertTextFormat === 2 ? label : (textEdit?.newText ?? insertText ?? label) };
}

function continues({ filterText, label }: CompletionItem, typed: string): boolean {
  return (filterText ?? label).toLowerCase().startsWith(typed.toLowerCase());
}

const sortText = ({ sortText: text, label }: CompletionItem): string => `${text ?? label}\u0000${label}`;

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A hover's text as Markdown. */
export function hoverText(contents: Hover["contents"]): string {
  return (Array.isArray(contents) ? contents : [contents])
    .map((part) => {
      if (typeof part === "string") return part;
      return "kind" in part ? part.value : `\`\`\`${part.language}\n${part.value}\n\`\`\``;
    })
    .join("\n\n")
    .trim();
}

/** Markdown without its fences, emphasis and link targets, for terminals. */
export function plainText(markdown: string): string {
  return markdown
    .replace(/^```.*\n?/gm, "")
    .replace(/\[([^\]]+)\]\([^)]*\)/g, "$1")
    .replace(/(\*\*|__)(.+?)\1/g, "$2")
    .replace(/(^|\W)\*([^*\n]+)\*/g, "$1$2")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
