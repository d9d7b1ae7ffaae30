import katex from "katex";
import type { MarkedExtension, Tokens } from "marked";
import { escapeMarkup } from "../text/index.js";

/** The largest length that a formula may ask for, in its own `em`. */
const LONGEST_EM = 60;
/** A formula whose macros grow further is refused. */
const MOST_EXPANSIONS = 1000;

/** `$$...$$` within a line, or `$...$`: no white space inside of the marks, no letter and no digit outside of them, as in VS Code. */
const IN_LINE =
  /^(?:\$\$((?:\\[\s\S]|\$(?!\$)|[^\\$])+?)\$\$|\$(?![\s$])((?:\\[\s\S]|[^\\$])+?)(?<!\s)\$)(?![\p{L}\p{N}$])/u;
const ANY_IN_LINE = new RegExp(`(?<![\\p{L}\\p{N}\\\\$])${IN_LINE.source.slice(1)}`, "gu");
const BLOCK = /^ {0,3}\$\$((?:\\[\s\S]|\$(?!\$)|[^\\$])+?)\$\$[ \t]*(?:\n+|$)/;
/** Environments that stand without marks, as MathJax and VS Code take them. */
const ENVIRONMENT =
  /^ {0,3}(\\begin\{((?:equation|align|alignat|aligned|gather|gathered|array|cases|CD|split|[pbvBV]?matrix)\*?)\}[\s\S]*?\\end\{\2\})[ \t]*(?:\n+|$)/;
const BLOCK_START = /(?:^|\n) {0,3}(?:\$\$|\\begin\{)/;
const WORD_END = /[\p{L}\p{N}]$/u;

interface MathToken extends Tokens.Generic {
  readonly tex: string;
  readonly isDisplay: boolean;
}

/** The formulas of one page: how they are set, and what is needed to show them. */
export class Maths {
  /** Names of classes in the formulas set so far; empty where there is none. */
  readonly classes = new Set<string>();
  /** Definitions hold from their formula on, as in Jupyter. */
  private readonly macros: Record<string, string> = {};

  /** @param onProblem told, in a sentence's second half, why a formula cannot be set */
  constructor(private readonly onProblem: (problem: string) => void) {}

  /**
   * A formula as HTML for the eye and MathML for screen readers. Nothing of it is loaded, links or runs (`trust` is off); one that
   * cannot be set stands as it was typed, with the reason.
   */
  html(tex: string, isDisplay: boolean): string {
    try {
      const html = katex.renderToString(tex, {
        displayMode: isDisplay,
        output: "htmlAndMathml",
        throwOnError: true,
        strict: "ignore",
        trust: false,
        maxSize: LONGEST_EM,
        maxExpand: MOST_EXPANSIONS,
        globalGroup: true,
        macros: this.macros,
      });
      for (const [, names] of html.matchAll(/ class="([^"]*)"/g))
        for (const name of names!.split(" ")) this.classes.add(name);
      return html;
    } catch (error) {
      // Also formulas that are nested deeper than the stack.
      const reason = reasonOf(error);
      this.onProblem(`a formula cannot be set: ${reason}`);
      const mark = isDisplay ? "$$" : "$";
      return `<span class="math-error"><code>${escapeMarkup(`${mark}${tex}${mark}`)}</code> ${escapeMarkup(reason)}</span>`;
    }
  }

  /** An output of type `text/latex`: formulas in their marks or environments, with words between them. */
  latex(text: string): string {
    const formula = BLOCK.exec(`${text.trim()}\n`)?.[1] ?? ENVIRONMENT.exec(`${text.trim()}\n`)?.[1];
    if (formula !== undefined) return `<p>${this.html(formula, true)}</p>\n`;
    let html = "";
    let at = 0;
    for (const match of text.matchAll(ANY_IN_LINE)) {
      html += escapeMarkup(text.slice(at, match.index));
      html += this.html(match[1] ?? match[2]!, match[1] !== undefined);
      at = match.index + match[0].length;
    }
    return `<p>${html}${escapeMarkup(text.slice(at))}</p>\n`;
  }
}

/** Why KaTeX refuses a formula, without the piece of it that its message quotes. */
function reasonOf(error: unknown): string {
  if (!(error instanceof katex.ParseError)) return "It is nested too deeply.";
  return error.message
    .replace(/^KaTeX parse error: /, "")
    .replace(/ at (?:position \d+|end of input):[\s\S]*$/, ".");
}

/**
 * Formulas in Markdown: `$...$`, `$$...$$` and bare environments; code and `\$` stay as they are.
 * @param set makes a formula's HTML
 */
export function mathExtension(set: (tex: string, isDisplay: boolean) => string): MarkedExtension {
  const renderer = (token: Tokens.Generic): string => {
    const { tex, isDisplay, type } = token as MathToken;
    return type === "mathBlock" ? `<p>${set(tex, isDisplay)}</p>\n` : set(tex, isDisplay);
  };
  return {
    extensions: [
      {
        name: "mathBlock",
        level: "block",
        start: (source) => BLOCK_START.exec(source)?.index,
        tokenizer(source) {
          const match = BLOCK.exec(source) ?? ENVIRONMENT.exec(source);
          return match ? { type: "mathBlock", raw: match[0], tex: match[1]!, isDisplay: true } : undefined;
        },
        renderer,
      },
      {
        name: "math",
        level: "inline",
        start: (source) => source.indexOf("$"),
        tokenizer(source, tokens) {
          if (WORD_END.test(tokens.at(-1)?.raw ?? "")) return undefined;
          const match = IN_LINE.exec(source);
          return match
            ? { type: "math", raw: match[0], tex: match[1] ?? match[2]!, isDisplay: match[1] !== undefined }
            : undefined;
        },
        renderer,
      },
    ],
    hooks: {
      // What looks like emphasis within a formula is none.
      emStrongMask: (source) =>
        source.replace(ANY_IN_LINE, (formula) => `[${"a".repeat(formula.length - 2)}]`),
    },
  };
}
