import { Marked } from "marked";
import { escapeMarkup } from "../text/index.js";
import { isObject, joinLines } from "./ipynb.js";
import { mathExtension, type Maths } from "./maths.js";
import { referenceExtension } from "./references.js";

/** A heading of a notebook, for its table of contents. */
export interface Heading {
  /** Anchor in the page, unique. */
  readonly id: string;
  readonly depth: number;
  /** Plain; formulas as they were typed. */
  readonly text: string;
  /** The same as HTML, with nothing in it but formulas. */
  readonly html: string;
}

/** Pictures pasted into a cell: name -> mime type -> base64, as far as the file keeps to that. */
export type Attachments = Readonly<Record<string, unknown>>;

/** Anchors of the report's own elements. */
const OWN_ANCHORS = ["all-code", "contents"];

/**
 * Renders the markdown of one notebook: GitHub's dialect, with headings collected on the way. HTML inside of the markdown
 * is shown as text; pictures are kept only where the notebook itself holds them (data addresses and attachments), so that
 * a page made of it asks nothing of the network.
 */
export class MarkdownRenderer {
  readonly headings: Heading[] = [];
  private readonly taken = new Set<string>(OWN_ANCHORS);
  private attachments: Attachments = {};
  private readonly marked: Marked;
  /** What stands for a formula while a heading is read; the page's HTML elsewhere. */
  private standIn: ((tex: string, isDisplay: boolean) => string) | undefined;

  /** @param referTo gives the name, such as `Figure 2`, of what a label names; `undefined` where nothing has that label @param anchors of other parts of the page */
  constructor(
    private readonly maths: Maths,
    referTo: (label: string) => string | undefined = () => undefined,
    anchors: Iterable<string> = [],
  ) {
    const heading = (depth: number, read: () => string): string =>
      this.addHeading(depth, ...this.wordsOf(read));
    const picture = (href: string): string | undefined => this.pictureSource(href);
    this.marked = new Marked({
      renderer: {
        heading({ depth, tokens }) {
          const id = heading(depth, () => this.parser.parseInline(tokens, this.parser.textRenderer));
          return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
        },
        html: ({ text }) => escapeMarkup(text),
        image({ href, text }) {
          const source = picture(href);
          const alt = escapeMarkup(text === "" ? "Picture without a description" : text);
          return source === undefined ? `<em>[${alt}]</em>` : `<img src="${source}" alt="${alt}">`;
        },
        link({ href, tokens }) {
          const text = this.parser.parseInline(tokens);
          return /^(https?:|mailto:|#)/i.test(href)
            ? `<a href="${escapeMarkup(href)}" rel="noreferrer">${text}</a>`
            : text;
        },
      },
    });
    for (const anchor of anchors) this.taken.add(anchor);
    this.marked.use(referenceExtension((label) => (this.standIn ? undefined : referTo(label))));
    this.marked.use(mathExtension((tex, isDisplay) => (this.standIn ?? this.formula)(tex, isDisplay)));
  }

  /** A caption's words, as one line. */
  renderInline(source: string): string {
    return this.marked.parseInline(source.replaceAll("\0", "\uFFFD"), { async: false });
  }

  private readonly formula = (tex: string, isDisplay: boolean): string => this.maths.html(tex, isDisplay);

  /** A heading's words: with formulas as they were typed, and as HTML. @param read gives text with entities as they were typed */
  private wordsOf(read: () => string): [text: string, html: string] {
    this.standIn = (tex) => tex;
    const text = withoutEntities(read());
    const set: string[] = [];
    this.standIn = (tex, isDisplay) => `\0${set.push(this.formula(tex, isDisplay)) - 1}\0`;
    const html = withoutEntities(read())
      .split(/\0(\d+)\0/)
      .map((part, nth) => (nth % 2 === 0 ? escapeMarkup(part) : set[Number(part)]!))
      .join("");
    this.standIn = undefined;
    return [text, html];
  }

  render(source: string, attachments: Attachments = {}): string {
    this.attachments = attachments;
    try {
      // As CommonMark asks; the sign is also ours, above.
      return this.marked.parse(source.replaceAll("\0", "\uFFFD"), { async: false });
    } catch (error) {
      // Lists and quotes that are nested deeper than the stack.
      if (error instanceof RangeError) return `<pre class="plain">${escapeMarkup(source)}</pre>\n`;
      throw error;
    }
  }

  /** Notes a heading and returns its anchor. */
  private addHeading(depth: number, text: string, html: string): string {
    const stem =
      text
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, "-")
        .replace(/^-+|-+$/g, "") || "section";
    let id = stem;
    for (let n = 2; this.taken.has(id); n++) id = `${stem}-${n}`;
    this.taken.add(id);
    this.headings.push({ id, depth, text, html });
    return id;
  }

  private pictureSource(href: string): string | undefined {
    if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/.test(href)) return href;
    if (!/^attachment:/i.test(href)) return undefined;
    const name = href.slice("attachment:".length);
    return [name, decodeEscapes(name)].map((key) => attachedPicture(this.attachments, key)).find(Boolean);
  }
}

function withoutEntities(text: string): string {
  return text
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

/** Percent escapes as the characters they stand for; what is none, such as the one in `100%.png`, stays. */
function decodeEscapes(text: string): string {
  return text.replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    try {
      return decodeURIComponent(escapes);
    } catch {
      return escapes;
    }
  });
}

/** The first form of an attachment that is a picture; `undefined` where the cell has none. */
function attachedPicture(attachments: Attachments, name: string): string | undefined {
  const bundle = Object.hasOwn(attachments, name) ? attachments[name] : undefined;
  if (!isObject(bundle)) return undefined;
  for (const [mime, value] of Object.entries(bundle)) {
    const data = joinLines(value);
    const address = data === undefined ? undefined : imageAddress(mime, data);
    if (address !== undefined) return address;
  }
  return undefined;
}

/** A picture as a data address, or `undefined` when it is of no type that browsers draw safely, or its data are none. */
export function imageAddress(mime: string, data: string): string | undefined {
  if (/^image\/(png|jpeg|gif|webp)$/.test(mime)) {
    const base64 = data.replace(/\s+/g, "");
    return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? `data:${mime};base64,${base64}` : undefined;
  }
  // Inside of <img> an SVG runs no script and loads nothing. An attached one is base64 already.
  if (mime !== "image/svg+xml") return undefined;
  const text = /^\s*</.test(data) ? data : Buffer.from(data, "base64").toString();
  return /<svg[\s>]/i.test(text) ? `data:${mime};base64,${Buffer.from(text).toString("base64")}` : undefined;
}
