import { Marked } from "marked";
import { escapeHtml } from "./html.js";

/** A heading of a notebook, for its table of contents. */
export interface Heading {
  /** Anchor in the page, unique. */
  readonly id: string;
  readonly depth: number;
  readonly text: string;
}

/** Pictures pasted into a cell: name -> mime type -> base64. */
export type Attachments = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/**
 * Renders the markdown of one notebook: GitHub's dialect, with headings collected on the way. HTML inside of the markdown
 * is shown as text; pictures are kept only where the notebook itself holds them (data addresses and attachments), so that
 * a page made of it asks nothing of the network.
 */
export class MarkdownRenderer {
  readonly headings: Heading[] = [];
  private readonly taken = new Set<string>();
  private attachments: Attachments = {};
  private readonly marked: Marked;

  constructor() {
    const heading = (depth: number, text: string): string => this.addHeading(depth, text);
    const picture = (href: string): string | undefined => this.pictureSource(href);
    this.marked = new Marked({
      renderer: {
        heading({ depth, tokens }) {
          const text = this.parser.parseInline(tokens, this.parser.textRenderer);
          return `<h${depth} id="${heading(depth, text)}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
        },
        html: ({ text }) => escapeHtml(text),
        image({ href, text }) {
          const source = picture(href);
          const alt = escapeHtml(text === "" ? "Picture without a description" : text);
          return source === undefined ? `<em>[${alt}]</em>` : `<img src="${source}" alt="${alt}">`;
        },
        link({ href, tokens }) {
          const text = this.parser.parseInline(tokens);
          return /^(https?:|mailto:|#)/i.test(href)
            ? `<a href="${escapeHtml(href)}" rel="noreferrer">${text}</a>`
            : text;
        },
      },
    });
  }

  render(source: string, attachments: Attachments = {}): string {
    this.attachments = attachments;
    return this.marked.parse(source, { async: false });
  }

  /** Notes a heading and returns its anchor. `text` is escaped HTML without tags. */
  private addHeading(depth: number, text: string): string {
    const plain = text
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&quot;", '"')
      .replaceAll("&#39;", "'")
      .replaceAll("&amp;", "&");
    const stem =
      plain
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-+|-+$/g, "") || "section";
    let id = stem;
    for (let n = 2; this.taken.has(id); n++) id = `${stem}-${n}`;
    this.taken.add(id);
    this.headings.push({ id, depth, text: plain });
    return id;
  }

  private pictureSource(href: string): string | undefined {
    if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/.test(href)) return href;
    if (!href.startsWith("attachment:")) return undefined;
    const bundle = this.attachments[decodeURIComponent(href.slice("attachment:".length))] ?? {};
    const [mime, data] = Object.entries(bundle)[0] ?? [];
    return mime !== undefined && typeof data === "string" ? imageAddress(mime, data) : undefined;
  }
}

/** A picture as a data address, or `undefined` when it is of no type that browsers draw safely. */
export function imageAddress(mime: string, data: string): string | undefined {
  if (/^image\/(png|jpeg|gif|webp)$/.test(mime))
    return `data:${mime};base64,${data.replace(/[^A-Za-z0-9+/=]/g, "")}`;
  // Inside of <img> an SVG runs no script and loads nothing.
  if (mime === "image/svg+xml") return `data:${mime};base64,${Buffer.from(data).toString("base64")}`;
  return undefined;
}
