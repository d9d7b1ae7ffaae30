import type { MarkedExtension } from "marked";

const REFERENCE = /^@((?:fig|tbl)-[\w-]*\w)/;
const WORD_END = /[\p{L}\p{N}_.@-]$/u;

/**
 * References of Quarto's in Markdown: `@fig-heights` becomes a link with the words "Figure 2"; one to nothing stays as it was typed.
 * @param nameOf the words for a label, `undefined` where nothing has it
 */
export function referenceExtension(nameOf: (label: string) => string | undefined): MarkedExtension {
  return {
    extensions: [
      {
        name: "reference",
        level: "inline",
        start: (source) => source.indexOf("@"),
        tokenizer(source, tokens) {
          const match = WORD_END.test(tokens.at(-1)?.raw ?? "") ? null : REFERENCE.exec(source);
          return match ? { type: "reference", raw: match[0], label: match[1] } : undefined;
        },
        renderer({ raw, label }) {
          const name = nameOf(String(label));
          return name === undefined ? raw : `<a href="#${String(label)}">${name}</a>`;
        },
      },
    ],
  };
}
